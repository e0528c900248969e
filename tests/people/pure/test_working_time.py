"""Hours and shifts as people write them, and which hours follow on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.pure.calendar import WorkingCalendar
from people.pure.working_time import A_DAY, OFFICE, FaultyTime, WorkingTime, read, read_hours, written

SHIFTS = "早 08:00-16:00\n中 16:00-24:00\n夜 00:00-08:00"
FOUR_TEAMS = {"kind": "rotation", "shifts": SHIFTS, "cycle": "早早中中夜夜休休", "starts_on": date(2026, 11, 2)}


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("08:30-12:00, 13:00-17:30", ((510, 720), (780, 1050))),
        ("13：00—17：30、8:30～12:00", ((510, 720), (780, 1050))),
        ("8:00 至 20:00", ((480, 1200),)),
        ("00:00-24:00", ((0, 1440),)),
        ("22:00-06:00", ((1320, 1800),)),
        ("00:00-06:00 22:00-24:00", ((0, 360), (1320, 1440))),
    ],
)
def test_hours_are_read(text, spans):
    assert read_hours(text) == spans


@pytest.mark.parametrize(
    ("given_", "code", "field"),
    [
        ({"kind": "office"}, "no-hours", "hours"),
        ({"kind": "office", "hours": " ,， "}, "no-hours", "hours"),
        ({"kind": "daily", "hours": "8-12"}, "not-hours", "hours"),
        ({"kind": "daily", "hours": "08:00-25:00"}, "not-hours", "hours"),
        ({"kind": "daily", "hours": "08:00-24:30"}, "not-hours", "hours"),
        ({"kind": "daily", "hours": "08:00-08:00"}, "not-hours", "hours"),
        ({"kind": "daily", "hours": "08:00-12:00 11:00-13:00"}, "overlap", "hours"),
        ({"kind": "daily", "hours": "22:00-06:00 05:00-07:00"}, "overlap", "hours"),
        ({"kind": "daily", "hours": " ".join(f"{n:02}:00-{n:02}:30" for n in range(7))}, "too-many", "hours"),
        ({"kind": "weekly"}, "kind", "kind"),
        (FOUR_TEAMS | {"starts_on": None}, "no-start", "starts_on"),
        (FOUR_TEAMS | {"shifts": ""}, "no-shifts", "shifts"),
        (FOUR_TEAMS | {"shifts": "早"}, "not-a-shift", "shifts"),
        (FOUR_TEAMS | {"shifts": "休 08:00-16:00"}, "not-a-shift", "shifts"),
        (FOUR_TEAMS | {"shifts": "早 morning"}, "not-hours", "shifts"),
        (FOUR_TEAMS | {"shifts": f"{SHIFTS}\n早 09:00-10:00"}, "shift-twice", "shifts"),
        (FOUR_TEAMS | {"cycle": " "}, "no-cycle", "cycle"),
        (FOUR_TEAMS | {"cycle": "早晚"}, "unknown-shift", "cycle"),
        (FOUR_TEAMS | {"cycle": "休 off -"}, "never-works", "cycle"),
        (FOUR_TEAMS | {"cycle": "早" * 85}, "too-long", "cycle"),
    ],
)
def test_faults_say_where_and_what(given_, code, field):
    with pytest.raises(FaultyTime) as fault:
        read(**given_)

    assert (fault.value.code, fault.value.field) == (code, field)


def test_rotation_goes_round_before_and_after_its_first_day():
    pattern = read(**FOUR_TEAMS)

    names = "".join(pattern.turn(date(2026, 10, 31) + timedelta(days=n))[0] for n in range(12))

    assert names == "休休早早中中夜夜休休早早"
    assert WorkingCalendar(time=pattern).spans(date(2026, 11, 7)) == ((0, 480),)  # a Saturday, on the night shift


def test_names_of_several_characters_are_written_with_spaces():
    pattern = read(
        "rotation", shifts="day 07:00-19:00\nnight 19:00-07:00", cycle="day, night off off", starts_on=date(2026, 1, 1)
    )

    assert [name for name, _spans in pattern.cycle] == ["day", "night", "off", "off"]


def test_office_follows_the_calendar_and_daily_does_not():
    holiday = WorkingCalendar({date(2026, 10, 1): False, date(2026, 10, 10): True})
    days = [date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 11)]
    daily = WorkingCalendar(holiday.differences, time=read("daily", hours="06:00-18:00"))

    assert [bool(holiday.spans(day)) for day in days] == [False, True, False]
    assert [daily.spans(day) for day in days] == [((360, 1080),)] * 3
    assert not daily.is_working(days[0])  # what a day is stays as it is: leave and notices count days


def test_mark_is_another_whenever_other_hours_are_worked():
    times = [
        OFFICE, read("office", hours="09:00-17:00"), read("daily", hours="09:00-17:00"), read(**FOUR_TEAMS),
        read(**FOUR_TEAMS | {"starts_on": date(2026, 11, 3)}), read(**FOUR_TEAMS | {"cycle": "早早中中夜夜休"}),
    ]  # fmt: skip
    marks = [WorkingCalendar(time=time).mark for time in times]

    assert len(set(marks)) == len(times)
    assert WorkingCalendar(time=read("office", hours="13:00-17:30 08:30-12:00")).mark == WorkingCalendar().mark
    later = read(**FOUR_TEAMS | {"starts_on": date(2026, 11, 10)})  # eight days on: the same days
    assert WorkingCalendar(time=later).mark == marks[3]


@given(
    st.text(max_size=40),
    st.text(alphabet="早中夜休 0123456789:-\n,", max_size=60),
    st.text(alphabet="早中夜休- x", max_size=12),
)
def test_whatever_is_written_is_read_or_refused(hours, shifts, cycle):
    for kind in ("office", "daily", "rotation"):
        try:
            found = read(kind, hours=hours, shifts=shifts, cycle=cycle, starts_on=date(2026, 1, 1))
        except FaultyTime:
            continue
        assert any(found.spans(date(2026, 1, 1) + timedelta(days=n), is_working_day=True) for n in range(84))


spans = st.lists(st.integers(0, A_DAY), min_size=2, max_size=8, unique=True).map(
    lambda cuts: tuple(zip(*[iter(sorted(cuts)[: len(cuts) // 2 * 2])] * 2, strict=True))
)


@given(spans)
def test_what_is_written_reads_back(hours):
    assert read_hours(written(hours)) == hours
    assert WorkingTime("daily", hours).mark
