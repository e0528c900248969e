"""What the worker runs for contests."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.exceptions import ValidationError

from contests.flows.contest import close_registration, sign_again
from contests.models import Contest
from contests.queries.round_signing import due

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


def ask_rounds_again(*, at: datetime) -> int:
    """Ask every panel again whose round has changed since it began to sign; returns how many. Safe beside other workers."""
    asked = 0
    for row in due(at).select_related("contest")[:BATCH]:
        try:
            sign_again(contest=row.contest, by=None, at=at)
            asked += 1
        except ValidationError as refusal:  # somebody was quicker
            log.info("round not asked again", extra={"contest": row.contest.code, "refusal": refusal.messages})
    return asked
