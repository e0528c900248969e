"""Who holds what role where, from when until when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from people.models.employee import Employee


class RoleName(models.TextChoices):
    """Roles of the glossary. `judge` is somebody who may be drawn into panels."""

    UNION_CHAIR = "union_chair", _("union chair")
    BRANCH_CHAIR = "branch_chair", _("branch chair")
    ORGANISER = "organiser", _("organiser")
    JUDGE = "judge", _("judge")
    CHIEF_JUDGE = "chief_judge", _("chief judge")
    SECRECY_OFFICER = "secrecy_officer", _("secrecy officer")
    HR = "hr", _("HR")
    FINANCE = "finance", _("finance")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


ROLE_NAMES = RoleName.values


class RoleGrant(models.Model):
    """An employee holds a role in a unit (null: the whole company) from a day until a day (excluded; null: open)."""

    employee = models.ForeignKey("people.Employee", models.CASCADE, related_name="role_grants")
    role = models.CharField(_("role"), max_length=20, choices=RoleName.choices)
    unit = models.ForeignKey("people.Unit", models.CASCADE, null=True, blank=True, related_name="role_grants")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["role", "from_on", "id"]
        verbose_name = _("role")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True) | models.Q(until_on__gte=models.F("from_on")),
                name="role_grant_ends_after_it_begins",
            )
        ]
        indexes = [models.Index(fields=["role", "unit"]), models.Index(fields=["employee", "role"])]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.role} {self.unit_id or '*'}"


def grants_on(day: date) -> QuerySet[RoleGrant]:
    """Return the role grants in force on a day."""
    return RoleGrant.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), from_on__lte=day)


def roles_of(person: Employee, day: date) -> frozenset[str]:
    """Return the names of the roles a person holds anywhere on a day; read once per person object and day."""
    cache: dict[date, frozenset[str]] = person.__dict__.setdefault("_roles", {})
    if day not in cache:
        cache[day] = frozenset(grants_on(day).filter(employee=person).values_list("role", flat=True))
    return cache[day]
