"""The result as a file: who sees how much of it, as rows for Excel and as a PDF. One PDF for a contestant's own sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from contests.models import Contest, Penalty
from contests.pure import decimals
from contests.pure.scheme import Group
from contests.queries import results
from contests.queries.results import AspectCell, MarkCell, ResultLine
from frontend.kit import pdf as documents
from frontend.kit.faces import written
from people.models import Employee

Detail = Contest.ResultDetail
USES = {
    "counted": gettext_lazy("counted"),
    "trimmed": gettext_lazy("trimmed"),
    "missing": gettext_lazy("counts as no mark"),
    "settling": gettext_lazy("settled by the chief judge"),
    "idle": gettext_lazy("does not count"),
}
STATES = {"open": gettext_lazy("no score"), "contested": gettext_lazy("contested")}
SIGNS = {"counted": "{}", "trimmed": "({})", "missing": "[{}]", "settling": "{}*", "idle": "[{}]"}
RED, SUNK, GREY, TEXT = (165, 15, 22), (246, 246, 244), (90, 96, 105), (31, 35, 41)
Sheet = tuple[str, list[str], list[list[Any]]]


@dataclass(frozen=True)
class ResultSheet:
    """A result as one person may see it.

    detail: ranks · groups · marks; `names_judges` says whether marks carry their judge's code and penalties their reason.
    """

    contest: Contest
    detail: str
    names_judges: bool
    groups: tuple[Group, ...]
    lines: list[ResultLine]
    penalties: Mapping[str, list[tuple[str, str]]]

    @property
    def has_standardised(self) -> bool:
        """Whether the contest has a standardised scale."""
        return any(line.standardised is not None for line in self.lines)


def public_lines(contest: Contest) -> list[ResultLine]:
    """Return what everybody sees of a public result, as the organiser chose. One statement; six when marks are shown.

    `ranks`: no totals of groups, no penalties; `marks`: every mark, judges nameless.
    """
    stored = results.published(contest)
    if contest.result_detail == Detail.RANKS:
        return [replace(line, groups={}, penalty="0") for line in stored]
    if contest.result_detail == Detail.GROUPS or not stored:
        return stored
    arithmetic = {line.entry: line.aspects for line in results.live(contest, is_hidden=False)}
    return [replace(line, aspects=_nameless(arithmetic.get(line.entry, []))) for line in stored]


def _nameless(aspects: Iterable[AspectCell]) -> list[AspectCell]:
    return [replace(cell, marks=[MarkCell("", mark.value, mark.use) for mark in cell.marks]) for cell in aspects]


def sheet_for(person: Employee, contest: Contest) -> ResultSheet:
    """Return the result for a person who may see it: whole with `contests.view_scores`, else as the public does.

    At most eight statements, and those of the permission.
    """
    if person.has_perm("contests.view_scores", contest):
        lines = results.live(contest, is_hidden=contest.names_hidden)
        return ResultSheet(contest, Detail.MARKS, True, results.groups_of(contest), lines, _penalties(contest))
    groups = () if contest.result_detail == Detail.RANKS else results.groups_of(contest)
    return ResultSheet(contest, contest.result_detail, False, groups, public_lines(contest), {})


def _penalties(contest: Contest) -> dict[str, list[tuple[str, str]]]:
    """Return entry code → (points, reason) of penalties that count."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = Penalty.objects.filter(entry__contest=contest, cancelled_at__isnull=True).order_by("id")
    for code, points, reason in rows.values_list("entry__code", "points", "reason"):
        found.setdefault(code, []).append((decimals.text(points), reason))
    return found


def _head(sheet: ResultSheet) -> list[str]:
    head = [_("Rank"), _("Entry code"), _("Name"), _("Unit"), *(group.title for group in sheet.groups)]
    head += [_("Penalty")] if sheet.detail != Detail.RANKS else []
    return [*head, _("Total"), *([_("Standardised")] if sheet.has_standardised else [])]


