"""Permissions about people; the predicates other rules.py files combine."""

from __future__ import annotations

from typing import Any

import rules
from django.utils import timezone

from people.models import Employee, Substitute, Tie, Unit
from people.models.role import roles_of


@rules.predicate
def is_employee(person: Any) -> bool:
    """Signed in, and still allowed to be."""
    return isinstance(person, Employee) and person.is_active


def has_role(*names: str) -> Any:
    """Return the predicate `holds one of these roles today` (anywhere in the company)."""

    @rules.predicate(name=f"has_role:{'|'.join(names)}")
    def holds(person: Any) -> bool:
        return is_employee(person) and bool(roles_of(person, timezone.localdate()) & set(names))

    return holds


is_administrator = has_role("administrator")
is_hr = has_role("hr")
is_auditor = has_role("auditor")
is_organiser = has_role("organiser", "union_chair")

rules.add_perm("people.import_roster", is_administrator | is_hr)


@rules.predicate
def is_above_or_self(person: Any, employee: Employee | None) -> bool:
    """The employee, or a unit head above the employee."""
    if employee is None or person == employee:
        return True
    return (
        employee.unit is not None and Unit.objects.filter(head=person, code__in=employee.unit.ancestor_codes).exists()
    )


rules.add_perm("people.view_employee", is_administrator | is_hr | is_auditor | (is_employee & is_above_or_self))
rules.add_perm("people.view_employees", is_administrator | is_hr | is_auditor)
rules.add_perm("people.manage_roles", is_administrator)
rules.add_perm("people.manage_units", is_administrator)
rules.add_perm("people.manage_tokens", is_administrator)
rules.add_perm("people.change_own_account", is_employee)
rules.add_perm("people.view_calendar", is_employee)
rules.add_perm("people.edit_calendar", is_administrator)


@rules.predicate
def is_substituted(person: Any, row: Substitute | None) -> bool:
    """For whom somebody stands; without one, about naming substitutes in general."""
    return row is None or row.person_id == person.pk


rules.add_perm("people.name_substitute", is_employee & is_substituted)


@rules.predicate
def is_tied(person: Any, row: Tie | None) -> bool:
    """One of the two; without a tie, about declaring in general."""
    return row is None or person.pk in {row.employee_id, row.other_id}


rules.add_perm("people.declare_tie", is_employee & is_tied)
