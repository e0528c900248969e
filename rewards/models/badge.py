"""Badges: what may be earned, and who has earned it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

CODE = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Lower-case letters, digits and single hyphens only."))


class BadgeClass(models.Model):
    """A badge 徽章 that may be earned: an Achievement of Open Badges 3.0.

    `picture` is a square PNG made by us from what was uploaded; empty: one is drawn from the title.
    """

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[CODE])
    title = models.CharField(_("title"), max_length=60)
    description = models.CharField(_("description"), max_length=300)
    criteria = models.CharField(_("what must be done for it"), max_length=500)
    picture = models.BinaryField(_("picture"), blank=True, default=b"")
    is_active = models.BooleanField(_("is given"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["title", "id"]
        verbose_name = _("badge")

    def __str__(self) -> str:
        return self.title


class BadgeAward(models.Model):
    """A badge somebody has earned: an AchievementCredential of Open Badges 3.0, once for each cause.

    `id` is its place in the status list, `key` its public name. `credential` is the signed VC-JWT, never changed once it is
    there; empty while it waits to be signed. Revoked or not, the row stays.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    badge = models.ForeignKey(BadgeClass, models.PROTECT, related_name="awards", verbose_name=_("badge"))
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="badges", verbose_name=_("employee")
    )
    cause = models.CharField(_("cause"), max_length=200)
    reason = models.CharField(_("reason"), max_length=300)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given by")
    )
    given_at = models.DateTimeField(_("given"))
    credential = models.TextField(blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("revoked by")
    )
    revocation_reason = models.CharField(_("reason of the revocation"), max_length=300, blank=True)

    class Meta:
        ordering = ["-given_at", "-id"]
        verbose_name = _("badge of an employee")
        constraints = [
            models.UniqueConstraint(fields=["badge", "employee", "cause"], name="badge_once_a_cause"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revocation_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="badge_revoked_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(credential=""), name="badge_to_sign")]

    def __str__(self) -> str:
        return f"{self.badge_id}:{self.employee_id}"

    @property
    def subject(self) -> str:
        """The name under which events speak of this award."""
        return f"badge:{self.key}"
