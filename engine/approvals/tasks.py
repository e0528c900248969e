"""What the worker runs for approvals: deadlines that have passed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from engine.approvals.domain import approvals
from engine.approvals.models import Approval

BATCH = 50


def remind_overdue(*, at: datetime) -> int:
    """Mark what was not decided until its deadline, once for each deadline; returns how many. Safe beside other workers."""
    due = Approval.objects.filter(Q(reminded_for=None) | ~Q(reminded_for=F("due_at")), due_at__lte=at)
    marked = 0
    for pk in due.order_by("due_at").values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic(durable=True):
            marked += approvals.remind(pk, at=at)
    return marked