def _row(sheet: ResultSheet, line: ResultLine) -> list[str]:
    row = [
        _rank(line),
        line.entry,
        line.full_name,
        line.unit,
        *(line.groups.get(group.code, "") for group in sheet.groups),
    ]
    row += [line.penalty] if sheet.detail != Detail.RANKS else []
    standardised = "" if line.standardised is None else str(line.standardised)
    return [*row, line.total, *([standardised] if sheet.has_standardised else [])]


def _rank(line: ResultLine) -> str:
    return str(line.rank) if line.rank else line.status_label or "—"


def workbook(sheet: ResultSheet) -> list[Sheet]:
    """Return the sheets of the workbook: the result; every mark; penalties with their reasons. Numbers are numbers."""
    texts = {1, 2, 3}  # a code keeps its zeros
    rows = [[cell if i in texts else _number(cell) for i, cell in enumerate(_row(sheet, line))] for line in sheet.lines]
    sheets: list[Sheet] = [(_("Result"), _head(sheet), rows)]
    if sheet.detail != Detail.MARKS:
        return sheets
    judge = [_("Judge")] if sheet.names_judges else []
    head = [_("Rank"), _("Entry code"), _("Name"), _("Group"), _("Aspect"), *judge, _("Mark"),
            _("What became of it"), _("Combined"), _("Factor"), _("Score")]  # fmt: skip
    titles = {group.code: group.title for group in sheet.groups}
    marks = [
        [_number(_rank(line)), line.entry, line.name, titles.get(cell.group, cell.group), cell.title,
         *([mark.judge] if sheet.names_judges else []), _number(mark.value),
         str(USES[mark.use]) if mark.use else "", _number(cell.combined), _number(cell.factor),
         _number(cell.score) if cell.state == "scored" else str(STATES[cell.state])]
        for line in sheet.lines
        for cell in line.aspects
        for mark in (cell.marks or [MarkCell("", "", "")])
    ]  # fmt: skip
    sheets.append((_("Every mark"), head, marks))
    if sheet.penalties:
        names = {line.entry: line.name for line in sheet.lines}
        taken = [
            [code, names.get(code, ""), _number(points), reason]
            for code, rows_of in sheet.penalties.items()
            for points, reason in rows_of
        ]
        sheets.append((_("Penalties"), [_("Entry code"), _("Name"), _("Points taken"), _("Reason")], taken))
    return sheets


def _number(text: str) -> Decimal | str:
    """Return a number where the text is one: 25/3 and 'dns' stay text."""
    value = decimals.parse(text)
    return text if value is None else value


def state_line(contest: Contest) -> str:
    """Say how final a result is."""

    def day(moment: Any) -> str:
        return date_format(timezone.localtime(moment), _("j M Y"))

    if contest.state == Contest.State.FINAL and contest.result_published_at:
        return _("Final result of %(day)s") % {"day": day(contest.result_published_at)}
    if contest.state == Contest.State.NOTICE and contest.notice_until:
        return _("Public notice until %(day)s; not final") % {"day": day(contest.notice_until)}
    return _("Not published: as the marks are now")


def as_pdf(sheet: ResultSheet) -> bytes:
    """Return the result as PDF: the table, then, where marks may be seen, the arithmetic of every total.

    Raises:
        frontend.kit.pdf.MissingGlyphs: a name or title holds a character the font lacks.
    """
    head, rows = _head(sheet), [_row(sheet, line) for line in sheet.lines]
    blocks = [line for line in sheet.lines if line.aspects]
    pdf = _document(sheet, [*head, *(cell for row in rows for cell in row)], blocks)
    widths = [9, 12, 26, 40, *(16 for _group in sheet.groups), *(14 for _column in head[4 + len(sheet.groups) :])]
    write_table(pdf, head, rows, widths, left=4)
    if blocks:
        pdf.ln(3)
        big(pdf, _("How each total came about"), 13)
        say(pdf, legend())
        for line in blocks:
            _block(pdf, sheet, line)
    return bytes(pdf.output())


def own_pdf(contest: Contest, line: ResultLine) -> bytes:
    """Return one contestant's own sheet in full: every mark, nameless, penalties with their reason. One statement."""
    line = replace(line, aspects=_nameless(line.aspects))
    taken = {line.entry: _penalties(contest).get(line.entry, [])}
    sheet = ResultSheet(contest, Detail.MARKS, False, results.groups_of(contest), [line], taken)
    pdf = _document(sheet, [], [line])
    say(pdf, legend())
    _block(pdf, sheet, line)
    return bytes(pdf.output())


