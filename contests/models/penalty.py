"""What the chief judge takes from an entry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contests.models.fields import ExactDecimalField


class Penalty(models.Model):
    """Points taken from an entry's total, with the reason; a cancelled one counts no more and stays readable."""

    entry = models.ForeignKey("contests.Entry", models.CASCADE, related_name="penalties")
    points = ExactDecimalField(_("points taken"))
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
