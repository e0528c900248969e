"""The seats of a contest: never more confirmed than the quota, and the waitlist moves up by itself.

Every function here works on a contest locked by its caller: the contest's row is the lock of its seats.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contests.models import Contest, Registration
from engine.events.domain import record

State = Registration.State


class QuotaTooSmall(ValidationError):
    """More registrations are confirmed than the new quota has seats."""


def confirmed_count(contest: Contest) -> int:
    """Count the taken seats."""
    return Registration.objects.filter(contest=contest, state=State.CONFIRMED).count()


def has_seat(contest: Contest) -> bool:
    """Whether a locked contest has a free seat."""
    return contest.quota is None or confirmed_count(contest) < contest.quota


def demand_quota(contest: Contest) -> None:
    """Refuse a quota below the number of confirmed contestants."""
    confirmed = confirmed_count(contest)
    if contest.quota is not None and contest.quota < confirmed:
        raise QuotaTooSmall(
            _("%(count)s contestants are confirmed: set the quota to at least that."),
            code="quota-too-small",
            params={"count": confirmed},
        )


def promote(*, contest: Contest, at: datetime) -> list[Registration]:
    """Move waitlisted registrations of a locked contest up into its free seats, earliest application first.

    Only before the draw: afterwards a new contestant would have no code.
    """
    if contest.state not in {Contest.State.PUBLISHED, Contest.State.CLOSED}:
        return []
    waiting = Registration.objects.filter(contest=contest, state=State.WAITLISTED).order_by("applied_at", "id")
    if contest.quota is not None:
        waiting = waiting[: max(contest.quota - confirmed_count(contest), 0)]
    moved = list(waiting)
    for registration in moved:
        registration.state, registration.decided_at = State.CONFIRMED, at
        registration.save(update_fields=["state", "decided_at"])
        record(
            contest.subject, "registration.promoted", by=None, at=at,
            registration=registration.pk, employee=registration.employee_id,
        )  # fmt: skip
    return moved
