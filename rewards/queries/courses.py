"""Reads of courses: sessions, who sits in them, who stands in line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from rewards.models import CourseSession, Redemption, Seat
from rewards.queries.stock import left_of, with_seats

MOST_SESSIONS = 200


def lines_that_may_move(*, at: datetime) -> Iterator[list[Redemption]]:
    """Yield, for each session with free seats and people in line, as many of those as seats, first come first.

    2 SQL statements and one a session that can move; none but the first when nobody waits.
    """
    waiting = Redemption.objects.filter(state=Redemption.State.WAITLISTED, session__is_cancelled=False)
    ids = waiting.order_by().values_list("session", flat=True).distinct()
    sessions = [row for row in CourseSession.objects.filter(pk__in=ids)[:MOST_SESSIONS] if row.is_open(at)]
    left = left_of([session.seats_account for session in sessions]) if sessions else {}
    for session in sessions:
        if free := left[session.seats_account]:
            rows = waiting.filter(session=session).order_by("asked_at", "pk")
            yield list(rows.select_related("item", "employee")[:free])


def sessions_at_hand(*, at: datetime) -> QuerySet[CourseSession]:
    """Return sessions of the last 60 days and to come, soonest first, with `left`, `waiting`, `granted`, `unmarked`."""
    rows = with_seats(CourseSession.objects.filter(starts_at__gte=at - timedelta(days=60)).select_related("item"))
    waiting = Count("redemptions", filter=Q(redemptions__state=Redemption.State.WAITLISTED), distinct=True)
    granted = Count("granted_seats", distinct=True)
    unmarked = Count("granted_seats", filter=Q(granted_seats__attendance=""), distinct=True)
    return rows.annotate(waiting=waiting, granted=granted, unmarked=unmarked).order_by("starts_at", "pk")


def seats_of(session: CourseSession) -> QuerySet[Seat]:
    """Return who sits in a session, by number."""
    rows = Seat.objects.filter(session=session).select_related("employee__unit", "redemption", "skill_record")
    return rows.order_by("employee__number")


def line_of(session: CourseSession) -> QuerySet[Redemption]:
    """Return who waits for a seat, first come first."""
    rows = Redemption.objects.filter(session=session, state=Redemption.State.WAITLISTED).select_related(
        "employee__unit"
    )
    return rows.order_by("asked_at", "pk")
