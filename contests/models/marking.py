"""Marks, and every operation that ever tried to change one."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contests.models.fields import ExactDecimalField


class Operation(models.Model):
    """One attempt of a device to set one mark, with the answer it was given; refused ones are kept too.

    The id is the device's own UUID: a repeated operation finds its stored answer here. Rows never change (a trigger
    holds it). `value` is what was asked, `server_value` and `server_version` what the server held after its answer;
    `refusal` is a code of `contests.pure.marks`, said in the reader's language when shown; `note` is the chief judge's reason.
    """

    class Answer(models.TextChoices):
        OK = "ok", _("stored")
        CONFLICT = "conflict", _("conflict")
        LOCKED = "locked", _("locked")
        INVALID = "invalid", _("invalid")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sheet = models.ForeignKey("contests.Sheet", models.PROTECT, related_name="operations")
    entry = models.CharField(max_length=64)
    aspect = models.CharField(max_length=64)
    value = models.CharField(max_length=64, blank=True)
    base_version = models.PositiveBigIntegerField()
    device = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    refusal = models.CharField(max_length=20, blank=True)
    refusal_params = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)
    server_value = ExactDecimalField(null=True)
    server_version = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=["ok", "conflict", "locked", "invalid"]), name="operation_answer_known"
            ),
        ]
        indexes = [models.Index(fields=["sheet", "entry", "aspect"]), models.Index(fields=["sheet", "received_at"])]

    def __str__(self) -> str:
        return f"{self.id} {self.answer}"


class Mark(models.Model):
    """The mark 打分 a sheet gives an entry in an aspect; `value` null after it was cleared. `version` counts its changes."""

    sheet = models.ForeignKey("contests.Sheet", models.CASCADE, related_name="marks")
    entry = models.ForeignKey("contests.Entry", models.CASCADE, related_name="marks")
    aspect = models.CharField(max_length=64)
    value = ExactDecimalField(_("mark"), null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        verbose_name = _("mark")
        constraints = [models.UniqueConstraint(fields=["sheet", "entry", "aspect"], name="mark_once_a_cell")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.entry_id}/{self.aspect}={self.value}"


class Unveiling(models.Model):
    """The marks of one worldskills aspect of one entry, shown to its three judges at once.

    Each tablet commits its mark before any is shown; with the third, all are shown and closed. A spread of more than 1
    leaves the aspect contested until the group leader asks for it again: then `again_reason` says why and the judges mark
    once more, which makes the next `turn`. First and revised marks both survive here. Source: WorldSkills, judgement
    marking.
    """

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="unveilings")
    entry = models.ForeignKey("contests.Entry", models.CASCADE, related_name="unveilings")
    aspect = models.CharField(max_length=64)
    turn = models.PositiveSmallIntegerField(default=1)
    marks = models.JSONField(default=dict)
    spread = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(_("at"))
    again_at = models.DateTimeField(_("marked again"), null=True, blank=True)
    again_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    again_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("unveiling")
        constraints = [
            models.UniqueConstraint(fields=["entry", "aspect", "turn"], name="unveiling_once_a_turn"),
        ]
        indexes = [models.Index(fields=["contest", "at"])]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.aspect} #{self.turn}"

    @property
    def is_contested(self) -> bool:
        """Whether the three marks lie more than 1 apart."""
        return self.spread > 1


class AspectPicture(models.Model):
    """A photo of a good or a bad piece, shown beside the buttons of one aspect."""

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="aspect_pictures")
    aspect = models.CharField(max_length=64)
    kind = models.CharField(max_length=4, choices=[("good", _("good")), ("bad", _("bad"))])
    content = models.BinaryField()
    content_type = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        verbose_name = _("picture of a piece")
        constraints = [models.UniqueConstraint(fields=["contest", "aspect", "kind"], name="aspect_picture_once")]

    def __str__(self) -> str:
        return f"{self.aspect} {self.kind}"
