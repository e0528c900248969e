"""Measured marks of a whole group at once, such as theory papers 理论成绩: recorded like a tablet's, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain import marking
from contests.domain.setup import demand_state
from contests.models import Contest, Operation, Sheet
from contests.pure.marks import Op
from contests.queries import mark_tables
from engine.events.domain import record as say
from people.models import Employee

DEVICE = "table"  # what operations from a table name as their device


class NotFillable(ValidationError):
    """The person may not fill in this group, or its sheet is signed."""


class NotTaken(ValidationError):
    """A mark was refused, or changed since the difference was shown: nothing is stored; each message says which."""

    status = 409


@dataclass(frozen=True)
class Given:
    """One mark of a table: decimal text, and the version of the cell it was compared with."""

    entry: str
    aspect: str
    value: str
    version: int


@transaction.atomic(savepoint=False)
def record(*, contest: Contest, group: str, upload: UUID, given: Sequence[Given], by: Employee, at: datetime) -> int:
    """Record the marks of one uploaded table as operations on the sheets that hold them; return how many there are.

    The same upload again changes nothing and is answered alike: its operations have ids derived from it.

    Args:
        upload: names this table; another table needs another.

    Raises:
        NotFillable: not this person's to mark, or signed; NotTaken: with what changed meanwhile; setup.WrongState.
    """
    sheets = Sheet.objects.select_for_update(no_key=True).filter(contest=contest).order_by("pk")
    list(sheets.values_list("pk"))
    contest = Contest.objects.get(pk=contest.pk)
    demand_state(contest, Contest.State.JUDGING)
    found = {row.group.code: row for row in mark_tables.fillable(contest, by)}.get(group)
    if found is None or {row.aspect for row in given} - set(found.sheets):
        raise NotFillable(
            _("These marks are not yours to give, or the sheet is signed already: ask the chief judge."),
            code="not-fillable",
        )
    ops: dict[int, list[Op]] = {}
    for row in given:
        key = str(uuid5(upload, f"{row.entry}\n{row.aspect}"))
        op = Op(key, row.entry, row.aspect, row.value, row.version, DEVICE, at.isoformat())
        ops.setdefault(found.sheets[row.aspect].pk, []).append(op)
    known = [UUID(op.op_id) for rows in ops.values() for op in rows]
    is_again = Operation.objects.filter(pk__in=known[:1]).exists()
    answers: list[marking.Answer] = []
    for sheet_id in sorted(ops):
        for start in range(0, len(ops[sheet_id]), marking.MOST_OPERATIONS):
            chunk = ops[sheet_id][start : start + marking.MOST_OPERATIONS]
            answers += marking.record(sheet_id=sheet_id, ops=chunk, by=by, at=at)
    if refused := [answer for answer in answers if answer.answer != "ok"]:
        raise NotTaken([_told(answer) for answer in refused])
    if not is_again:
        say(contest.subject, "marks.imported", by=by, at=at, group=group, upload=str(upload), marks=len(given))
    return len(given)


def _told(answer: marking.Answer) -> ValidationError:
    if answer.answer == "conflict":
        text = _("Entry %(entry)s: changed to %(value)s since you looked. Upload the table again.")
        return ValidationError(text, code="conflict", params={"entry": answer.entry, "value": answer.value or "—"})
    text = _("Entry %(entry)s: %(reason)s")
    return ValidationError(text, code=answer.code, params={"entry": answer.entry, "reason": answer.reason})
