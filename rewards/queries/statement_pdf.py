"""A statement on paper: movements with the running balance, what they end as, the hash of the facts inside the file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from frontend.kit import pdf as documents
from rewards.pure import statement as statements
from rewards.queries.wallet import LotLine

MUTED, TEXT = (90, 96, 105), (31, 35, 41)
WIDTHS = (30, 76, 24, 26, 30)


def as_pdf(statement: statements.Statement, *, kinds: dict[str, str], lots: list[LotLine], at: datetime, is_over: bool, fund: str = "") -> bytes:  # fmt: skip
    """Return the statement as PDF; its facts are attached as statement.json, whose SHA-256 stands on the page.

    Args:
        lots: what is left now and until when, printed while the month runs; a month that is over has none.
        fund: the name of the one fund it is about; empty: all.

    Raises:
        frontend.kit.pdf.MissingGlyphs: a name or reason holds a character the font lacks.
    """
    title = _("Statement of points %(month)s") % {"month": statement.month}
    rows = [
        [line.at, " · ".join(part for part in (line.text, line.source, line.by) if part),
         kinds.get(line.kind, line.kind), f"{line.points:+,}", f"{line.balance:,}"]
        for line in statement.lines
    ]  # fmt: skip
    head = [_("Time"), _("What for"), _("Kind"), _("Points"), _("Balance")]
    ends = [[f"{lot.expires_on or _('never')}", lot.text, f"{lot.left + lot.held:,}"] for lot in lots]
    words = [
        " · ".join(part for part in (statement.name, statement.number, fund) if part),
        _("Opening balance %(opening)s, came %(earned)s, went %(spent)s, closing balance %(closing)s") % {
            "opening": f"{statement.opening:,}", "earned": f"{statement.earned:,}",
            "spent": f"{-statement.spent:,}", "closing": f"{statement.closing:,}",
        },
        _("The month is over.") if is_over else _("The month runs: as of %(at)s.") % {"at": _moment(at)},
    ]  # fmt: skip
    proof = f"SHA-256 (statement.json): {statements.digest(statement)}"
    pdf = documents.document(
        [
            title,
            proof,
            *words,
            *head,
            *(cell for row in [*rows, *ends] for cell in row),
            _("Valid until"),
            _("Nothing"),
        ],
        title=title,
    )
    pdf.set_creation_date(at)
    _line(pdf, title, size=16)
    for text in words:
        _line(pdf, text, colour=MUTED)
    pdf.ln(3)
    _table(pdf, head, rows or [["", _("Nothing"), "", "", ""]], WIDTHS, numbers=(3, 4))
    if ends:
        pdf.ln(5)
        _line(pdf, _("What ends when"), size=12)
        _table(pdf, [_("Valid until"), _("What for"), _("Points")], ends, (34, 118, 34), numbers=(2,))
    pdf.ln(4)
    _line(pdf, proof, size=8, colour=MUTED)
    content = statements.canonical(statement)
    pdf.embed_file(basename="statement.json", bytes=content, desc=proof, mime_type="application/json")
    return bytes(pdf.output())


def _line(pdf: Any, text: str, *, size: int = 10, colour: tuple[int, int, int] = TEXT) -> None:
    pdf.set_font(documents.FAMILY, size=size)
    pdf.set_text_color(*colour)
    pdf.multi_cell(0, size * 0.62, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_text_color(*TEXT)


def _table(
    pdf: Any, head: list[str], rows: list[list[str]], widths: tuple[int, ...], *, numbers: tuple[int, ...]
) -> None:
    align = tuple("RIGHT" if place in numbers else "LEFT" for place in range(len(widths)))
    pdf.set_font(documents.FAMILY, size=9)
    heading = FontFace(emphasis="", fill_color=(253, 236, 234))
    with pdf.table(col_widths=widths, text_align=align, headings_style=heading, line_height=6,
                   borders_layout="HORIZONTAL_LINES") as table:  # fmt: skip
        for cells in [head, *rows]:
            row = table.row()
            for cell in cells:
                row.cell(cell)


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
