"""Quiet hours: when a message may be sent."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

USUAL = (time(22), time(7))


def earliest(at: datetime, quiet_from: time, quiet_until: time, zone: tzinfo) -> datetime:
    """Return the first moment from `at` on that is not quiet; hours may run over midnight, equal times mean never quiet."""
    here = at.astimezone(zone)
    now = here.time()
    if quiet_from == quiet_until:
        return at
    over_midnight = quiet_from > quiet_until
    is_quiet = (now >= quiet_from or now < quiet_until) if over_midnight else quiet_from <= now < quiet_until
    if not is_quiet:
        return at
    day = here.date() + timedelta(days=1 if over_midnight and now >= quiet_from else 0)
    return datetime.combine(day, quiet_until, zone)
