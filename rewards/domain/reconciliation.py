"""Compare points burnt, days granted and days handed over, once a night or when somebody asks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from engine.events.domain import record
from people.models import Employee
from rewards.models import HandOver, Item, LeaveGrant, Reconciliation, Redemption
from rewards.pure import reconcile
from rewards.queries.reconciliation import ENDED, sides

NIGHT_FROM_HOUR = 2
KEPT_DIFFERENCES = 500


def run(*, at: datetime, by: Employee | None = None) -> Reconciliation:
    """Compare now and keep what was found under today; a second one of the day replaces the first."""
    found = list(sides(at=at))
    wrong = reconcile.differences(found)
    granted = [side.granted or 0 for side in found]
    waiting = LeaveGrant.objects.filter(hand_overs__status=HandOver.Status.WAITING, hand_overs__verb="grant")
    with transaction.atomic(savepoint=False):
        row, _is_new = Reconciliation.objects.update_or_create(
            on=timezone.localdate(at),
            defaults={
                "made_at": at,
                "redemptions": len(found),
                "points_burnt": sum(side.burnt for side in found),
                "points_granted": sum(side.price if side.granted else side.kept for side in found),
                "half_days_granted": sum(granted),
                "half_days_handed_over": sum(side.handed for side in found),
                "half_days_waiting": waiting.aggregate(n=Sum("half_days"))["n"] or 0,
                "differences": [asdict(difference) for difference in wrong[:KEPT_DIFFERENCES]],
            },
        )
        record("leave:reconciliation", "leave.reconciled", by=by, at=at, redemptions=len(found), wrong=len(wrong))
    return row


def run_nightly(*, at: datetime) -> int:
    """Compare once a night, after two o'clock, once there is any leave; returns 1 when it did."""
    now = timezone.localtime(at)
    if now.hour < NIGHT_FROM_HOUR or Reconciliation.objects.filter(on=now.date()).exists():
        return 0
    if not Redemption.objects.filter(item__kind=Item.Kind.LEAVE, state__in=ENDED).exists():
        return 0
    run(at=at)
    return 1
