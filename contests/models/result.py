"""The result as it was published."""

from __future__ import annotations

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
