"""contests/queries/contests.py: rows for lists and pages, with a known number of statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from contests.domain import judging, registration, results
from contests.queries import contests
from tests.factories.contests import (
    AT,
    make_contest,
    make_contestants,
    make_judging,
    make_published,
    register,
)
from tests.factories.people import Company


def listed(company: Company, person: str = "worker", **filters: Any) -> list[contests.ContestRow]:
    return contests.rows_of(contests.listed(company.personas[person], at=AT, **filters), at=AT)


def test_a_row_says_how_full_it_is_and_where_i_stand(company: Company) -> None:
    contest = make_published(company, quota=3)
    for person in [company.worker, *make_contestants(company, 1)]:
        register(contest, person)

    row = listed(company)[0]

    assert (row.code, row.trade, row.quota, row.confirmed, row.seats_left, row.taken_percent) == (
        "welding-2026", "焊工", 3, 2, 1, 66,
    )  # fmt: skip
    assert (row.my_state, row.is_open) == ("confirmed", True)
    assert listed(company, "stranger")[0].my_state == ""


def test_chips_choose(company: Company) -> None:
    make_published(company, code="open")
    make_published(company, code="later", registration_opens_at=AT + timedelta(days=1))
    make_judging(company, code="running", contestants=1)
    register(make_published(company, code="mine", quota=None), company.worker)
    make_contest(company, code="draft")

    def codes(**filters: str) -> list[str]:
        return sorted(row.code for row in listed(company, **filters))

    assert codes() == ["later", "mine", "open", "running"]
    assert codes(chip="open") == ["mine", "open"]
    assert codes(chip="running") == ["running"]
    assert codes(chip="finished") == []
    assert codes(chip="mine") == ["mine"]
    assert sorted(row.code for row in listed(company, "judge", chip="mine")) == [
        "draft",
        "later",
        "mine",
        "open",
        "running",
    ]


def test_words_search_title_place_and_trade(company: Company) -> None:
    make_published(company, code="one", title="钳工大赛", place="三号车间")

    assert [len(listed(company, words=words)) for words in ("钳工", "三号", "焊工", "铣工", " ")] == [1, 1, 1, 0, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_one_statement(company: Company, count: int) -> None:
    for number in range(count):
        make_published(company, code=f"contest-{number}")
    roles = list(contests.visible_to(company.worker))

    with CaptureQueriesContext(connection) as queries:
        rows = listed(company)

    assert (len(rows), len(roles)) == (count, count)
    assert len(queries) == 1


def test_what_closes_first_is_offered_first(company: Company) -> None:
    make_published(company, code="late", registration_closes_at=AT + timedelta(days=9))
    make_published(company, code="soon", registration_closes_at=AT + timedelta(days=2))

    assert [row.code for row in contests.list_open(company.worker, at=AT)] == ["soon", "late"]
    assert contests.list_open(company.worker, at=AT + timedelta(days=10)) == []


def action(company: Company, contest: Any, person: str = "worker", at: Any = AT) -> tuple[str, bool]:
    contest.refresh_from_db()
    found = contests.detail(company.personas[person], contest, at=at).action
    return found.name, bool(found.problem)


def test_the_one_button_says_what_can_be_done_or_why_not(company: Company) -> None:
    contest = make_published(company, conditions={"trades": ["welder"]})

    assert action(company, contest) == ("register", False)
    assert action(company, contest, "stranger") == ("register", True)
    assert action(company, contest, "judge") == ("register", True)
    assert action(company, contest, at=AT - timedelta(days=2)) == ("register", True)
    assert action(company, contest, at=AT + timedelta(days=8)) == ("register", True)
    row = registration.apply(contest=contest, employee=company.worker, by=company.worker, at=AT)
    assert action(company, contest) == ("withdraw", False)
    registration.refuse(registration_id=row.pk, reason="证书过期", by=None, at=AT)
    assert action(company, contest) == ("register", True)
    assert "证书过期" in contests.detail(company.worker, contest, at=AT).action.problem


def test_later_there_is_the_result_to_see(company: Company) -> None:
    contest = make_judging(company, contestants=1)
    contestant = contest.entries.get().employee

    assert contests.detail(contestant, contest, at=AT).action.problem
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="x")
    results.begin_notice(contest=contest, until=AT, by=None, at=AT)
    assert action(company, contest) == ("results", False)


def test_the_detail_knows_my_place_on_the_waitlist(company: Company) -> None:
    contest = make_published(company, quota=1)
    for person in make_contestants(company, 2):
        register(contest, person)
    register(contest, company.worker, at=AT + timedelta(minutes=1))

    found = contests.detail(company.worker, contest, at=AT)

    assert (found.confirmed, found.waitlisted, found.seats_left, found.waitlist_place) == (1, 2, 0, 2)


def test_the_time_line_moves_with_the_state(company: Company) -> None:
    contest = make_judging(company, contestants=1)

    with override("en"):
        stages = contests.stages_of(contest)

    assert [(stage.name, stage.is_done, stage.is_current) for stage in stages] == [
        ("registration", True, False),
        ("draw", True, False),
        ("judging", False, True),
        ("notice", False, False),
        ("result", False, False),
    ]
    contest.state = "final"
    assert all(stage.is_done for stage in contests.stages_of(contest))


def test_a_detail_costs_at_most_seven_statements(company: Company) -> None:
    contest = make_published(company, quota=1, conditions={"trades": ["welder"]})

    with CaptureQueriesContext(connection) as queries:
        contests.detail(company.worker, contest, at=AT)

    assert len(queries) <= 7


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_one_statement_and_counts_what_waits(company: Company, count: int) -> None:
    for number in range(count):
        contest = make_published(company, code=f"contest-{number}", quota=1)
        for person in make_contestants(company, 2):
            register(contest, person)
        registration.apply(contest=contest, employee=company.worker, by=company.worker, at=AT)
    contests.desk(company.organiser)

    with CaptureQueriesContext(connection) as queries:
        rows = contests.desk(company.organiser)

    assert [(row.applied, row.confirmed, row.waitlisted, row.sheets) for row in rows] == [(1, 1, 1, 0)] * count
    assert len(queries) == 1


def test_a_desk_holds_what_one_runs(company: Company) -> None:
    make_contest(company, code="draft")
    make_judging(company, code="judging", contestants=1)

    def codes(person: str) -> list[str]:
        return [row.code for row in contests.desk(company.personas[person])]

    assert codes("organiser") == codes("chief_judge") == codes("union_chair") == ["judging", "draft"]
    assert codes("secrecy_officer") == ["judging"]
    assert codes("worker") == []
    assert contests.desk(company.organiser)[0].sheets == 2
