"""The overall table of units as files: rows for Excel, and a PDF."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contests.models import Event
from contests.queries.result_sheets import big, say, write_table
from contests.queries.unit_tables import UnitTable
from frontend.kit import pdf as documents
from frontend.kit.faces import written

Sheet = tuple[str, list[str], list[list[Any]]]


def rule_lines(found: UnitTable) -> list[str]:
    """Say the rule in sentences."""
    rule = found.rule
    if rule.kind == "ranks":
        rows = "；".join(
            _("rank %(ranks)s: %(points)s")
            % {
                "ranks": band.rank_from if band.rank_from == band.rank_to else f"{band.rank_from}–{band.rank_to}",
                "points": band.points,
            }
            for band in rule.bands
        )
        lines = [_("Points for ranks: %(rows)s.") % {"rows": rows}]
    else:
        lines = [_("Totals are standardised in each discipline: 700 + 100 × (total − median) ÷ standard deviation.")]
    if rule.best is not None:
        lines.append(_("Of each discipline the best %(n)s entries of a unit count.") % {"n": rule.best})
    names = {
        "firsts": _("more 1st places"), "seconds": _("more 2nd places"), "thirds": _("more 3rd places"),
        "best": _("the best single entry"),
    }  # fmt: skip
    if rule.ties:
        decided = "、".join(names[name] for name in rule.ties)
        lines.append(
            _("Equal totals are decided by: %(ties)s; units equal in all of it share the rank.") % {"ties": decided}
        )
    return lines


def _head(found: UnitTable) -> list[str]:
    return [
        _("Rank"),
        _("Unit"),
        *found.disciplines.values(),
        _("1st places"),
        _("2nd places"),
        _("3rd places"),
        _("Total"),
    ]


def workbook(found: UnitTable) -> list[Sheet]:
    """Return the sheets of the workbook: the table, and every placing with what it brings."""
    rows: list[list[Any]] = [
        [line.rank, line.unit, *(line.cells.get(code, "") for code in found.disciplines), *line.medals, line.total]
        for line in found.lines
    ]
    placings: list[list[Any]] = [
        [found.disciplines[one.placing.discipline], one.placing.rank, one.placing.name, line.unit, one.placing.total,
         one.points, "" if one.counts else _("does not count")]
        for line in found.lines
        for one in line.counted
    ]  # fmt: skip
    head = [_("Discipline"), _("Rank"), _("Name"), _("Unit"), _("Total"), _("Points"), _("Remark")]
    rules: list[list[Any]] = [[text] for text in rule_lines(found)]
    return [(_("Units"), _head(found), rows), (_("Placings"), head, placings), (_("Rule"), [_("Rule")], rules)]


def as_pdf(event: Event, found: UnitTable, *, is_final: bool) -> bytes:
    """Return the table as PDF.

    Raises:
        frontend.kit.pdf.MissingGlyphs: a name holds a character the font lacks.
    """
    head = _head(found)
    rows = [
        [str(line.rank), line.unit, *(str(line.cells.get(code, "")) for code in found.disciplines),
         *map(str, line.medals), str(line.total)]
        for line in found.lines
    ]  # fmt: skip
    now = date_format(timezone.localtime(), "SHORT_DATETIME_FORMAT")
    state = _("Final") if is_final else _("Not final: as it stands on %(when)s") % {"when": now}
    said = [event.title, _("Overall table of units"), state, *rule_lines(found)]
    texts = [*said, *head, *(cell for row in rows for cell in row)]
    pdf = documents.document([written(text) for text in texts], title=written(event.title))
    big(pdf, event.title, 16)
    big(pdf, _("Overall table of units"), 12)
    say(pdf, state)
    pdf.ln(2)
    write_table(pdf, head, rows, [10, 40, *(16 for _column in head[2:])], left=2)
    pdf.ln(3)
    for text in rule_lines(found):
        say(pdf, text)
    return bytes(pdf.output())
