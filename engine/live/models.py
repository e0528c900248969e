"""Tables of live boards: what is shown, what was said about it, who asked for a fresh look, which screens show it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Board(models.Model):
    """A ranking people watch. `rows` is what everybody sees at `seq`; `held` what the source says while it is held back.

    During a reveal `revealed` rows are out, from the last place up; `is_called`: the next place, a medal, has been called up and
    its name is still to come.
    """

    class State(models.TextChoices):
        LIVE = "live", _("live")
        FROZEN = "frozen", _("frozen")
        REVEALING = "revealing", _("being revealed")
        FINAL = "final", _("final")

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    columns = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    held = models.JSONField(default=list)
    revealed = models.PositiveIntegerField(default=0)
    is_called = models.BooleanField(default=False)
    epoch = models.CharField(max_length=12)
    seq = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    is_public = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["kind", "key"])]

    def __str__(self) -> str:
        return self.code


class Stir(models.Model):
    """Somebody changed what a board shows; the next publication deletes it. Writing one locks nothing."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="stirs")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.board_id}"


class Delta(models.Model):
    """One published change, exactly as screens receive it."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="deltas")
    seq = models.PositiveBigIntegerField()
    frame = models.JSONField()

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["board", "seq"], name="delta_seq_once")]

    def __str__(self) -> str:
        return f"{self.board_id}#{self.seq}"


class Screen(models.Model):
    """A screen in a hall. It shows a six-digit code until somebody signed in pairs it; then it holds a read-only token.

    `seen_epoch`, `seen_seq`: what it said it shows, at `heard_at`; `trip_ms`: a beat's way there and back.
    """

    code = models.CharField(max_length=6)
    digest = models.CharField(max_length=64, unique=True)
    board = models.ForeignKey(Board, models.CASCADE, null=True, blank=True, related_name="screens")
    name = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()
    paired_at = models.DateTimeField(null=True, blank=True)
    paired_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    seen_epoch = models.CharField(max_length=12, blank=True)
    seen_seq = models.PositiveBigIntegerField(null=True, blank=True)
    trip_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["code", "asked_at"])]

    def __str__(self) -> str:
        return self.name or self.code
