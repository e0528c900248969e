"""HR's system reads by itself: rows in one order, after a cursor, each acknowledged when it is booked there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from rewards.domain.handover.channels import configured
from rewards.models import HandOver, HandOverCounter

MOST = 500


@transaction.atomic(savepoint=False)
def publish(*, at: datetime) -> int:
    """Give numbers to what waits and is not in a file, in one order for every reader; returns how many.

    The counter's row is the lock: a number is visible only after every smaller one.
    """
    if configured() or not HandOver.objects.filter(**_unlisted()).exists():
        return 0
    HandOverCounter.objects.bulk_create([HandOverCounter(pk=1)], ignore_conflicts=True)
    counter = HandOverCounter.objects.select_for_update(no_key=True).get(pk=1)
    rows = HandOver.objects.select_for_update(no_key=True).filter(**_unlisted()).order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:MOST])
    for number, pk in enumerate(keys, counter.last + 1):
        HandOver.objects.filter(pk=pk).update(number=number, channel="api")
    HandOverCounter.objects.filter(pk=1).update(last=F("last") + len(keys))
    return len(keys)


def _unlisted() -> dict[str, Any]:
    return {"number": None, "batch": None, "status": HandOver.Status.WAITING}


def after(cursor: int, *, most: int) -> list[HandOver]:
    """Return the rows after a cursor, in order; what was dropped or settled since stays visible with its state."""
    rows = HandOver.objects.filter(number__gt=cursor).order_by("number")
    return list(rows.select_related("grant__redemption__item", "grant__employee__unit")[:most])
