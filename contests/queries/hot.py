"""What every batch of marks reads, as text that never changes: put together by the ORM it costs more than the database does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

from contests.models import Contest, Operation, PanelMember, Sheet
from contests.pure import scheme as schemes
from contests.pure.scheme import Aspect

Row = TypeVar("Row", bound=models.Model)
KEPT_SCHEMES = 64
LARGEST_KEY = 2**63 - 1
SHEET = ("id", "contest_id", "member_id", "aspects", "state", "version")
AT_DOOR = """
    SELECT s.id, s.contest_id, s.member_id, s.aspects, s.state, s.version,
           c.id, c.code, c.state, c.organiser_id, c.chief_judge_id, m.id, m.employee_id, m.role
    FROM contests_sheet s JOIN contests_contest c ON c.id = s.contest_id JOIN contests_panelmember m ON m.id = s.member_id
    WHERE s.id = %s"""
TO_MARK = """
    SELECT s.id, s.contest_id, s.member_id, s.aspects, s.state, s.version, c.id, c.code, c.title, m.id, m.code, r.id, c.scheme
    FROM contests_sheet s JOIN contests_contest c ON c.id = s.contest_id JOIN contests_panelmember m ON m.id = s.member_id
         LEFT JOIN contests_panelmember r ON r.replaced_by_id = m.id
    WHERE s.id = %s"""
LOCK = " FOR NO KEY UPDATE OF s"  # SQLite has one writer: its transaction began IMMEDIATE
KNOWN = "SELECT 1 FROM contests_operation WHERE id IN ({ids})"


def at_door(sheet_id: int) -> Sheet | None:
    """Return what the permission to mark asks of a sheet; None when there is none. One statement."""
    row = _row(AT_DOOR, sheet_id)
    if row is None:
        return None
    contest = _made(Contest, ("id", "code", "state", "organiser_id", "chief_judge_id"), row[6:11])
    return _sheet(row, contest, _made(PanelMember, ("id", "employee_id", "role"), row[11:14]))


def locked(sheet_id: int) -> tuple[Sheet, dict[str, Aspect]]:
    """Lock the sheet alone; return it with its contest and member, and its aspects by code. One statement.

    Raises:
        Sheet.DoesNotExist.
    """
    row = _row(TO_MARK + (LOCK if connection.features.has_select_for_update else ""), sheet_id)
    if row is None:
        raise Sheet.DoesNotExist
    member = _made(PanelMember, ("id", "code"), row[9:11])
    member._state.fields_cache["replaces"] = None if row[11] is None else _made(PanelMember, ("id",), row[11:12])
    sheet = _sheet(row, _made(Contest, ("id", "code", "title"), row[6:9]), member)
    mine = set(sheet.aspects)
    return sheet, {aspect.code: aspect for aspect in _aspects(row[12]) if aspect.code in mine}


def are_known(ids: Sequence[UUID]) -> bool:
    """Return whether any of these operations was answered before. One short statement: most batches have none."""
    if not ids:
        return False
    key = Operation._meta.pk
    given = [key.get_db_prep_value(one, connection) for one in ids]
    with connection.cursor() as cursor:
        cursor.execute(KNOWN.format(ids=", ".join(["%s"] * len(given))), given)
        return cursor.fetchone() is not None


@lru_cache(maxsize=KEPT_SCHEMES)
def _aspects(stored: str) -> tuple[Aspect, ...]:
    """Return the aspects of a stored rule set; the same text is read once a process."""
    return schemes.from_json(json.loads(stored)).aspects


def _row(sql: str, sheet_id: int) -> Sequence[Any] | None:
    if not 0 < sheet_id <= LARGEST_KEY:  # what somebody typed into an address: no database takes a larger number
        return None
    with connection.cursor() as cursor:
        cursor.execute(sql, [sheet_id])
        found: Sequence[Any] | None = cursor.fetchone()
        return found


def _sheet(row: Sequence[Any], contest: Contest, member: PanelMember) -> Sheet:
    sheet = _made(Sheet, SHEET, (*row[:3], json.loads(row[3]), *row[4:6]))
    sheet.contest, sheet.member = contest, member
    return sheet


def _made(model: type[Row], names: Sequence[str], values: Sequence[Any]) -> Row:
    """Make an object of these columns; any other column of it is read when it is asked for."""
    return model.from_db(connection.alias, names, values)
