"""Working minutes over nights, weekends, public holidays and make-up days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.approvals import clock
from people.pure.calendar import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
# Wednesday to Friday off, the Sunday before is worked instead.
NATIONAL_DAY = WorkingCalendar({date(2025, 10, day): False for day in range(1, 9)} | {date(2025, 9, 28): True})


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-20 09:00", 90, "2026-11-20 10:30"),
        ("2026-11-20 11:30", 60, "2026-11-20 13:30"),  # over lunch
        ("2026-11-20 08:30", 480, "2026-11-20 17:30"),  # a whole day ends with the day
        ("2026-11-20 16:30", 480, "2026-11-23 16:30"),  # Friday to Monday
        ("2026-11-21 10:00", 30, "2026-11-23 09:00"),  # begins on a Saturday
        ("2026-11-20 20:00", 960, "2026-11-24 17:30"),
        ("2025-09-27 10:00", 480, "2025-09-28 17:30"),  # the make-up Sunday is worked
        ("2025-09-30 17:00", 60, "2025-10-09 09:00"),  # over the National Day holiday
    ],
)
def test_after(start, minutes, end):
    calendar = NATIONAL_DAY if start.startswith("2025") else WorkingCalendar()
    begins = datetime.fromisoformat(start).replace(tzinfo=ZONE)

    found = clock.after(begins.astimezone(UTC), minutes, calendar, ZONE)

    assert found == datetime.fromisoformat(end).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-20 09:00", "2026-11-20 10:30", 90),
        ("2026-11-20 09:00:30", "2026-11-20 09:01:29", 0),
        ("2026-11-20 11:30", "2026-11-20 13:30", 60),
        ("2026-11-20 17:00", "2026-11-23 09:00", 60),
        ("2026-11-21 09:00", "2026-11-22 17:00", 0),
        ("2026-11-20 10:00", "2026-11-20 09:00", 0),
    ],
)
def test_minutes_between_counts_office_hours_only(start, end, minutes):
    begins, ends = (datetime.fromisoformat(moment).replace(tzinfo=ZONE) for moment in (start, end))

    assert clock.minutes_between(begins, ends, WorkingCalendar(), ZONE) == minutes


@pytest.mark.parametrize("minutes", [1, 59, 240, 480, 481, 3_000])
def test_between_undoes_after(minutes):
    begins = datetime(2025, 9, 26, 1, 17, tzinfo=UTC)

    assert (
        clock.minutes_between(begins, clock.after(begins, minutes, NATIONAL_DAY, ZONE), NATIONAL_DAY, ZONE) == minutes
    )
