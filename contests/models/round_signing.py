"""The panel signs the result of a round, in order."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundSigning(models.Model):
    """One sign-off of a round 轮次确认: everybody the policy names agrees to exactly this.

    `digest` is the SHA-256 of rules, marks and the rows they give (`pure.versions.round_of`), by codes alone; `rows` is
    `[[rank or null, entry code, total], …]`. A mark that changes later makes it void; the next one says why (`cause`).
    """

    class State(models.TextChoices):
        RUNNING = "running", _("being signed")
        SIGNED = "signed", _("signed by all")
        REFUSED = "refused", _("not signed")
        VOID = "void", _("void: something changed")

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="signings")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.RUNNING)
    digest = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    cause = models.CharField(_("why it is signed again"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("asked"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ["contest", "-number"]
        verbose_name = _("sign-off of a round")
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="round_signing_number_once"),
            models.UniqueConstraint(
                fields=["contest"], condition=models.Q(state="running"), name="round_signing_runs_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "signed", "refused", "void"]), name="round_signing_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["ended_at"], condition=models.Q(state="void"), name="round_signing_void"),
        ]

    def __str__(self) -> str:
        return f"{self.contest_id} {self.number} {self.state}"

    @property
    def subject(self) -> str:
        """The name under which approvals speak of this sign-off."""
        return f"round:{self.pk}"
