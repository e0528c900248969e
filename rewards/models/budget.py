"""Points handed to units, and points handed to many people at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Asked(models.Model):
    """What somebody asks for and somebody else agrees to; the id is the page's, so that a second press asks nothing new."""

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    points = models.PositiveBigIntegerField(_("points"))
    fund = models.CharField(_("fund"), max_length=60, default="default")
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    process = models.ForeignKey("viewflow.Process", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.reason


class TopUp(Asked):
    """A top-up 追加预算 of a unit's budget, paid by the nearest budget above it, or newly granted where there is none."""

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for approval")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("rewards", "withdrawn")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)

    class Meta(Asked.Meta):
        verbose_name = _("top-up")

    @property
    def subject(self) -> str:
        """The name under which events, approvals and processes speak of it."""
        return f"top-up:{self.id}"


class BulkAward(Asked):
    """The same points for everybody of a unit and the units below it, `points` each; paid unit by unit by the worker."""

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for approval")
        PAYING = "paying", _("being paid")
        STOPPED = "stopped", _("stopped")
        PAID = "paid", _("paid")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("rewards", "withdrawn")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    people = models.PositiveIntegerField(_("people"), default=0)
    people_paid = models.PositiveIntegerField(default=0)

    class Meta(Asked.Meta):
        verbose_name = _("bulk award")

    @property
    def subject(self) -> str:
        """The name under which events, approvals, processes and transfers speak of it."""
        return f"bulk-award:{self.id}"


class BulkPart(models.Model):
    """One unit's people of a bulk award, as they were when it was agreed to: paid whole or not at all, once."""

    award = models.ForeignKey(BulkAward, models.CASCADE, related_name="parts")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    numbers = models.JSONField(default=list)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["award", "unit"], name="bulk_part_once_a_unit")]
        indexes = [models.Index(fields=["award"], condition=Q(paid_at__isnull=True), name="bulk_part_waiting")]

    def __str__(self) -> str:
        return f"{self.award_id} {self.unit_id}"
