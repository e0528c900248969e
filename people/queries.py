"""Reads about people that more than one caller needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from chinese_calendar.constants import holidays, workdays
from django.db.models import Q, QuerySet

from people.models import Employee, Holiday, KnownYear, Tie, Unit, WorkingPattern
from people.models.role import grants_on, roles_of
from people.pure.calendar import WorkingCalendar
from people.pure.working_time import OFFICE, WorkingTime

__all__ = [
    "grants_on",
    "heads_upward",
    "holders",
    "holders_near",
    "roles_of",
    "ties_of",
    "unit_names",
    "visible_to",
    "within",
    "working_calendar",
]


def within(unit: Unit) -> Q:
    """Return the condition `employee is in this unit or below it`."""
    return Q(unit__path__startswith=unit.path)


def unit_names() -> dict[str, str]:
    """Return path → names from the root down, joined by slashes, of every unit. One statement."""
    names: dict[str, str] = {}
    for unit in Unit.objects.select_related("parent").order_by("path"):
        names[unit.path] = f"{names.get(unit.parent.path, '')}/{unit.name}" if unit.parent else unit.name
    return names


def heads_upward(person: Employee) -> list[Employee]:
    """Return the unit heads above a person, nearest first: empty posts, repeats and the person left out."""
    if person.unit is None:
        return []
    codes = person.unit.ancestor_codes
    units = Unit.objects.filter(code__in=codes, head__isnull=False).select_related("head").order_by("-path")
    heads: dict[int, Employee] = {}
    for unit in sorted(units, key=lambda row: len(row.path), reverse=True):
        if unit.head is not None and unit.head_id != person.pk and unit.head.is_active:
            heads.setdefault(unit.head.pk, unit.head)
    return list(heads.values())


def holders(role: str, day: date) -> QuerySet[Employee]:
    """Return everybody active who holds a role anywhere on a day, by number."""
    grants = grants_on(day).filter(role=role)
    return Employee.objects.filter(is_active=True, pk__in=grants.values("employee")).order_by("number")


def holders_near(role: str, unit: Unit, day: date) -> list[Employee]:
    """Return the holders of a role in the unit, else in the nearest unit above that has one, else company-wide."""
    grants = grants_on(day).filter(role=role, employee__is_active=True).select_related("employee", "unit")
    by_code: dict[str | None, dict[int, Employee]] = {}
    for grant in grants.filter(Q(unit__isnull=True) | Q(unit__code__in=unit.ancestor_codes)):
        by_code.setdefault(grant.unit.code if grant.unit else None, {})[grant.employee_id] = grant.employee
    for code in [*reversed(unit.ancestor_codes), None]:
        if code in by_code:
            return sorted(by_code[code].values(), key=lambda person: person.number)
    return []


def working_calendar() -> WorkingCalendar:
    """Return the calendar in force: the library's public holidays, overridden by the administrator's table. Two statements."""
    differences = dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True)
    known = max(holidays).year
    differences |= dict(Holiday.objects.values_list("on", "is_working"))
    for year in KnownYear.objects.order_by("year").values_list("year", flat=True):
        known = year if year == known + 1 else known
    return WorkingCalendar(differences, known_until=date(known, 12, 31))


def working_times() -> dict[str, WorkingTime]:
    """Return path of a unit → when it works, of those that have a pattern of their own. One statement."""
    return {row.unit.path: row.pattern for row in WorkingPattern.objects.select_related("unit")}


def time_of(path: str | None, times: Mapping[str, WorkingTime]) -> WorkingTime:
    """Return when a unit works: by its own pattern, else the nearest above, else in office hours."""
    own = max((one for one in times if (path or "").startswith(one)), key=len, default=None)
    return times[own] if own is not None else OFFICE


def calendar_of(number: str) -> WorkingCalendar:
    """Return the working calendar of an employee, with the hours of their unit. Three statements; four where a unit has a
    pattern of its own."""
    times = working_times()
    path = Employee.objects.filter(number=number).values_list("unit__path", flat=True).first() if times else None
    return replace(working_calendar(), time=time_of(path, times))


def public_holidays(year: int) -> dict[date, tuple[bool, str]]:
    """Return day → (is worked, name) of the library's days unlike Monday–Friday; none for a year it does not know."""
    found = {day: (False, str(name)) for day, name in holidays.items() if day.year == year and day.weekday() < 5}
    return found | {day: (True, str(name)) for day, name in workdays.items() if day.year == year and day.weekday() >= 5}


def visible_to(person: Employee, day: date) -> QuerySet[Employee]:
    """Return the employees a person may look up: everybody for HR, auditors and administrators, else oneself
    and the units one heads."""
    everybody = Employee.objects.select_related("unit", "trade")
    if roles_of(person, day) & {"administrator", "hr", "auditor"}:
        return everybody
    condition = Q(pk=person.pk)
    for unit in Unit.objects.filter(head=person):
        condition |= within(unit)
    return everybody.filter(condition)


def ties_of(person: Employee) -> dict[int, set[str]]:
    """Return the other person's pk → kinds of the declared ties that last (relatives, mentor and apprentice). One statement."""
    found: dict[int, set[str]] = {}
    rows = Tie.objects.filter(Q(employee=person) | Q(other=person), ended_at=None)
    for employee, other, kind in rows.values_list("employee", "other", "kind"):
        found.setdefault(other if employee == person.pk else employee, set()).add(kind)
    return found


def ties_between(people: Collection[int], others: Collection[int]) -> dict[int, dict[int, set[str]]]:
    """Return, of these people, pk → pk of one of the others → kinds of the declared ties that last. One statement."""
    found: dict[int, dict[int, set[str]]] = {}
    rows = Tie.objects.filter(
        Q(employee__in=people, other__in=others) | Q(employee__in=others, other__in=people), ended_at=None
    )
    for employee, other, kind in rows.values_list("employee", "other", "kind"):
        for one, two in ((employee, other), (other, employee)):
            if one in people and two in others:
                found.setdefault(one, {}).setdefault(two, set()).add(kind)
    return found
