from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.pure.calendar import WorkingCalendar

NATIONAL_DAY = {date(2026, 10, d): False for d in range(1, 8)} | {date(2026, 10, 10): True}
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
differences = st.dictionaries(days, st.booleans(), max_size=30)


def test_is_working_weekend() -> None:
    calendar = WorkingCalendar()

    answers = [calendar.is_working(date(2026, 11, 20) + timedelta(days=n)) for n in range(4)]

    assert answers == [True, False, False, True]


def test_add_working_days_over_national_day_with_make_up_day() -> None:
    calendar = WorkingCalendar(NATIONAL_DAY)

    assert calendar.add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)


def test_add_working_days_zero_is_the_start() -> None:
    assert WorkingCalendar().add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 21)


def test_add_working_days_negative_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        WorkingCalendar().add_working_days(date(2026, 11, 20), -1)


def test_is_known_after_the_last_known_day() -> None:
    calendar = WorkingCalendar(known_until=date(2026, 12, 31))

    assert [calendar.is_known(date(2026, 12, 31)), calendar.is_known(date(2027, 1, 1))] == [True, False]
    assert WorkingCalendar().is_known(date(2026, 1, 1)) is False


@given(start=days, count=st.integers(1, 40), exceptions=differences)
def test_add_working_days_ends_on_a_working_day_that_many_later(start: date, count: int, exceptions: dict) -> None:
    calendar = WorkingCalendar(exceptions)

    end = calendar.add_working_days(start, count)

    assert calendar.is_working(end)
    assert calendar.working_days_between(start, end) == count
