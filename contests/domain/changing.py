"""Carry out the steps of a correction on a locked contest, and undo them; nothing here asks whether one may.

What is needed to undo them is JSON: `{"marks": [[entry, aspect, judge, before, after], …], "given": [penalty, …],
"cancelled": [penalty, …], "statuses": [[entry, before, its reason, after], …], "factors": [[entry, aspect, before, after],
…]}`, decimals as text, null for none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from contests.domain.marking import write_marks
from contests.models import Contest, Entry, Factor, Mark, Operation, Penalty, Sheet
from contests.pure import decimals, marks
from contests.pure.whatif import CancelPenalty, GivePenalty, SetFactor, SetMark, SetStatus, Step
from contests.queries.changes import DECISIONS
from people.models import Employee

Before = dict[str, list[Any]]


def put(contest: Contest, steps: Sequence[Step], *, reason: str, by: Employee, at: datetime) -> Before:
    """Write what the steps say and return what is needed to undo it. Locks: sheets and contest are held by the caller."""
    entries = {row.code: row for row in Entry.objects.filter(contest=contest)}
    given = [
        Penalty.objects.create(entry=entries[step.entry], points=step.points, reason=step.reason, by=by, at=at).pk
        for step in steps
        if isinstance(step, GivePenalty)
    ]
    return {
        "marks": _put_marks(contest, entries, _last_marks(steps), reason=reason, by=by, at=at),
        "given": given,
        "cancelled": _cancel(contest, [step for step in steps if isinstance(step, CancelPenalty)], by=by, at=at),
        "statuses": _put_statuses(entries, [step for step in steps if isinstance(step, SetStatus)], reason),
        "factors": _put_factors(entries, [step for step in steps if isinstance(step, SetFactor)]),
    }


def _last_marks(steps: Iterable[Step]) -> dict[tuple[str, str, str], Decimal | None]:
    """Return cell → mark; of several steps about one cell the last stands."""
    return {step.cell: step.value for step in steps if isinstance(step, SetMark)}


def _put_marks(
    contest: Contest,
    entries: Mapping[str, Entry],
    wanted: Mapping[tuple[str, str, str], Decimal | None],
    *,
    reason: str,
    by: Employee,
    at: datetime,
) -> list[list[Any]]:
    """Write marks, each with the operation that keeps who and why. Five statements for each sheet."""
    sheets = Sheet.objects.filter(contest=contest, member__code__in={judge for _e, _a, judge in wanted})
    before: list[list[Any]] = []
    for sheet in sheets.select_related("contest", "member").order_by("pk"):
        mine = {
            (entry, aspect): value for (entry, aspect, judge), value in wanted.items() if judge == sheet.member.code
        }
        rows = Mark.objects.filter(sheet=sheet, entry__code__in={entry for entry, _a in mine}).select_related("entry")
        held = {(row.entry.code, row.aspect): marks.Cell(row.version, row.value) for row in rows}
        operations: list[Operation] = []
        changed: list[tuple[int, str, marks.Cell]] = []
        for (entry, aspect), value in sorted(mine.items()):
            cell = held.get((entry, aspect), marks.Cell())
            if value == cell.value:
                continue
            after = marks.Cell(cell.version + 1, value)
            operations.append(_operation(sheet, entry, aspect, cell, after, reason=reason, by=by, at=at))
            changed.append((entries[entry].pk, aspect, after))
            before.append([entry, aspect, sheet.member.code, _text(cell.value), _text(value)])
        if changed:
            Operation.objects.bulk_create(operations)
            write_marks(sheet, changed, len(changed))
    return before


def _operation(
    sheet: Sheet,
    entry: str,
    aspect: str,
    cell: marks.Cell,
    after: marks.Cell,
    *,
    reason: str,
    by: Employee,
    at: datetime,
) -> Operation:
    return Operation(
        id=uuid.uuid4(), sheet=sheet, entry=entry, aspect=aspect, value=_text(after.value) or "",
        base_version=cell.version, device=DECISIONS, at=at, received_at=at, by=by, answer=Operation.Answer.OK,
        note=reason[:300], server_value=after.value, server_version=after.version,
    )  # fmt: skip


def _cancel(contest: Contest, steps: Sequence[CancelPenalty], *, by: Employee, at: datetime) -> list[int]:
    """Cancel a penalty of the named points and reason for each step, the oldest first."""
    done: list[int] = []
    for step in steps:
        rows = Penalty.objects.filter(entry__contest=contest, entry__code=step.entry, cancelled_at__isnull=True)
        row = next(row for row in rows.order_by("pk") if (row.points, row.reason) == (step.points, step.reason))
        row.cancelled_at, row.cancelled_by = at, by
        row.save(update_fields=["cancelled_at", "cancelled_by"])
        done.append(row.pk)
    return done


def _put_statuses(entries: Mapping[str, Entry], steps: Sequence[SetStatus], reason: str) -> list[list[str]]:
    before = {step.entry: (entries[step.entry].status, entries[step.entry].status_reason) for step in steps}
    after = {step.entry: step.status for step in steps}
    for code, status in after.items():
        row = entries[code]
        row.status, row.status_reason = status, reason[:300] if status else ""
        row.save(update_fields=["status", "status_reason"])
    return [[code, *before[code], after[code]] for code in after]


def _put_factors(entries: Mapping[str, Entry], steps: Sequence[SetFactor]) -> list[list[Any]]:
    before: list[list[Any]] = []
    for (code, aspect), factor in {(step.entry, step.aspect): step.factor for step in steps}.items():
        row = Factor.objects.filter(entry=entries[code], aspect=aspect).first()
        before.append([code, aspect, _text(row.factor if row else None), _text(factor)])
        _put_factor(entries[code], aspect, factor)
    return before


def _put_factor(entry: Entry, aspect: str, factor: Decimal | None) -> None:
    if factor is None:
        Factor.objects.filter(entry=entry, aspect=aspect).delete()
    else:
        Factor.objects.update_or_create(entry=entry, aspect=aspect, defaults={"factor": factor})


def is_untouched(contest: Contest, before: Before) -> bool:
    """Whether everything still is as a correction left it. Five statements."""
    rows = Mark.objects.filter(sheet__contest=contest).values_list(
        "entry__code", "aspect", "sheet__member__code", "value"
    )
    cells = {(entry, aspect, judge): _text(value) for entry, aspect, judge, value in rows}
    statuses = dict(Entry.objects.filter(contest=contest).values_list("code", "status"))
    factors = {
        (row.entry.code, row.aspect): _text(row.factor)
        for row in Factor.objects.filter(entry__contest=contest).select_related("entry")
    }
    standing = set(
        Penalty.objects.filter(entry__contest=contest, cancelled_at__isnull=True).values_list("pk", flat=True)
    )
    return (
        all(cells.get((entry, aspect, judge)) == after for entry, aspect, judge, _b, after in before["marks"])
        and all(statuses.get(entry) == after for entry, _b, _reason, after in before["statuses"])
        and all(factors.get((entry, aspect)) == after for entry, aspect, _b, after in before["factors"])
        and standing.issuperset(before["given"])
        and standing.isdisjoint(before["cancelled"])
    )


def undoing(before: Before) -> tuple[Step, ...]:
    """Return the steps that undo a correction, to try them on paper. One statement."""
    penalties = Penalty.objects.select_related("entry").in_bulk([*before["given"], *before["cancelled"]])
    return (
        *(SetMark(entry, aspect, judge, _number(value)) for entry, aspect, judge, value, _a in before["marks"]),
        *(CancelPenalty(row.entry.code, row.points, row.reason) for row in _of(penalties, before["given"])),
        *(GivePenalty(row.entry.code, row.points, row.reason) for row in _of(penalties, before["cancelled"])),
        *(SetStatus(entry, status) for entry, status, _reason, _a in before["statuses"]),
        *(SetFactor(entry, aspect, _number(value)) for entry, aspect, value, _a in before["factors"]),
    )


def _of(penalties: Mapping[int, Penalty], keys: Iterable[int]) -> list[Penalty]:
    return [penalties[key] for key in keys]


def undo(contest: Contest, before: Before, *, reason: str, by: Employee, at: datetime) -> None:
    """Write back what was there before a correction. Locks: sheets and contest are held by the caller."""
    entries = {row.code: row for row in Entry.objects.filter(contest=contest)}
    wanted = {(entry, aspect, judge): _number(value) for entry, aspect, judge, value, _after in before["marks"]}
    _put_marks(contest, entries, wanted, reason=reason, by=by, at=at)
    Penalty.objects.filter(pk__in=before["given"]).update(cancelled_at=at, cancelled_by=by)
    Penalty.objects.filter(pk__in=before["cancelled"]).update(cancelled_at=None, cancelled_by=None)
    for code, status, told, _after in before["statuses"]:
        Entry.objects.filter(pk=entries[code].pk).update(status=status, status_reason=told)
    for code, aspect, value, _after in before["factors"]:
        _put_factor(entries[code], aspect, _number(value))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimals.text(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
