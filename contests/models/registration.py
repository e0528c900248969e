"""Who wants to take part."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Registration(models.Model):
    """An employee's registration 报名 for a contest: one row a person, applied again after a withdrawal.

    A confirmed one holds a seat of the quota; waitlisted ones move up in the order of `applied_at`. A team's registration is
    its captain's; `team_name`, `unit` and the `team` rows say who they are.
    """

    class State(models.TextChoices):
        APPLIED = "applied", _("applied")
        CONFIRMED = "confirmed", _("confirmed")
        WAITLISTED = "waitlisted", _("waitlisted")
        REFUSED = "refused", _("not admitted")
        WITHDRAWN = "withdrawn", _("withdrew")

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="registrations")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="registrations")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.APPLIED)
    phone = models.CharField(_("mobile number"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    team_name = models.CharField(_("name of the team"), max_length=60, blank=True)
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit of the team")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    applied_at = models.DateTimeField(_("applied"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    process = models.ForeignKey("viewflow.Process", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["applied_at", "id"]
        verbose_name = _("registration")
        constraints = [
            models.UniqueConstraint(fields=["contest", "employee"], name="registration_once_a_person"),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "confirmed", "waitlisted", "refused", "withdrawn"]),
                name="registration_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["contest", "state", "applied_at"]),
            models.Index(fields=["employee", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.contest_id}:{self.employee_id} {self.state}"

    @property
    def subject(self) -> str:
        """The name under which approvals and processes speak of this registration."""
        return f"registration:{self.pk}"

    @property
    def is_active(self) -> bool:
        """Whether the person still wants to take part and may."""
        return self.state in {self.State.APPLIED, self.State.CONFIRMED, self.State.WAITLISTED}
