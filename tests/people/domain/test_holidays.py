"""Days unlike Monday–Friday: the library's, then the administrator's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from people.domain import holidays
from people.queries import public_holidays, working_calendar

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
SATURDAY = date(2099, 1, 3)


def test_an_administrators_day_overrides_the_library(company):
    day = next(iter(public_holidays(2025)))
    assert not working_calendar().is_working(day)

    holidays.set_day(day, is_working=True, name="抢修", by=company.administrator, at=NOW)
    assert working_calendar().is_working(day)

    assert holidays.unset_day(day)
    assert not working_calendar().is_working(day)


def test_a_year_the_library_does_not_know_is_monday_to_friday(company):
    assert public_holidays(2099) == {}
    calendar = working_calendar()

    assert not calendar.is_known(SATURDAY)
    assert (calendar.is_working(SATURDAY), calendar.is_working(date(2099, 1, 5))) == (False, True)


def test_a_year_entered_completely_is_known(company):
    after = working_calendar().known_until.year + 1

    holidays.mark_known(after + 1, is_known=True, by=company.administrator, at=NOW)
    assert not working_calendar().is_known(date(after + 1, 1, 1))  # the year between is still unknown
    holidays.mark_known(after, is_known=True, by=company.administrator, at=NOW)
    assert working_calendar().is_known(date(after + 1, 1, 1))
    holidays.mark_known(after, is_known=False, by=company.administrator, at=NOW)
    assert not working_calendar().is_known(date(after, 1, 1))
