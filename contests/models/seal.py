"""Codes under seal."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """One layer of the sealed mapping, encrypted: `order` (person → number drawn first), `code` (number → code drawn second).

    Layers are opened in reverse: first `code`, then `order`, each asked for by the secrecy officer and confirmed by a
    supervisor. `commitment` is the SHA-256 of the plain mapping and its salt, published at the draw: what is opened must
    equal it.
    """

    class Layer(models.TextChoices):
        ORDER = "order", _("people and numbers")
        CODE = "code", _("numbers and codes")

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="seals")
    layer = models.CharField(max_length=5, choices=Layer.choices)
    ciphertext = models.TextField()
    commitment = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(_("sealed"))
    asked_at = models.DateTimeField(_("opening asked for"), null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["contest", "id"]
        verbose_name = _("seal")
        constraints = [models.UniqueConstraint(fields=["contest", "layer"], name="seal_once_a_layer")]

    def __str__(self) -> str:
        return f"{self.contest_id} {self.layer}"
