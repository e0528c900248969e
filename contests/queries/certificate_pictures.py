"""Certificates as pages: PDF for print, PNG for the preview, and the picture a winner shares from the phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contests.pure.certificate import Layout, place
from contests.pure.lettering import fit
from contests.queries import certificate_art as art
from frontend.kit.faces import width
from frontend.kit.pens import PdfPen, Pen, PicturePen, qr, rectangle

SHARE_PIXELS = (1080, 1440)
SHARE_SIZE = (108.0, 144.0)  # millimetres of thought, ten dots each
PREVIEW_DOTS = 4.0


@dataclass(frozen=True)
class Page:
    """One certificate to be drawn: its facts, its look, the address its QR code holds."""

    layout: Layout
    facts: Mapping[str, str]
    address: str
    background: bytes | None = None


def as_pdf(pages: Iterable[Page], *, title: str) -> bytes:
    """Return the pages as one PDF. Glyphs are to be checked before (`frontend.kit.faces.missing`)."""
    pen = PdfPen(title)
    for page in pages:
        pen.page(*page.layout.size)
        _draw(pen, page)
    return pen.output()


def as_png(page: Page, *, dots: float = PREVIEW_DOTS) -> bytes:
    """Return the same page as a PNG of `dots` pixels per millimetre."""
    pen = PicturePen(*page.layout.size, dots=dots)
    _draw(pen, page)
    return pen.output()


def _draw(pen: Pen, page: Page) -> None:
    if page.background:
        pen.picture(page.background, (0, 0), page.layout.size)
    else:
        art.certificate(pen, page.layout.size)
    for line in place(page.layout, page.facts, width):
        pen.text(line.text, (line.x, line.y), line.size, line.colour, is_strong=line.is_strong)
    if page.layout.qr:
        qr(pen, page.address, (page.layout.qr.x, page.layout.qr.y), page.layout.qr.size,
           paper="#FFFFFF" if page.background else art.PAPER)  # fmt: skip


def share(facts: Mapping[str, str], address: str) -> bytes:
    """Return the share picture, 1080 × 1440: rank on a medal, name, award, contest, QR of the verification page."""
    wide, high = SHARE_SIZE
    pen = PicturePen(wide, high, dots=10, paper="#6A0C11")
    art.rays(pen, (wide / 2, 40), SHARE_SIZE, "#760F15")
    art.rosette(pen, (wide / 2, 40), 47, "#8E2A22", petals=16, lines=5)
    for inset, thick in ((3.0, 0.5), (4.2, 0.2)):
        corners = rectangle(inset, inset, wide - 2 * inset, high - 2 * inset)
        pen.line([*corners, corners[0]], art.SHINE, thick)
    _fitted(pen, "荣 誉 榜", 12, 17, art.SHINE, is_strong=True)
    art.medal(pen, (wide / 2, 36), 16, f"第{facts['rank']}名", behind="#6A0C11")
    _name(pen, facts["name"])
    _fitted(pen, facts["award"], 90, 24, art.SHINE, is_strong=True)
    _fitted(pen, facts["contest"], 103.5, 11.5, "#F6DDBB", lines=2)
    pen.polygon(rectangle(4.2, 112, wide - 8.4, high - 112 - 4.2), art.PAPER)
    qr(pen, address, (7, 114.4), 23, paper=art.PAPER)
    for y, size, colour, words in (
        (118.5, 10, "#1F2329", "长按或扫码核验证书"),
        (125.7, 7.5, "#5A6069", facts["unit"]),
        (133, 7.5, "#5A6069", f"编号 {facts['number']} · {facts['day']}"),
    ):
        fitted, lines = fit(words or " ", width, size=size, width=50, most_lines=2)
        for index, line in enumerate(lines):
            pen.text(line, (31.5, y + (index - (len(lines) - 1) / 2) * fitted * 0.45), fitted, colour)
    art.seal(pen, (85, 117.5), 16)
    return pen.output()


def _name(pen: Pen, name: str) -> None:
    """Write the name: large on one line where it fits, else on two smaller ones."""
    size = 33 if width(name, is_strong=True) <= 11 else 21
    _fitted(pen, name, 75, size, "#FFFFFF", is_strong=True, lines=1 if size == 33 else 2)


def _fitted(
    pen: Pen,
    text: str,
    y: float,
    size: float,
    colour: str,
    *,
    wide: float = 92,
    is_strong: bool = False,
    lines: int = 1,
) -> None:
    """Write a text around the middle of the share picture, in the lines it needs."""

    def ems(words: str) -> float:
        return width(words, is_strong=is_strong)

    fitted, found = fit(text, ems, size=size, width=wide, most_lines=lines)
    step = fitted * 25.4 / 72 * 1.3
    for index, line in enumerate(found):
        here = y + (index - (len(found) - 1) / 2) * step
        art.middle(pen, line, (SHARE_SIZE[0] / 2, here), fitted, colour, is_strong=is_strong)
