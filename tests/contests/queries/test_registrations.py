"""contests/queries/registrations.py: my contests, and the organiser's review list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.domain import judging, results
from contests.queries import registrations
from tests.factories.contests import AT, make_contestants, make_judging, make_published, register
from tests.factories.people import Company


def test_my_contests_show_state_place_and_result(company: Company) -> None:
    full = make_published(company, code="full", quota=1)
    register(full, make_contestants(company, 1)[0])
    register(full, company.worker, at=AT + timedelta(hours=1))
    contest = make_judging(company, code="judged", contestants=0, people=[company.worker])
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="x")
    results.begin_notice(contest=contest, until=AT, by=None, at=AT)

    first, second = registrations.mine(company.worker)

    assert (first.contest_code, first.state, first.waitlist_place, first.entry_code) == ("full", "waitlisted", 1, "")
    assert (second.contest_code, second.state, second.entry_code, second.rank, second.total) == (
        "judged", "confirmed", "01", None, "0.00",
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_my_contests_cost_two_statements(company: Company, count: int) -> None:
    for number in range(count):
        register(make_published(company, code=f"contest-{number}"), company.worker)

    with CaptureQueriesContext(connection) as queries:
        rows = registrations.mine(company.worker)

    assert len(rows) == count
    assert len(queries) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_review_list_costs_one_statement(company: Company, count: int) -> None:
    contest = make_published(company)
    for person in make_contestants(company, count):
        register(contest, person)

    with CaptureQueriesContext(connection) as queries:
        rows = registrations.review_rows(registrations.of_contest(contest))

    assert [(row.name, row.unit, row.trade, row.state) for row in rows] == [
        (f"选手{number}", "甲班", "焊工", "confirmed") for number in range(1, count + 1)
    ]
    assert len(queries) == 1


def test_the_review_list_filters_by_state_and_words(company: Company) -> None:
    contest = make_published(company, quota=1)
    for person in [company.worker, *make_contestants(company, 2)]:
        register(contest, person)

    def names(**filters: str) -> list[str]:
        return [row.name for row in registrations.review_rows(registrations.of_contest(contest, **filters))]

    assert names(state="waitlisted") == ["选手1", "选手2"]
    assert names(words="赵磊") == names(words=company.worker.number) == ["焊工赵磊"]
    assert names(words="乙班") == []
