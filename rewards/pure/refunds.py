"""What comes back when somebody gives up what was granted: plain data, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class RefundRule:
    """`percent` of the points come back until `days_before` days before the day it is for (that day included)."""

    percent: int = 100
    days_before: int = 0


def last_day(rule: RefundRule, for_day: date | None) -> date | None:
    """Return the last day on which anything comes back; None: as long as it has not been used."""
    return None if for_day is None else for_day - timedelta(days=rule.days_before)


def refund_points(rule: RefundRule, *, points: int, for_day: date | None, on: date) -> int:
    """Return the points that come back on a day, 0 when none do; part of a point is rounded up, for the person.

    >>> refund_points(RefundRule(50, 3), points=99, for_day=date(2026, 12, 10), on=date(2026, 12, 7))
    50
    >>> refund_points(RefundRule(50, 3), points=99, for_day=date(2026, 12, 10), on=date(2026, 12, 8))
    0
    """
    last = last_day(rule, for_day)
    if last is not None and on > last:
        return 0
    return -(-points * rule.percent // 100)
