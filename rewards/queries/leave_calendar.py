"""Granted leave as iCalendar (RFC 5545, RFC 5546): what a phone or Outlook makes of an entitlement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from rewards.models import LeaveGrant

MORNING, AFTERNOON, HALF_HOURS = time(8), time(13), 4
GONE = (LeaveGrant.State.REVERSED, LeaveGrant.State.EXPIRED)


def event_of(grant: LeaveGrant, *, days: int) -> Event:
    """Return one event with a UID that never changes; a change raises SEQUENCE, a return says CANCELLED.

    Args:
        days: over how many days of the calendar the wish runs; DTEND is the day after them (it is exclusive).
    """
    event = Event()
    event.add("uid", f"leave-{grant.redemption_id}@jinbang")
    event.add("sequence", grant.sequence)
    event.add("dtstamp", grant.changed_at or grant.granted_at)
    event.add("last-modified", grant.changed_at or grant.granted_at)
    event.add("summary", f"{grant.redemption.item.title} · {grant.employee.name}")
    event.add("status", "CANCELLED" if grant.state in GONE else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # an entitlement, not yet an absence
    lines = [
        _("%(days)s days, to be taken by %(day)s") % {"days": f"{grant.half_days / 2:g}", "day": grant.valid_until_on}
    ]
    if grant.wanted_on is None:
        event.add("dtstart", grant.valid_until_on)
        event.add("dtend", grant.valid_until_on + timedelta(days=1))
        lines.append(_("No day is agreed yet: this is the last one."))
    elif grant.half_days == 1:
        start = timezone.make_aware(datetime.combine(grant.wanted_on, AFTERNOON if grant.is_afternoon else MORNING))
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(hours=HALF_HOURS))
    else:
        event.add("dtstart", grant.wanted_on)
        event.add("dtend", grant.wanted_on + timedelta(days=max(1, days)))
    event.add("description", "\n".join(lines))
    return event


def calendar(grants: Iterable[LeaveGrant], *, is_published: bool = True) -> bytes:
    """Return a calendar of grants (`redemption__item`, `redemption__leave_request`, `employee` loaded).

    One returned grant alone is a cancellation (METHOD:CANCEL), which clients that have its UID carry out.
    """
    rows = list(grants)
    is_cancelled = len(rows) == 1 and not is_published and rows[0].state in GONE
    file = Calendar()
    file.add("prodid", "-//Jinbang//leave//ZH")
    file.add("version", "2.0")
    file.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    for row in rows:
        file.add_component(event_of(row, days=days_of(row)))
    return bytes(file.to_ical())


def days_of(grant: LeaveGrant) -> int:
    """Return over how many days of the calendar a wish runs, weekends in between included."""
    request = getattr(grant.redemption, "leave_request", None)
    if request is not None and request.ends_on and grant.wanted_on:
        return int((request.ends_on - grant.wanted_on).days) + 1
    return (grant.half_days + 1) // 2
