"""What the chief judge takes from an entry: points, or its place."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contests.models.fields import ExactDecimalField


class Penalty(models.Model):
    """Points taken from an entry's total, with the reason; a cancelled one counts no more and stays readable."""

    entry = models.ForeignKey("contests.Entry", models.CASCADE, related_name="penalties")
    points = ExactDecimalField(_("points taken"))
    minutes = ExactDecimalField(_("minutes over time"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("penalty")

    def __str__(self) -> str:
        return f"{self.entry_id} −{self.points}"


class Disqualification(models.Model):
    """The chief judge's proposal to disqualify an entry; in force when somebody else has agreed."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for agreement")
        AGREED = "agreed", _("disqualified")
        REFUSED = "refused", _("not agreed to")
        WITHDRAWN = "withdrawn", _("taken back")

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="disqualifications")
    entry = models.ForeignKey("contests.Entry", models.CASCADE, related_name="disqualifications")
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField(_("reason"), max_length=300)
    decision = models.CharField(_("decision"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    process = models.ForeignKey("viewflow.Process", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("disqualification")
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(state="proposed"), name="disqualification_waits_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "agreed", "refused", "withdrawn"]),
                name="disqualification_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"

    @property
    def subject(self) -> str:
        """The name under which approvals and processes speak of this proposal."""
        return f"disqualification:{self.pk}"
