"""Somebody asks for something with points."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Redemption(models.Model):
    """A redemption 兑换. Its id is the id of the reservation in the ledger, made by the page before sending.

    waitlisted → reserved → ready (something is to be collected) → fulfilled; refused, cancelled, refunded end it.
    """

    class State(models.TextChoices):
        WAITLISTED = "waitlisted", _("on the waiting list")
        RESERVED = "reserved", _("waiting for approval")
        READY = "ready", _("to be collected")
        FULFILLED = "fulfilled", _("granted")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")
        REFUNDED = "refunded", _("refunded")

    id = models.UUIDField(primary_key=True)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="redemptions")
    item = models.ForeignKey("rewards.Item", models.PROTECT, related_name="redemptions")
    session = models.ForeignKey(
        "rewards.CourseSession", models.PROTECT, null=True, blank=True, related_name="redemptions"
    )
    points = models.PositiveBigIntegerField(_("points"))
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    is_afternoon = models.BooleanField(_("in the afternoon"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RESERVED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    # The other reservations in the chain of the points (stock, seat, quota): [[id, debit, credit, amount], …].
    holds = models.JSONField(default=list, blank=True)
    pickup_code = models.CharField(_("pick-up code"), max_length=12, null=True, blank=True, unique=True)
    pickup_until_on = models.DateField(_("to be collected by"), null=True, blank=True)
    handed_at = models.DateTimeField(_("handed out"), null=True, blank=True)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    handed_place = models.CharField(_("handed out at"), max_length=120, blank=True)
    refunded_points = models.PositiveBigIntegerField(_("points refunded"), default=0)
    process = models.ForeignKey("viewflow.Process", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("redemption")
        indexes = [
            models.Index(fields=["employee", "asked_at"]),
            models.Index(fields=["state", "asked_at"]),
            models.Index(
                fields=["pickup_until_on"], condition=models.Q(state="ready"), name="redemption_to_be_collected"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def subject(self) -> str:
        """The name under which events, approvals and processes speak of this redemption."""
        return f"redemption:{self.id}"
