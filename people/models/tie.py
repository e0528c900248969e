"""Who must not judge whom, because of who they are to each other."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Tie(models.Model):
    """A declared tie 利害关系 between two people: relatives, or mentor and apprentice. It counts both ways until it is ended."""

    class Kind(models.TextChoices):
        RELATIVE = "relative", _("relatives")
        MENTOR = "mentor", _("mentor and apprentice")

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ties")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ties_to_me")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(_("declared"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ["-declared_at"]
        verbose_name = _("tie")
        constraints = [
            models.CheckConstraint(condition=~Q(employee=F("other")), name="tie_between_two"),
            models.UniqueConstraint(
                fields=["employee", "other", "kind"], condition=Q(ended_at__isnull=True), name="tie_declared_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.kind} {self.other_id}"
