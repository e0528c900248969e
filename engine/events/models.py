"""One append-only table of what happened: history, audit, process mining."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """Something happened to a subject. `action` is `noun.verb-in-past`; `subject` is `<kind>:<key>`; rows never change."""

    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject", "id"]), models.Index(fields=["action", "at"])]

    def __str__(self) -> str:
        return f"{self.subject} {self.action}"
