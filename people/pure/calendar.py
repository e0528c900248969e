"""Working days: Monday to Friday, except where the calendar of public holidays says otherwise; and the hours of each.

Source: the annual notice of the State Council's office on public holidays 法定节假日 and make-up working days 调休.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from people.pure.working_time import OFFICE, Span, WorkingTime


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked.

    Attributes:
        differences: days unlike Monday–Friday → whether they are worked.
        known_until: last day for which the public holidays are known; later days follow Monday–Friday.
        time: when those work for whom it counts; it says hours only, which days are working days stays as it is.
    """

    differences: Mapping[date, bool] = field(default_factory=dict)
    known_until: date | None = None
    time: WorkingTime = OFFICE

    @cached_property
    def mark(self) -> str:
        """A short word that is another whenever another day is worked: what was computed by this calendar keeps it."""
        days = "".join(f"{day:%Y%m%d}{is_worked:d}" for day, is_worked in sorted(self.differences.items()))
        return hashlib.sha256((days + self.time.mark).encode()).hexdigest()[:16]

    def is_working(self, day: date) -> bool:
        """Return whether people work on this day."""
        return self.differences.get(day, day.weekday() < 5)

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return the working hours that begin on a day, as minutes from its midnight."""
        return self.time.spans(day, is_working_day=self.is_working(day))

    def is_known(self, day: date) -> bool:
        """Return whether the public holidays of this day are known, or only guessed."""
        return self.known_until is not None and day <= self.known_until

    def add_working_days(self, start: date, days: int) -> date:
        """Return the day on which the `days`-th working day after `start` falls; `start` itself never counts.

        Raises:
            ValueError: when `days` is negative.
        """
        if days < 0:
            raise ValueError("days must not be negative")
        day = start
        while days:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return the number of working days after `start` up to and including `end`; 0 when end ≤ start."""
        span = max((end - start).days, 0)
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, span + 1))
