"""Working time: a deadline of a step runs on the working calendar (specification of approvals), in office hours on working days
or in the hours of the unit's own pattern. A day of a deadline is eight working hours whatever the pattern is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from people.pure.calendar import WorkingCalendar


def after(start: datetime, minutes: int, calendar: WorkingCalendar, zone: tzinfo) -> datetime:
    """Return the moment at which `minutes` working minutes have passed since `start`.

    Args:
        start: aware.
        minutes: at least 1.
        calendar: which days and hours are worked.
        zone: where the office stands.

    Returns:
        Aware, in `zone`; a deadline that ends with a span of work falls on its last minute, not on the next morning.
    """
    left = timedelta(minutes=minutes)
    here = start.astimezone(zone)
    for opens, closes in _spans(here.date(), calendar, zone):
        begins = max(opens, here)
        if begins >= closes:
            continue
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    raise AssertionError("a calendar has no last day")


def minutes_between(start: datetime, end: datetime, calendar: WorkingCalendar, zone: tzinfo) -> int:
    """Return the whole working minutes from `start` to `end`; 0 when end is not after start."""
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    passed = timedelta()
    for opens, closes in _spans(begins.date(), calendar, zone):
        if opens >= ends:
            break
        passed += max(min(closes, ends) - max(opens, begins), timedelta())
    return int(passed.total_seconds() // 60)


def _spans(day: date, calendar: WorkingCalendar, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield the working hours from a day on, those first that began the day before and reach into it; none overlap."""
    day -= timedelta(days=1)
    closed = datetime.combine(day, time(), zone)
    while True:
        midnight = datetime.combine(day, time(), zone)
        for begins, ends in calendar.spans(day):
            opens, closes = (midnight + timedelta(minutes=minutes) for minutes in (begins, ends))
            if closes > closed:
                yield max(opens, closed), closes
                closed = closes
        day += timedelta(days=1)
