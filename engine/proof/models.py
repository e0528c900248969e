"""Tables of the transparency log."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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
