"""The rules of a contest as they were at each moment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RulesVersion(models.Model):
    """A marking scheme as it was frozen or amended: the exact text that was hashed, worked examples, who signed.

    `examples` is `[{"title", "marks": {aspect: [mark, …]}, "total"}]`, recomputed when it is frozen.
    """

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="rules_versions")
    number = models.PositiveIntegerField(_("version"))
    scheme = models.JSONField(default=dict)
    examples = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["contest", "number"]
        verbose_name = _("version of the rules")
        constraints = [models.UniqueConstraint(fields=["contest", "number"], name="rules_version_once")]

    def __str__(self) -> str:
        return f"{self.contest_id} v{self.number}"
