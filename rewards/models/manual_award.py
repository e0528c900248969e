"""Points somebody proposes for effort no rule knows of."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ManualAward(models.Model):
    """A manual award 手工奖励: proposed by one person, agreed to by another, then paid whole or not at all.

    `lines` are [employee number, points] or [employee number, points, the line's own reason]. The id is the page's, so
    that a second press proposes nothing new. A draft came from a file and waits for its proposer's confirmation.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("checked, not proposed yet")
        PROPOSED = "proposed", _("waiting for approval")
        PAID = "paid", _("paid")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("rewards", "withdrawn")

    id = models.UUIDField(primary_key=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposed_awards", verbose_name=_("proposed by")
    )
    budget_unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paid by the budget of")
    )
    fund = models.CharField(_("fund"), max_length=60, default="default")
    reason = models.CharField(_("reason"), max_length=300)
    lines = models.JSONField(default=list)
    points = models.PositiveBigIntegerField(_("points"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    season = models.ForeignKey(
        "rewards.Season", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("season")
    )
    file_name = models.CharField(_("file"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("proposed"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    process = models.ForeignKey("viewflow.Process", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("manual award")

    def __str__(self) -> str:
        return self.reason

    @property
    def subject(self) -> str:
        """The name under which events, approvals and processes speak of this award."""
        return f"manual-award:{self.id}"
