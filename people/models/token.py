"""Tokens by which other systems use the API."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SystemToken(models.Model):
    """A bearer token of another system, acting as one employee within scopes. Only the SHA-256 is stored."""

    name = models.CharField(_("system"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    employee = models.ForeignKey("people.Employee", models.CASCADE, related_name="system_tokens")
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    used_on = models.DateField(_("last used"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
