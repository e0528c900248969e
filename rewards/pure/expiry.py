"""When somebody is reminded that something ends."""

from __future__ import annotations

from datetime import date

DAYS_BEFORE = (30, 7)
PICKUP_DAYS_BEFORE = (7, 1)


def threshold(days_left: int, steps: tuple[int, ...] = DAYS_BEFORE) -> int:
    """Return which reminder is due so many days before the last day: one of `steps`, or 0 for none yet."""
    return next((days for days in sorted(steps) if 0 <= days_left <= days), 0)


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, the month's last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = first_of_next.toordinal() - date(year, month + 1, 1).toordinal()
    return date(year, month + 1, min(day.day, last))
