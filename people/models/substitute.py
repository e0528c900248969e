"""Who acts for whom, from when until when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Substitute(models.Model):
    """`person` lets `to` act for them in approvals; depth one (spec/approvals.md)."""

    person = models.ForeignKey("people.Employee", models.CASCADE, related_name="substitutes")
    to = models.ForeignKey("people.Employee", models.CASCADE, related_name="stands_for")
    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)
    policies = models.JSONField(_("policies"), default=list, blank=True)

    class Meta:
        ordering = ["-from_at"]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.to_id}"
