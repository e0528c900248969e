"""Give a role, end a role."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import ROLE_NAMES, Employee, RoleGrant, Unit


class AlreadyHeld(ValidationError):
    """The person holds this role in this unit already."""

    def __init__(self) -> None:
        super().__init__(_("This person already holds that role there. End it first."), code="already-held")


class LastAdministrator(ValidationError):
    """Without an administrator nobody could give roles any more."""

    def __init__(self) -> None:
        super().__init__(
            _("This is the last administrator. Make somebody else administrator first."), code="last-administrator"
        )


@transaction.atomic(savepoint=False)
def grant(*, employee: Employee, role: str, unit: Unit | None, from_on: date) -> RoleGrant:
    """Give a role from a day on, in a unit or (None) in the whole company.

    Raises:
        AlreadyHeld: it is held there on that day.
        ValidationError: no such role.
    """
    if role not in ROLE_NAMES:
        raise ValidationError(_("There is no such role."), code="unknown-role")
    Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    still = Q(until_on__isnull=True) | Q(until_on__gt=from_on)
    if RoleGrant.objects.filter(still, employee=employee, role=role, unit=unit).exists():
        raise AlreadyHeld
    return RoleGrant.objects.create(employee=employee, role=role, unit=unit, from_on=from_on)


@transaction.atomic(savepoint=False)
def end(*, grant_id: int, on: date) -> RoleGrant:
    """End a role: from the day `on` it is no longer held.

    Raises:
        LastAdministrator: nobody else would be administrator.
    """
    grants = {row.pk: row for row in _administrators(on)}
    row = grants.get(grant_id) or RoleGrant.objects.select_for_update(no_key=True).get(pk=grant_id)
    if row.role == "administrator" and len({g.employee_id for g in grants.values()} - {row.employee_id}) == 0:
        raise LastAdministrator
    row.until_on = max(on, row.from_on)
    row.save(update_fields=["until_on"])
    return row


def _administrators(on: date) -> list[RoleGrant]:
    """Lock and return the administrators' grants, so that two cannot be ended at once down to none."""
    still = Q(until_on__isnull=True) | Q(until_on__gt=on)
    rows = RoleGrant.objects.filter(still, role="administrator", employee__is_active=True)
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
