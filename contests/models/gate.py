"""What was looked at before a result is published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class GateAnswer(models.Model):
    """The chief judge's reason for publishing in spite of a warning; `found` is the warning's digest: another needs another."""

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="gate_answers")
    check_code = models.CharField(max_length=40)
    found = models.CharField(max_length=64)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("answer to a warning")
        constraints = [models.UniqueConstraint(fields=["contest", "check_code", "found"], name="gate_answer_once")]

    def __str__(self) -> str:
        return f"{self.contest_id} {self.check_code}"


class EntryReview(models.Model):
    """Somebody compared an entry's marks with the paper and the piece 复核: right, or an error that was found."""

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="entry_reviews")
    entry = models.OneToOneField("contests.Entry", models.CASCADE, related_name="review")
    is_right = models.BooleanField(_("right"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("review of an entry")

    def __str__(self) -> str:
        return f"{self.entry_id} {'right' if self.is_right else 'wrong'}"
