"""Measured marks as a table for Excel: which groups can be filled in so, by whom, and what would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Contest, Entry, Mark, Sheet
from contests.pure import decimals, mark_table
from contests.pure.mark_table import Cell, TableFault
from contests.pure.scheme import Aspect, Group
from contests.queries.sentences import sentence
from frontend.kit.sheets import Table
from people.models import Employee

FAULTS = {
    "no_code_column": gettext_lazy("The column of entry codes is missing: use the template."),
    "no_mark_column": gettext_lazy("No column holds marks: use the template, its headers name the aspects."),
    "unknown_column": gettext_lazy("Nobody knows this column: use the template's headers."),
    "column_twice": gettext_lazy("This column is there twice."),
    "no_entry": gettext_lazy("The row has no entry code."),
    "unknown_entry": gettext_lazy("There is no entry %(entry)s in this contest."),
    "entry_twice": gettext_lazy("Entry %(entry)s is there twice."),
    "has_status": gettext_lazy("Entry %(entry)s does not take part (%(status)s): leave its marks empty."),
    "formula": gettext_lazy("A formula: write its value."),
    "merged": gettext_lazy("Merged cells: undo the merging."),
    "date-1904": gettext_lazy("A date: write a number."),
    "error-value": gettext_lazy("An error of Excel: write a number."),
    "duplicate-header": gettext_lazy("This column is there twice."),
}


@dataclass(frozen=True)
class Fillable:
    """A group whose measured aspects somebody may fill in from a table: aspect code → the sheet it is marked on."""

    group: Group
    aspects: tuple[Aspect, ...]
    sheets: Mapping[str, Sheet]


@dataclass(frozen=True)
class Shift:
    """One mark the table would set: `before` is '' where there is none yet."""

    entry: str
    name: str
    aspect: str
    title: str
    before: str
    after: str
    version: int

    @property
    def is_change(self) -> bool:
        """Whether anything differs."""
        return self.before != self.after


def fillable(contest: Contest, person: Employee) -> list[Fillable]:
    """Return the groups this person may fill in: the chief judge all, a member of the panel what their own sheet measures.

    An aspect that two sheets hold, or whose sheet is signed, is left out. One statement.
    """
    rows = Sheet.objects.filter(contest=contest).exclude(member__role="trainee").select_related("member")
    is_chief = contest.chief_judge_id == person.pk
    holders: dict[str, list[Sheet]] = {}
    for sheet in rows:
        for code in sheet.aspects:
            holders.setdefault(code, []).append(sheet)
    found = []
    for group in contest.marking_scheme.groups if contest.has_scheme else ():
        mine = {}
        for aspect in contest.marking_scheme.aspects_of(group.code):
            held = [sheet for sheet in holders.get(aspect.code, []) if sheet.member.left_at is None]
            is_open = len(held) == 1 and held[0].state == Sheet.State.OPEN
            if aspect.kind == "measurement" and is_open and (is_chief or held[0].member.employee_id == person.pk):
                mine[aspect.code] = held[0]
        if mine:
            aspects = tuple(row for row in contest.marking_scheme.aspects_of(group.code) if row.code in mine)
            found.append(Fillable(group, aspects, mine))
    return found


def columns() -> tuple[str, list[str]]:
    """Return the header of the code's column, and of those nobody reads."""
    return _("Entry code"), [_("Name"), _("Unit")]


def template(contest: Contest, group: Fillable) -> tuple[list[str], list[list[Any]]]:
    """Return header and rows of the table to fill in: every entry that takes part, with what is marked so far. Two statements.

    Without names while they are hidden.
    """
    code, others = columns()
    is_hidden = contest.names_hidden
    header = [code, *([] if is_hidden else others), *(mark_table.header_of(aspect) for aspect in group.aspects)]
    held = _held(group)
    rows: list[list[Any]] = [
        [entry.code, *([] if is_hidden else [entry.name, entry.unit]),
         *(held.get((entry.code, aspect.code), (None, 0))[0] for aspect in group.aspects)]
        for entry in contest.entries.filter(status="").order_by("start_order", "position")
    ]  # fmt: skip
    return header, rows


def read(contest: Contest, group: Fillable, table: Table) -> mark_table.Read:
    """Read an uploaded table against the rules and the entries. One statement."""
    broken = [TableFault(fault.line, fault.address, fault.code, {"value": fault.value}) for fault in table.faults]
    if broken:
        return mark_table.Read({}, tuple(broken))
    code, others = columns()
    return mark_table.read(
        table.headers,
        [(row.line, [cell.text for cell in row.cells]) for row in table.rows],
        code_header=code,
        passed_over=others,
        aspects=group.aspects,
        entries=dict(contest.entries.values_list("code", "status")),
    )


def shifts(contest: Contest, group: Fillable, marks: Mapping[Cell, Decimal]) -> list[Shift]:
    """Return what the marks of a table would do, in its order. Two statements."""
    held = _held(group)
    names = dict(contest.entries.values_list("code", "name"))
    titles = {aspect.code: aspect.title for aspect in group.aspects}
    found = []
    for (entry, aspect), value in marks.items():
        before, version = held.get((entry, aspect), (None, 0))
        text = "" if before is None else decimals.text(before)
        name = "" if contest.names_hidden else names[entry]
        found.append(Shift(entry, name, aspect, titles[aspect], text, decimals.text(value), version))
    return found


def _held(group: Fillable) -> dict[Cell, tuple[Decimal | None, int]]:
    """Return entry, aspect → mark and version on the group's sheets."""
    rows = Mark.objects.filter(sheet__in=[sheet.pk for sheet in group.sheets.values()], aspect__in=list(group.sheets))
    return {
        (entry, aspect): (value, version)
        for entry, aspect, value, version in rows.values_list("entry__code", "aspect", "value", "version")
    }


def told(faults: Sequence[TableFault]) -> list[tuple[str, str]]:
    """Return each fault as (where, sentence)."""
    labels = {str(value): str(label) for value, label in Entry.Status.choices}
    found = []
    for fault in faults:
        where = _("line %(line)s") % {"line": fault.line} + (f", {fault.column}" if fault.column else "")
        params = {**fault.params}
        if "status" in params:
            params["status"] = labels[params["status"]]
        text = str(FAULTS[fault.code]) % params if fault.code in FAULTS else sentence(fault.code, params)
        found.append((where, text))
    return found
