"""Somebody asks for something with points."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Redemption(models.Model):
    """A redemption 兑换. Its id is the id of the reservation in the ledger, made by the page before sending."""

    class State(models.TextChoices):
        RESERVED = "reserved", _("waiting for approval")
        FULFILLED = "fulfilled", _("granted")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="redemptions")
    item = models.ForeignKey("rewards.Item", models.PROTECT, related_name="redemptions")
    session = models.ForeignKey("rewards.CourseSession", models.PROTECT, null=True, blank=True, related_name="+")
    points = models.PositiveBigIntegerField(_("points"))
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    is_afternoon = models.BooleanField(_("in the afternoon"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RESERVED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    process = models.ForeignKey("viewflow.Process", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("redemption")
        indexes = [models.Index(fields=["employee", "asked_at"]), models.Index(fields=["state", "asked_at"])]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def subject(self) -> str:
        """The name under which events, approvals and processes speak of this redemption."""
        return f"redemption:{self.id}"
