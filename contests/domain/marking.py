"""Marks coming from judges' tablets: every operation answered, none applied twice, none lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from contests.domain import unveiling
from contests.models import Mark, Operation, Sheet
from contests.pure import decimals, marks
from contests.pure.marks import Op
from contests.pure.scheme import Aspect
from contests.queries import hot
from contests.queries.sentences import sentence
from contests.queries.sheets import marked_before
from engine.live import domain as live
from people.models import Employee

MOST_OPERATIONS = 50
HELD = """
    SELECT e.code, e.id, EXISTS (SELECT 1 FROM contests_recusal r WHERE r.entry_id = e.id AND r.member_id = %s),
           m.aspect, m.version, m.value
    FROM contests_entry e LEFT JOIN contests_mark m ON m.entry_id = e.id AND m.sheet_id = %s
    WHERE e.contest_id = %s AND e.code IN ({codes})"""
COUNT = "UPDATE contests_sheet SET version = version + %s WHERE id = %s"
_LARGEST_VERSION = 2**31 - 1
Cells = dict[tuple[str, str], marks.Cell]  # by entry code and aspect


class TooMany(ValidationError):
    """More operations than one request may carry."""


@dataclass(frozen=True)
class Answer:
    """What became of one operation: `value` (decimal text, None: no mark) and `version` are what the server holds now.

    `code` is '' for ok, else conflict · locked · a code of `contests.pure.marks` · bad_op_id · foreign_op_id; `reason` is
    the sentence for it in the reader's language.
    """

    op_id: str
    answer: str
    entry: str
    aspect: str
    value: str | None
    version: int
    code: str = ""
    reason: str = ""


def record(*, sheet_id: int, ops: Sequence[Op], by: Employee, at: datetime) -> list[Answer]:
    """Apply up to 50 operations of one sheet in their order and answer each one.

    Repeating a request changes nothing and gives the same answers. Refused operations are stored too. Seven SQL
    statements, however many operations; one more when some were answered before, up to five more when worldskills aspects
    are among them (`domain.unveiling`).

    Raises:
        TooMany: split the request.
        Sheet.DoesNotExist.
    """
    return record_on(sheet_id=sheet_id, ops=ops, by=by, at=at)[0]


@transaction.atomic(savepoint=False)
def record_on(*, sheet_id: int, ops: Sequence[Op], by: Employee, at: datetime) -> tuple[list[Answer], Sheet]:
    """Do what `record` does and return the sheet as it stands afterwards too."""
    if len(ops) > MOST_OPERATIONS:
        raise TooMany(_("Send at most 50 operations at a time."), code="too-many")
    sheet, aspects = hot.locked(sheet_id)
    ids = {op.op_id: _uuid(op.op_id) for op in ops}
    known = _known([key for key in ids.values() if key is not None])
    fresh = [op for op in ops if (key := ids[op.op_id]) is not None and key not in known]
    if fresh:
        known |= _apply(sheet, aspects, fresh, ids, by=by, at=at)
    return [_answer(op, ids[op.op_id], known, sheet) for op in ops], sheet


def _known(ids: Sequence[UUID]) -> dict[UUID, Operation]:
    """Return the operations answered before."""
    return Operation.objects.in_bulk(ids) if hot.are_known(ids) else {}


def _apply(
    sheet: Sheet,
    aspects: dict[str, Aspect],
    ops: Sequence[Op],
    ids: dict[str, UUID | None],
    *,
    by: Employee,
    at: datetime,
) -> dict[UUID, Operation]:
    """Judge new operations one after the other against the cells as the ones before left them; write everything once."""
    entries, recused, cells = _held(sheet, {_text(op.entry, 64) for op in ops})
    veiled = {code for code, aspect in aspects.items() if aspect.is_worldskills}
    touched = {entries[op.entry] for op in ops if op.aspect in veiled and op.entry in entries}
    shown = unveiling.shown_cells(touched) if touched else frozenset()
    _close(sheet, cells, entries, recused, shown)
    stored: dict[UUID, Operation] = {}
    changed: dict[tuple[str, str], None] = {}
    changes = 0
    for op in ops:
        key = ids[op.op_id]
        if key is None or key in stored:
            continue
        outcome = _judge(op, entries, aspects, cells, is_locked=sheet.state != Sheet.State.OPEN)
        if outcome.is_changed:
            held = cells.get((op.entry, op.aspect), marks.Cell())
            cells[op.entry, op.aspect] = replace(held, version=outcome.version, value=outcome.value)
            changed[op.entry, op.aspect] = None
            changes += 1
        stored[key] = _operation(key, sheet, op, outcome, by=by, at=at)
    Operation.objects.bulk_create(stored.values())
    if changed:
        write_marks(sheet, [(entries[entry], aspect, cells[entry, aspect]) for entry, aspect in changed], changes)
        if fresh := [(entries[entry], aspect) for entry, aspect in changed if aspect in veiled]:
            unveiling.unveil(contest=sheet.contest, cells=fresh, at=at)
    return stored


def _held(sheet: Sheet, codes: set[str]) -> tuple[dict[str, int], set[str], Cells]:
    """Return of these entries: code → pk, the codes this judge does not mark, and the cells the sheet holds.

    One statement, written by hand: put together by the ORM it costs more than all the database does for a batch.
    """
    marks_of = ", ".join(["%s"] * len(codes))
    with connection.cursor() as cursor:
        cursor.execute(HELD.format(codes=marks_of), [sheet.member_id, sheet.pk, sheet.contest_id, *codes])
        rows = cursor.fetchall()
    entries = {code: pk for code, pk, *_rest in rows}
    recused = {code for code, _pk, is_recused, *_rest in rows if is_recused}
    cells = {
        (code, aspect): marks.Cell(version, None if value is None else Decimal(value))
        for code, _pk, _is, aspect, version, value in rows
        if aspect is not None
    }
    return entries, recused, cells


def _close(
    sheet: Sheet, cells: Cells, entries: dict[str, int], recused: set[str], shown: frozenset[tuple[int, str]]
) -> None:
    """Say of the cells what is not this judge's to mark (any more)."""
    codes = {pk: code for code, pk in entries.items()}
    closed = {(code, aspect): "recused" for code in recused for aspect in sheet.aspects}
    closed |= {(codes[entry], aspect): "marked_before" for entry, aspect in marked_before(sheet) if entry in codes}
    for key, why in closed.items():
        cells[key] = replace(cells.get(key, marks.Cell()), closed=why)
    for entry, aspect in shown:
        key = (codes[entry], aspect)
        cells[key] = replace(cells.get(key, marks.Cell()), is_unveiled=True)


