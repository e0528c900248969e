"""The result as it was published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contests.models.fields import ExactDecimalField


class ResultRow(models.Model):
    """One line of the final result 成绩. `cells` and `aspects` are code → decimal string; an open aspect is null."""

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="result_rows")
    entry = models.OneToOneField("contests.Entry", models.CASCADE, related_name="result")
    position = models.PositiveIntegerField()
    rank = models.PositiveIntegerField(_("rank"), null=True, blank=True)
    total = ExactDecimalField(_("total"))
    standardised = models.IntegerField(_("standardised"), null=True, blank=True)
    penalty = ExactDecimalField(_("penalty"))
    cells = models.JSONField(default=dict)
    aspects = models.JSONField(default=dict)
    award_points = models.PositiveIntegerField(_("award points"), default=0)

    class Meta:
        ordering = ["contest", "position"]
        verbose_name = _("result")
        constraints = [
            models.UniqueConstraint(fields=["contest", "position"], name="result_position_once_a_contest"),
            models.CheckConstraint(condition=Q(rank__isnull=True) | Q(rank__gte=1), name="result_rank_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.contest_id} {self.rank} {self.total}"


class ResultVersion(models.Model):
    """A result as it was shown: put up for notice, published, corrected. Append-only.

    `data` is the whole of it in canonical form (rules, entries, marks, rows), `digest` its SHA-256; `report` is what the chief
    judge saw beside it: gate, statistics of judges, sensitivity.
    """

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="result_versions")
    number = models.PositiveIntegerField(_("version"))
    kind = models.CharField(max_length=12)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    data = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    report = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["contest", "number"]
        verbose_name = _("version of a result")
        constraints = [models.UniqueConstraint(fields=["contest", "number"], name="result_version_once")]

    def __str__(self) -> str:
        return f"{self.contest_id} r{self.number}"


class Change(models.Model):
    """A correction as a what-if: first a difference over ranks, certificates and points, then applied whole or dropped.

    `steps` is `[{"kind": "mark|penalty|cancel-penalty|status|void-span", …}]`; `difference` is what it would do, as shown;
    `before` what is needed to take it back.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPLIED = "applied", _("applied")
        DROPPED = "dropped", _("dropped")
        REVERTED = "reverted", _("taken back")

    id = models.UUIDField(primary_key=True)
    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="changes")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(_("reason"), max_length=500)
    steps = models.JSONField(default=list)
    difference = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at"]
        verbose_name = _("correction")

    def __str__(self) -> str:
        return f"{self.contest_id} {self.state}"
