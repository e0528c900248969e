"""Certificates, and how they look."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CertificateTemplate(models.Model):
    """How a certificate looks: a background picture and texts with placeholders at places in millimetres.

    `layout` is `{"page": "A4-landscape", "texts": [{"text", "x", "y", "size", "align", "colour", "width"}], "qr": {"x", "y",
    "size"}}`; placeholders: `{name} {unit} {contest} {rank} {total} {day} {number} {award}`.
    """

    title = models.CharField(_("title"), max_length=120)
    layout = models.JSONField(default=dict)
    background = models.BinaryField(null=True, blank=True)
    background_type = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))
    is_archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        ordering = ["title", "id"]
        verbose_name = _("certificate template")

    def __str__(self) -> str:
        return self.title


class Certificate(models.Model):
    """An issued certificate 证书: never edited; a corrected result supersedes it by another. `token` is its public address."""

    class State(models.TextChoices):
        VALID = "valid", _("valid")
        SUPERSEDED = "superseded", _("superseded")
        REVOKED = "revoked", _("revoked")

    number = models.CharField(_("number"), max_length=40, unique=True)
    token = models.CharField(max_length=32, unique=True)
    contest = models.ForeignKey("contests.Contest", models.PROTECT, related_name="certificates")
    entry = models.ForeignKey("contests.Entry", models.PROTECT, related_name="certificates")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="certificates"
    )
    template = models.ForeignKey("contests.CertificateTemplate", models.PROTECT, related_name="certificates")
    layout = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.VALID)
    superseded_by = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="supersedes")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["contest", "number"]
        verbose_name = _("certificate")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["valid", "superseded", "revoked"]), name="certificate_state_known"
            ),
            models.UniqueConstraint(
                fields=["entry", "employee"], condition=Q(state="valid"), name="certificate_valid_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number