def _judge(
    op: Op, entries: dict[str, int], aspects: dict[str, Aspect], cells: Cells, *, is_locked: bool
) -> marks.Outcome:
    if op.entry not in entries:
        return marks.judge(op, aspects.get(op.aspect), None)
    held = cells.get((op.entry, op.aspect), marks.Cell())
    return marks.judge(op, aspects.get(op.aspect), replace(held, is_locked=is_locked))


def write_marks(sheet: Sheet, changed: list[tuple[int, str, marks.Cell]], changes: int) -> None:
    """Store changed cells of a locked sheet in one upsert, count the changes and stir the contest's board."""
    Mark.objects.bulk_create(
        [
            Mark(sheet=sheet, entry_id=entry, aspect=aspect, value=cell.value, version=cell.version)
            for entry, aspect, cell in changed
        ],
        update_conflicts=True,
        unique_fields=["sheet", "entry", "aspect"],
        update_fields=["value", "version"],
    )
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [changes, sheet.pk])
    sheet.version += changes
    live.stir(sheet.contest.code)


def _operation(key: UUID, sheet: Sheet, op: Op, outcome: marks.Outcome, *, by: Employee, at: datetime) -> Operation:
    refusal = outcome.refusal
    return Operation(
        id=key,
        sheet=sheet,
        entry=_text(op.entry, 64),
        aspect=_text(op.aspect, 64),
        value=_text(op.value, 64),
        base_version=min(max(op.base_version, 0), _LARGEST_VERSION) if type(op.base_version) is int else 0,
        device=_text(op.device, 64),
        at=_moment(op.at),
        received_at=at,
        by=by,
        answer=outcome.result,
        refusal=refusal.code if refusal else "",
        refusal_params=refusal.params if refusal else {},
        server_value=outcome.value,
        server_version=outcome.version,
    )


def _answer(op: Op, key: UUID | None, known: dict[UUID, Operation], sheet: Sheet) -> Answer:
    stored = known.get(key) if key is not None else None
    if stored is None or stored.sheet_id != sheet.pk:
        code = "bad_op_id" if key is None else "foreign_op_id"
        return Answer(str(op.op_id), "invalid", str(op.entry), str(op.aspect), None, 0, code, sentence(code))
    code = stored.refusal or ("" if stored.answer == "ok" else stored.answer)
    return Answer(
        op_id=str(op.op_id),
        answer=stored.answer,
        entry=stored.entry,
        aspect=stored.aspect,
        value=_decimal_text(stored.server_value),
        version=stored.server_version,
        code=code,
        reason=sentence(code, stored.refusal_params),
    )


def _decimal_text(value: Decimal | None) -> str | None:
    return None if value is None else decimals.text(value)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None


def _text(value: Any, longest: int) -> str:
    """Make anything a tablet sent storable: no NUL, no half of a surrogate pair, not too long."""
    if value is None:
        return ""
    return str(value)[:longest].replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _moment(text: Any) -> datetime | None:
    """Read the tablet's clock, kept for the history only."""
    try:
        moment = parse_datetime(text)
    except (ValueError, TypeError):
        return None
    return None if moment is None or is_naive(moment) else moment
