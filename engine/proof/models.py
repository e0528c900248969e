"""Tables of the transparency log."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Leaf(models.Model):
    """One record, written in the transaction of what it tells of. `index` is given after commit by the sequencer.

    `record` are the very bytes that were hashed, never rebuilt; record and salt may be erased together (a person's right),
    which breaks no proof: `data` = SHA-256(salt ‖ record) stays. Nothing else ever changes (triggers hold it).
    """

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=100)
    record = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    data = models.BinaryField()
    at = models.DateTimeField(_("at"))
    index = models.PositiveBigIntegerField(null=True, unique=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("leaf")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="leaf_once_a_record")]
        indexes = [models.Index(fields=["id"], condition=models.Q(index__isnull=True), name="leaf_waiting")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class Node(models.Model):
    """The hash of a complete subtree of 2^level leaves (level 0: of one leaf), at its position; never changed."""

    level = models.PositiveSmallIntegerField()
    position = models.PositiveBigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "position"], name="node_once_a_place")]

    def __str__(self) -> str:
        return f"{self.level}/{self.position}"


class Head(models.Model):
    """One row: how many leaves have an index. Its lock makes sequencers come one after the other."""

    size = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.size)


class Checkpoint(models.Model):
    """A signed tree head, as everybody can fetch it."""

    size = models.PositiveBigIntegerField(_("size"), unique=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["-size"]
        verbose_name = _("checkpoint")

    def __str__(self) -> str:
        return str(self.size)


class Cosignature(models.Model):
    """A witness's signature line under a checkpoint."""

    checkpoint = models.ForeignKey(Checkpoint, models.CASCADE, related_name="cosignatures")
    name = models.CharField(max_length=200)
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["checkpoint", "name"], name="cosignature_once_a_witness")]

    def __str__(self) -> str:
        return self.name


class Witness(models.Model):
    """Somebody outside who remembers our last checkpoint and cosigns only what continues it (C2SP tlog-witness)."""

    name = models.CharField(pgettext_lazy("engine", "name"), max_length=200)
    key = models.CharField(
        max_length=400, unique=True
    )  # its verifier key: what a cosignature is held against, for ever
    url = models.URLField(blank=True)  # submission prefix; empty: cosignatures are carried in by hand
    is_active = models.BooleanField(default=True)
    size = models.PositiveBigIntegerField(default=0)  # of the last checkpoint it cosigned
    fault = models.TextField(blank=True)  # why it did not sign the last time
    failures = models.PositiveIntegerField(default=0)  # in a row
    due_at = models.DateTimeField()  # not asked before

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("witness")
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(is_active=True), name="witness_name_once_active"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Verification(models.Model):
    """One computation of the whole log again, asked for by a person and carried out by the worker."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    seen_at = models.DateTimeField()  # when the worker last said how far it is
    total = models.PositiveBigIntegerField(default=0)  # leaves
    done = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(_("ended"), null=True)
    fault = models.TextField(blank=True)  # the first thing that is wrong; empty: everything adds up

    class Meta:
        ordering = ["-id"]
        verbose_name = _("verification of the log")

    def __str__(self) -> str:
        return str(self.asked_at)
