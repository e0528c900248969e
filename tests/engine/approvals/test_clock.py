"""Working minutes over nights, weekends, public holidays and make-up days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.approvals import clock
from people.pure.calendar import WorkingCalendar
from people.pure.working_time import read

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


ROUND_THE_CLOCK = "早 08:00-16:00\n中 16:00-24:00\n夜 00:00-08:00"
TEAM = read("rotation", shifts=ROUND_THE_CLOCK, cycle="早早中中夜夜休休", starts_on=date(2026, 11, 2))


@pytest.mark.parametrize(
    ("pattern", "start", "minutes", "end"),
    [
        (read("daily", hours="08:00-20:00"), "2026-11-21 19:00", 120, "2026-11-22 09:00"),  # over a Saturday night
        (read("daily", hours="00:00-24:00"), "2026-11-21 19:00", 480, "2026-11-22 03:00"),
        (read("daily", hours="22:00-06:00"), "2026-11-20 03:00", 240, "2026-11-20 23:00"),  # began the evening before
        (read("office", hours="09:00-17:00"), "2026-11-20 16:30", 60, "2026-11-23 09:30"),
        (TEAM, "2026-11-03 15:00", 120, "2026-11-04 17:00"),  # the last morning shift, then an afternoon
        (TEAM, "2026-11-07 07:00", 120, "2026-11-10 09:00"),  # the last night shift, then two days of rest
        (TEAM, "2026-11-05 23:00", 120, "2026-11-06 01:00"),  # an afternoon shift runs on into a night
    ],
)  # fmt: skip
def test_after_runs_on_a_units_own_hours(pattern, start, minutes, end):
    begins = datetime.fromisoformat(start).replace(tzinfo=ZONE)

    found = clock.after(begins, minutes, WorkingCalendar(time=pattern), ZONE)

    assert found == datetime.fromisoformat(end).replace(tzinfo=ZONE)


def test_shifts_that_overlap_count_once():
    pattern = read("rotation", shifts="夜 22:00-06:00\n早 04:00-12:00", cycle="夜早", starts_on=date(2026, 11, 2))
    begins = datetime(2026, 11, 2, 22, tzinfo=ZONE)

    assert clock.minutes_between(begins, begins + timedelta(hours=14), WorkingCalendar(time=pattern), ZONE) == 14 * 60


hours = st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 30]), st.integers(15, 24 * 60)).map(
    lambda given: f"{given[0]:02}:{given[1]:02}-{_later(given)}"
)


def _later(given: tuple[int, int, int]) -> str:
    ends = (given[0] * 60 + given[1] + given[2] - (given[2] == 24 * 60)) % (24 * 60)
    return f"{ends // 60:02}:{ends % 60:02}"


patterns = st.one_of(
    hours.map(lambda given: read("office", hours=given)),
    hours.map(lambda given: read("daily", hours=given)),
    st.builds(
        lambda a, b, cycle, day: read("rotation", shifts=f"a {a}\nb {b}", cycle=f"a{cycle}", starts_on=day),
        hours, hours, st.text(alphabet="ab-", max_size=7), st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ),
)  # fmt: skip
starts = st.datetimes(datetime(2025, 9, 20), datetime(2025, 10, 12)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


def _counted(start: datetime, end: datetime, calendar: WorkingCalendar) -> int:
    """Count minutes one by one: worked is what some span of its day or the day before covers."""
    worked, minute = 0, start
    while minute < end:
        since = int((minute - datetime.combine(minute.date(), time(), ZONE)).total_seconds()) // 60
        before = calendar.spans(minute.date() - timedelta(days=1))
        spans = [*calendar.spans(minute.date()), *((begins - 1440, ends - 1440) for begins, ends in before)]
        worked += any(begins <= since < ends for begins, ends in spans)
        minute += timedelta(minutes=1)
    return worked


@given(patterns, starts, st.integers(1, 3 * 24 * 60))
@settings(max_examples=40, deadline=None)
def test_between_counts_every_worked_minute_once(pattern, start, minutes):
    begins, calendar = start.replace(tzinfo=ZONE), WorkingCalendar(NATIONAL_DAY.differences, time=pattern)
    ends = begins + timedelta(minutes=minutes)

    assert clock.minutes_between(begins, ends, calendar, ZONE) == _counted(begins, ends, calendar)


@given(patterns, starts, st.integers(1, 2_000))
@settings(deadline=None)
def test_between_undoes_after_on_any_pattern(pattern, start, minutes):
    begins, calendar = start.replace(tzinfo=ZONE), WorkingCalendar(NATIONAL_DAY.differences, time=pattern)

    ends = clock.after(begins, minutes, calendar, ZONE)

    assert clock.minutes_between(begins, ends, calendar, ZONE) == minutes
    assert clock.minutes_between(begins, ends - timedelta(minutes=1), calendar, ZONE) == minutes - 1