def legend() -> str:
    """Explain the signs around marks."""
    return _("Marks: (9.5) trimmed · 9.5* settled by the chief judge · [9.5] does not count")


def _document(sheet: ResultSheet, texts: Sequence[str], blocks: Sequence[ResultLine]) -> FPDF:
    contest = sheet.contest
    said = [contest.title, state_line(contest), legend(), _("How each total came about"), *map(str, STATES.values())]
    for line in blocks:
        said += [line.full_name, line.unit, *(f"{cell.title}{_marks(cell)}" for cell in line.aspects)]
        said += [reason for _points, reason in sheet.penalties.get(line.entry, [])]
    pdf = documents.document([written(text) for text in [*texts, *said]], title=written(contest.title))
    big(pdf, contest.title, 16)
    say(pdf, state_line(contest))
    pdf.ln(2)
    return pdf


def _block(pdf: FPDF, sheet: ResultSheet, line: ResultLine) -> None:
    """Write one entry's arithmetic: aspects, groups, penalties, total."""
    if pdf.will_page_break(30):
        pdf.add_page()
    pdf.ln(2)
    who = " · ".join(part for part in (_rank(line), line.full_name, line.unit, line.entry) if part)
    big(pdf, who, 11)
    titles = {group.code: group.title for group in sheet.groups}
    head = [_("Group"), _("Aspect"), _("Marks"), _("Combined"), _("Factor"), _("Score")]
    rows = [
        [titles.get(cell.group, cell.group), cell.title, _marks(cell), cell.combined,
         "" if cell.factor == "1" else f"× {cell.factor}",
         cell.score if cell.state == "scored" else str(STATES[cell.state])]
        for cell in line.aspects
    ]  # fmt: skip
    write_table(pdf, head, rows, [22, 42, 60, 22, 18, 22], left=3)
    parts = [f"{group.title} {line.groups.get(group.code, '0')}" for group in sheet.groups]
    words = " + ".join(parts) + (f" − {_('Penalty')} {line.penalty}" if line.penalty != "0" else "")
    say(pdf, f"{words} = {line.total}")
    for points, reason in sheet.penalties.get(line.entry, []):
        say(pdf, f"{_('Penalty')} {points}: {reason}")


def _marks(cell: AspectCell) -> str:
    """Write marks with their signs: `J01 9 · J02 (9.5)`."""
    return " · ".join(f"{mark.judge} {SIGNS[mark.use].format(mark.value)}".strip() for mark in cell.marks)


def write_table(
    pdf: FPDF, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], *, left: int
) -> None:
    """Write a table; the first `left` columns start at the left, numbers end at the right."""
    pdf.set_font(documents.FAMILY, size=8.5)
    pdf.set_draw_color(220, 222, 225)
    align = ["LEFT" if index < left else "RIGHT" for index in range(len(head))]
    with pdf.table(
        col_widths=tuple(widths), text_align=tuple(align), line_height=5.2, padding=0.6,
        headings_style=FontFace(fill_color=SUNK, color=GREY), borders_layout="HORIZONTAL_LINES",
    ) as table:  # fmt: skip
        for cells in (head, *rows):
            row = table.row()
            for cell in cells:
                row.cell(written(cell))
    pdf.set_font(documents.FAMILY, size=10)


def big(pdf: FPDF, text: str, size: int) -> None:
    """Write a heading; a large one in the brand's red."""
    pdf.set_font(documents.FAMILY, size=size)
    pdf.set_text_color(*(RED if size > 13 else TEXT))
    pdf.multi_cell(0, size * 0.6, written(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_text_color(*TEXT)
    pdf.set_font(documents.FAMILY, size=10)


def say(pdf: FPDF, text: str) -> None:
    """Write a remark in grey."""
    pdf.set_font(documents.FAMILY, size=9)
    pdf.set_text_color(*GREY)
    pdf.multi_cell(0, 5.2, written(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_text_color(*TEXT)
    pdf.set_font(documents.FAMILY, size=10)
