"""Bring a roster file in: check it without writing, then apply it whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from frontend.kit import sheets
from people.models import Employee, RosterImport, Trade, Unit
from people.pure import roster
from people.queries import unit_names

BATCH_ROWS = 500
SHOWN_FAULTS = 500
SHOWN_ROWS = 50
BUSY = (RosterImport.State.CHECKING, RosterImport.State.APPLYING)
Progress = Callable[[int, int], None]


class NotReady(ValidationError):
    """The import is not in the state this step needs: somebody else was quicker, or the file has faults."""

    def __init__(self) -> None:
        super().__init__(_("This import has moved on. Reload the page to see where it stands."), code="not-ready")


def directory() -> roster.Directory:
    """Return the names under which a file may speak of units (code, name, path of names) and trades."""
    units: dict[str, str] = {}
    by_name: dict[str, list[str]] = {}
    for path, name in unit_names().items():
        code, (_root, _slash, below) = path.split("/")[-2], name.partition("/")
        by_name.setdefault(name.rpartition("/")[2].lower(), []).append(code)
        # The company's own name may stand before the path or be left out.
        units |= {name.lower(): code} | ({below.lower(): code} if below else {})
        units[code.lower()] = code
    # A bare name counts only while it is unambiguous: there is a 甲班 in every shop.
    units |= {name: codes[0] for name, codes in by_name.items() if len(codes) == 1}
    trades = {key.lower(): trade.code for trade in Trade.objects.all() for key in (trade.code, trade.name)}
    return roster.Directory(units, trades)


def check(content: bytes, *, file_name: str) -> tuple[roster.Plan, list[roster.Person], list[dict[str, Any]]]:
    """Read a file and compare it with who is employed; writes nothing.

    Returns:
        The plan, the valid persons and every fault as {line, address, column, code, value}.
    """
    table = sheets.read(content, file_name=file_name)
    faults: list[dict[str, Any]] = [
        {"line": fault.line, "address": fault.address, "column": "", "code": fault.code, "value": fault.value}
        for fault in table.faults
    ]
    found, missing = roster.recognise(table.headers)
    faults += [{"line": 1, "address": "", "column": name, "code": "missing-column", "value": ""} for name in missing]
    rows = [
        (
            row.line,
            {name: roster.Cell(row.cells[index].address, row.cells[index].text) for name, index in found.items()},
        )
        for row in table.rows
    ]
    persons, wrong = roster.read(rows, directory()) if not missing else ([], [])
    faults += [asdict(fault) for fault in wrong]
    active = Employee.objects.filter(left_on__isnull=True)
    plan = roster.plan(
        persons,
        present(),
        fields=frozenset(found),
        active=frozenset(active.values_list("number", flat=True)),
    )
    return plan, persons, sorted(faults, key=lambda fault: (fault["line"], fault["address"]))


def present() -> dict[str, roster.Person]:
    """Return number → what is stored, of everybody ever employed."""
    rows = Employee.objects.values_list(
        "number", "name", "unit__code", "trade__code", "skill_level", "phone", "email", "joined_on"
    )
    return {
        number: roster.Person(number, name, unit or "", trade or "", level, phone, email, joined)
        for number, name, unit, trade, level, phone, email, joined in rows
    }


def report(plan: roster.Plan, faults: list[dict[str, Any]], *, rows: int) -> dict[str, Any]:
    """Return what the pages show of a dry run: counts, the first examples and the first faults."""
    changed = [
        {"number": number, "changes": {name: [str(old), str(new)] for name, (old, new) in changes.items()}}
        for number, changes in list(plan.changed.items())[:SHOWN_ROWS]
    ]
    return {
        "rows": rows,
        "new": len(plan.new),
        "changed": len(plan.changed),
        "same": plan.same,
        "gone": len(plan.gone),
        "new_rows": [[person.number, person.name] for person in plan.new[:SHOWN_ROWS]],
        "changed_rows": changed,
        "gone_numbers": plan.gone[:SHOWN_FAULTS],
        "faults": faults[:SHOWN_FAULTS],
        "fault_count": len(faults),
    }


@transaction.atomic(savepoint=False)
def claim(*, import_id: Any, expected: Collection[str], state: str, at: datetime) -> RosterImport:
    """Move an import from one of some states to the next under its lock, so that two presses do one thing.

    Raises:
        NotReady: it is not (or no longer) in an expected state.
    """
    row = RosterImport.objects.select_for_update(no_key=True).get(pk=import_id)
    if row.state not in expected:
        raise NotReady
    row.state, row.moved_at = state, at
    row.save(update_fields=["state", "moved_at"])
    return row


@transaction.atomic(savepoint=False)
def mark_interrupted(*, import_id: Any, before: datetime, at: datetime) -> bool:
    """Say of an import whose worker died that it was interrupted: nothing of it was written, it may run again. Returns
    whether it was one still in the state into which it came before a moment."""
    row = RosterImport.objects.select_for_update(no_key=True).defer("content", "report").get(pk=import_id)
    if row.state not in BUSY or row.moved_at > before:
        return False
    row.state, row.moved_at = RosterImport.State.STOPPED, at
    row.save(update_fields=["state", "moved_at"])
    return True


@transaction.atomic(durable=True)
def apply(*, content: bytes, file_name: str, ends_gone: bool, on: date, progress: Progress) -> roster.Plan:
    """Carry a faultless file out in one transaction: new people, changes and (if asked) leavers.

    Args:
        content, file_name: the upload, read again so that what is applied is what the tables need now.
        ends_gone: mark who is not in the file as left on the day `on`; they can no longer sign in.
        progress: called with (rows done, rows in all) after each batch.

    Raises:
        ValidationError: the file has faults now (units changed since the dry run).
    """
    plan, _persons, faults = check(content, file_name=file_name)
    if faults:
        raise ValidationError(_("The file no longer fits the units and trades. Check it again."), code="faulty")
    units = dict(Unit.objects.values_list("code", "pk"))
    trades = dict(Trade.objects.values_list("code", "pk"))
    total = len(plan.new) + len(plan.changed) + (len(plan.gone) if ends_gone else 0)
    done = 0
    for batch in _batches(plan.new):
        Employee.objects.bulk_create([_new(person, units, trades) for person in batch])
        done += len(batch)
        progress(done, total)
    for numbers in _batches(list(plan.changed)):
        _change(numbers, plan, units, trades)
        done += len(numbers)
        progress(done, total)
    for numbers in _batches(plan.gone if ends_gone else []):
        Employee.objects.filter(number__in=numbers).update(left_on=on, is_active=False)
        done += len(numbers)
        progress(done, total)
    return plan


def _batches(rows: list[Any]) -> list[list[Any]]:
    return [rows[start : start + BATCH_ROWS] for start in range(0, len(rows), BATCH_ROWS)]


def _new(person: roster.Person, units: dict[str, int], trades: dict[str, int]) -> Employee:
    """Return a row without a password: the first sign-in takes the activation code."""
    return Employee(
        number=person.number,
        name=person.name,
        unit_id=units[person.unit],
        trade_id=trades.get(person.trade),
        skill_level=person.skill_level,
        phone=person.phone,
        email=person.email,
        joined_on=person.joined_on,
        password=make_password(None),
        must_change_password=True,
    )


def _change(numbers: list[str], plan: roster.Plan, units: dict[str, int], trades: dict[str, int]) -> None:
    """Write the changed fields of one batch of employees; who is listed again is employed again."""
    employees = list(Employee.objects.select_for_update(no_key=True).filter(number__in=numbers).order_by("pk"))
    for employee in employees:
        for name, (_before, after) in plan.changed[employee.number].items():
            match name:
                case "unit":
                    employee.unit_id = units[str(after)]
                case "trade":
                    employee.trade_id = trades.get(str(after))
                case "is_active":
                    employee.is_active, employee.left_on = True, None
                case _:
                    setattr(employee, name, after)
    fields = ["name", "unit", "trade", "skill_level", "phone", "email", "joined_on", "is_active", "left_on"]
    Employee.objects.bulk_update(employees, fields)
