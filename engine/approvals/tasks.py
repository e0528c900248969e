"""What the worker runs for approvals: deadlines that take effect, substitutions that begin and end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from engine.approvals.directory import in_force
from engine.approvals.domain import approvals
from engine.approvals.models import Approval, Waiting
from people.models import Substitute

BATCH = 50
RECENTLY = timedelta(days=7)


def run_deadlines(*, at: datetime) -> int:
    """Let deadlines take effect that have passed; returns how many approvals changed. Safe beside other workers: who comes
    second finds the clock already moved."""
    due = Approval.objects.filter(wakes_at__lte=at, finished_at=None).order_by("wakes_at")
    changed = 0
    for pk in due.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic(durable=True):
            changed += approvals.wake(pk, at=at)
    return changed


def refresh_substitutes(*, at: datetime) -> int:
    """Ask substitutes whose time has begun, and no longer those whose time is over; returns how many approvals changed.

    Approvals are looked at where a person who is substituted is asked and the substitute is not, and where somebody is asked
    who stood for another until lately.
    """
    asked = Waiting.objects.filter(approval__status=Approval.Status.RUNNING, approval=OuterRef("approval"))
    changed = 0
    begun = [
        Waiting.objects.filter(~Exists(asked.filter(person=row.to_id)), person=row.person_id)
        for row in in_force(at)
    ]  # fmt: skip
    over = Substitute.objects.filter(until_at__gt=at - RECENTLY, until_at__lte=at)
    ended = [Waiting.objects.filter(Exists(asked.filter(person=row.person_id)), person=row.to_id) for row in over]
    for rows in (*begun, *ended):
        running = rows.filter(Q(approval__status=Approval.Status.RUNNING))
        for pk in running.values_list("approval", flat=True)[:BATCH]:
            with transaction.atomic(durable=True):
                changed += approvals.refresh(pk, at=at)
    return changed
