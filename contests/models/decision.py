"""What the chief judge decides about an entry: penalties and settled aspects."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contests.models.fields import ExactDecimalField


class Penalty(models.Model):
    """Points taken from an entry's total, with the reason; a cancelled one counts no more and stays readable."""

    entry = models.ForeignKey("contests.Entry", models.CASCADE, related_name="penalties")
    points = ExactDecimalField(_("points"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("penalty")

    def __str__(self) -> str:
        return f"{self.entry_id} −{self.points}"


class Settlement(models.Model):
    """The chief judge's value for an aspect of an entry that the judges contest, with the reason (worldskills)."""

    entry = models.ForeignKey("contests.Entry", models.CASCADE, related_name="settlements")
    aspect = models.CharField(max_length=64)
    value = ExactDecimalField(_("combined mark"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("settlement")
        constraints = [models.UniqueConstraint(fields=["entry", "aspect"], name="settlement_once_an_aspect")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.aspect}={self.value}"
