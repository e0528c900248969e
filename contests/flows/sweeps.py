"""What the worker runs for contests."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.exceptions import ValidationError

from contests.flows.contest import close_registration
from contests.models import Contest

log = logging.getLogger("jinbang.contests")
BATCH = 50


def close_registrations(*, at: datetime) -> int:
    """End registration of every contest whose date has come; returns how many. Safe beside other workers."""
    due = Contest.objects.filter(state=Contest.State.PUBLISHED, registration_closes_at__lte=at)
    closed = 0
    for contest in due.order_by("registration_closes_at", "pk")[:BATCH]:
        try:
            close_registration(contest=contest, by=None, at=at)
            closed += 1
        except ValidationError as refusal:  # somebody was quicker
            log.info("registration not closed", extra={"contest": contest.code, "refusal": refusal.messages})
    return closed
