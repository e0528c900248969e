"""Tables of the flows beside viewflow's own Process and Task."""

from __future__ import annotations

from django.db import models


class EffectKey(models.Model):
    """An effect that happened; its key is unique, so it cannot happen again."""

    key = models.CharField(max_length=200, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
