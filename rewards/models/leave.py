"""Granted leave: an entitlement with a last day, for HR to enter."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LeaveGrant(models.Model):
    """Half days of paid leave somebody may take until `valid_until_on` (included); one row per redemption."""

    redemption = models.OneToOneField("rewards.Redemption", models.PROTECT, related_name="leave_grant")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="leave_grants")
    half_days = models.PositiveSmallIntegerField(_("half days"))
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    is_afternoon = models.BooleanField(default=False)
    valid_until_on = models.DateField(_("valid until"))
    granted_at = models.DateTimeField(_("granted"))

    class Meta:
        ordering = ["-granted_at", "-id"]
        verbose_name = _("granted leave")
        indexes = [models.Index(fields=["granted_at"]), models.Index(fields=["employee", "granted_at"])]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.half_days}/2"
