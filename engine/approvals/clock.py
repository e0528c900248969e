"""Working time: a deadline of a step runs on working days, eight hours a day (specification of approvals)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from people.pure.calendar import WorkingCalendar

# Morning and afternoon of an office day; together the eight hours of a day in the specification.
HOURS = ((time(8, 30), time(12, 0)), (time(13, 0), time(17, 30)))


def after(start: datetime, minutes: int, calendar: WorkingCalendar, zone: tzinfo) -> datetime:
    """Return the moment at which `minutes` working minutes have passed since `start`.

    Args:
        start: aware.
        minutes: at least 1.
        calendar: which days are worked.
        zone: where the office stands.

    Returns:
        Aware, in `zone`; a deadline that ends with an office day falls on its last minute, not on the next morning.
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
    """Yield the office hours from a day on."""
    while True:
        if calendar.is_working(day):
            for opens, closes in HOURS:
                yield datetime.combine(day, opens, zone), datetime.combine(day, closes, zone)
        day += timedelta(days=1)
