"""The company answers as the pure core asks, each question once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engine.approvals.directory import CompanyDirectory
from tests.factories.people import give_role, make_employee

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def directory(company):
    return CompanyDirectory(applicant=company.worker, at=NOW, named={"1001", "1002"})


def test_people_and_heads_by_number(company, directory):
    make_employee(company.team, number="7001", left_on=date(2026, 1, 1))

    assert directory.exists("1001")
    assert not directory.exists("4711")
    assert not directory.exists("7001")
    assert directory.heads_above("1301") == ["1001", "1002"]
    assert directory.heads_above("4711") == []
    assert directory.keys(["1002", "1001", "4711"]) == [company.leader.pk, company.shop_head.pk]


def test_holders_near_the_unit_come_first(company, directory):
    near = make_employee(company.shop, number="7001")
    give_role(near, "hr", company.shop)

    assert directory.holders("hr") == [company.hr.number, "7001"]
    assert directory.holders_near("hr", "1301") == ["7001"]
    assert directory.holders_near("hr", company.administrator.number) == [company.hr.number]


def test_administrators_fall_back_to_admin(company):
    assert CompanyDirectory(applicant=company.worker, at=NOW).administrators() == [company.administrator.number]
    company.administrator.role_grants.all().delete()
    assert CompanyDirectory(applicant=company.worker, at=NOW).administrators() == ["admin"]


def test_each_question_costs_one_statement(company, directory):
    with CaptureQueriesContext(connection) as captured:
        for _ in range(3):
            assert directory.exists("1001")
            assert directory.exists("1002")
            directory.heads_above("1301")
            directory.holders("hr")
            directory.keys(["1001", "1002", company.hr.number])

    assert len(captured) == 3
