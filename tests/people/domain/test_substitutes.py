"""Who stands for whom: days, refusals, the end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from people.domain import substitutes
from people.domain.substitutes import CannotSubstitute
from people.models import Substitute
from tests.factories.people import make_employee
from tests.support import refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY = date(2026, 11, 23)


def name(company, to=None, *, begins=DAY, ends=DAY, policies=()):
    return substitutes.name(
        person=company.leader, to=to or company.shop_head, from_on=begins, until_on=ends, policies=policies, at=NOW
    )


def test_days_are_whole_days_of_the_companys_zone(company):
    row = name(company)

    assert row.from_at.astimezone(UTC) == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert row.until_at - row.from_at == timedelta(days=1)


def test_refusals(company):
    gone = make_employee(company.team, number="7001", left_on=date(2026, 1, 1))
    for code, given in (
        ("substitute-self", {"to": company.leader}), ("left", {"to": gone}), ("substitute-dates", {"ends": date(2026, 11, 22)}),
        ("substitute-past", {"begins": date(2026, 11, 1), "ends": date(2026, 11, 2)}),
    ):  # fmt: skip
        with refused(CannotSubstitute, code=code):
            name(company, **given)


def test_two_at_once_only_for_different_policies(company):
    name(company, ends=None, policies=["leave"])
    name(company, company.hr, ends=None, policies=["contest"])

    with refused(CannotSubstitute, code="substitute-overlap"):
        name(company, company.hr)
    with refused(CannotSubstitute, code="substitute-overlap"):
        name(company, company.hr, policies=["leave"])


def test_one_after_the_other(company):
    name(company)
    name(company, company.hr, begins=DAY + timedelta(days=1), ends=None)

    assert Substitute.objects.count() == 2


def test_end_now_or_forget(company):
    coming, running = name(company), name(company, company.hr, begins=date(2026, 11, 1), ends=date(2026, 11, 21))

    substitutes.end(coming, at=NOW)
    substitutes.end(running, at=NOW)
    substitutes.end(running, at=NOW + timedelta(hours=1))

    assert [row.until_at for row in Substitute.objects.all()] == [NOW]
