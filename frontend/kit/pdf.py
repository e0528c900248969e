"""PDF documents with Chinese text: one font for everything, and no document with a hole in it.

A character the font does not have would be printed as nothing; such a document is refused before it is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext_lazy as _
from fpdf import FPDF

FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),  # number 2 of the collection is simplified Chinese
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
)
FAMILY = "cjk"


class MissingGlyphs(ValidationError):
    """The font lacks characters of the text."""

    def __init__(self, characters: str) -> None:
        super().__init__(
            _("The font has no %(characters)s. Ask the administrator to set FONT_FILE to a font that has them."),
            code="missing-glyphs",
            params={"characters": "、".join(characters)},
        )


def font() -> tuple[Path, int]:
    """Return the font file and its number in the collection.

    Raises:
        ImproperlyConfigured: none is installed.
    """
    wanted = [(settings.FONT_FILE, 0)] if settings.FONT_FILE else FONTS
    for path, number in wanted:
        if Path(path).is_file():
            return Path(path), number
    raise ImproperlyConfigured(
        "No Chinese font: install fonts-noto-cjk, or set FONT_FILE to a TrueType or OpenType font."
    )


def document(texts: Iterable[str], *, title: str) -> FPDF:
    """Return an A4 document in which every character of the texts can be printed.

    Raises:
        MissingGlyphs: some cannot.
    """
    path, number = font()
    pdf = FPDF(format="A4")
    pdf.set_title(title)
    pdf.set_creator("Jinbang")
    pdf.add_font(FAMILY, fname=path, collection_font_number=number)
    pdf.set_font(FAMILY, size=10)
    known = pdf.fonts[FAMILY].cmap  # type: ignore[union-attr]  # of a file, never a core font
    missing = sorted({c for text in texts for c in text if ord(c) not in known and not c.isspace()})
    if missing:
        raise MissingGlyphs("".join(missing[:20]))
    pdf.set_auto_page_break(auto=True, margin=18)
    pdf.add_page()
    return pdf
