"""How the witnesses stand: what each cosigned last, how old that is, whether anybody outside still watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from engine.proof import domain
from engine.proof.models import Checkpoint, Cosignature, Witness

FRESH = timedelta(days=1)  # longer than the longest pause between two attempts, and than a night


@dataclass(frozen=True)
class Standing:
    """One active witness: when it cosigned last (None: never), which checkpoint, how many records it has not seen."""

    witness: Witness
    last_at: datetime | None
    size: int
    behind: int
    is_fresh: bool


def standings(*, at: datetime) -> list[Standing]:
    """Return the active witnesses, those not fresh first. 3 SQL statements."""
    newest = domain.latest()
    size = newest.size if newest else 0
    last = dict(Cosignature.objects.order_by().values_list("name").annotate(Max("at")))
    found = []
    for row in Witness.objects.filter(is_active=True):
        last_at = last.get(row.name) if row.size else None  # a new key has signed nothing under an old name
        found.append(Standing(row, last_at, row.size, max(0, size - row.size), is_fresh(row, last_at, size, at)))
    return sorted(found, key=lambda one: (one.is_fresh, one.witness.name))


def is_fresh(witness: Witness, last_at: datetime | None, size: int, at: datetime) -> bool:
    """Whether a witness has seen the newest checkpoint, or cosigned one within a day; one that refuses is never fresh."""
    if last_at is None or not witness.size:
        return False
    if witness.fault and at - last_at > FRESH:
        return False
    return witness.size == size or at - last_at <= FRESH


def cosigned() -> QuerySet[Checkpoint]:
    """Return the checkpoints somebody cosigned, the newest first, with who did (`cosignatures`). 2 SQL statements."""
    rows = Checkpoint.objects.filter(pk__in=Cosignature.objects.values("checkpoint"))
    return rows.order_by("-size").prefetch_related("cosignatures")
