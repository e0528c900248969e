"""What whoever covers a shift hears: for whom and when, and when it is not so any more."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from engine.notices.domain import tell
from engine.notices.models import Notice
from rewards.models import LeaveRequest
from rewards.pure import leave as rules

NAMED, WITHDRAWN = "leave.cover-named", "leave.cover-withdrawn"
SENTENCES = {
    NAMED: {
        "day": gettext_noop("You cover for %(name)s on %(days)s."),
        "morning": gettext_noop("You cover for %(name)s on the morning of %(days)s."),
        "afternoon": gettext_noop("You cover for %(name)s on the afternoon of %(days)s."),
        "days": gettext_noop("You cover for %(name)s from %(days)s (%(count)s half days)."),
    },
    WITHDRAWN: {
        "day": gettext_noop("You no longer cover for %(name)s on %(days)s."),
        "morning": gettext_noop("You no longer cover for %(name)s on the morning of %(days)s."),
        "afternoon": gettext_noop("You no longer cover for %(name)s on the afternoon of %(days)s."),
        "days": gettext_noop("You no longer cover for %(name)s from %(days)s (%(count)s half days)."),
    },
}


def tell_named(*, request: LeaveRequest, at: datetime) -> None:
    """Tell somebody that they cover, for whom and when; named again without having been withdrawn says nothing new."""
    _tell(request, NAMED, link=reverse("rewards:leave-request", args=[request.pk]), at=at)


def tell_withdrawn(*, request: LeaveRequest, at: datetime, may_look: bool = True) -> None:
    """Tell whoever covers that they do not; nothing when nobody does, or when the days are over.

    Args:
        may_look: whether they may still open the request, which is theirs no longer when somebody else covers.
    """
    halves = rules.read(request.halves)
    if request.cover is None or not halves or halves[-1].day < timezone.localdate(at):
        return
    if not may_look:
        Notice.objects.filter(person=request.cover, kind=NAMED, cause=_cause(request)).update(link="")
    _tell(request, WITHDRAWN, link=reverse("rewards:leave-request", args=[request.pk]) if may_look else "", at=at)


def _cause(request: LeaveRequest) -> str:
    """Return what is unique to one naming: somebody may be named, replaced and named again."""
    return f"{request.redemption.subject}:{request.cover_at and int(request.cover_at.timestamp() * 1000)}"


def _tell(request: LeaveRequest, kind: str, *, link: str, at: datetime) -> None:
    halves = rules.read(request.halves)
    if request.cover is None or not halves:
        return
    first, last = halves[0], halves[-1]
    part = "days" if first.day != last.day else "day"
    if len(halves) == 1:
        part = "afternoon" if first.is_afternoon else "morning"
    days = f"{first.day} – {last.day}" if part == "days" else f"{first.day}"
    tell(
        [request.cover], kind=kind, title=SENTENCES[kind][part], link=link, cause=_cause(request), at=at,
        params={"name": request.redemption.employee.name, "days": days, "count": len(halves)},
    )  # fmt: skip
