"""contests/queries/results.py: the arithmetic for those who may see it, the result for all."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.domain import judging, marking, setup
from contests.domain import results as verbs
from contests.models import Contest
from contests.pure.marks import Op
from contests.queries import results
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = make_judging(company, contestants=2)
    cells = [("01", "paper", "70"), ("01", "seam", "8.5"), ("02", "paper", "90")]
    ops = [Op(str(uuid4()), *cell, 0) for cell in cells]
    marking.record(sheet_id=sheet_of(contest, company.judge).pk, ops=ops, by=company.judge, at=AT)
    return contest


def notice(contest: Contest, company: Company) -> Contest:
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="x")
    return verbs.begin_notice(contest=contest, until=AT, by=None, at=AT)


def test_the_chief_sees_every_mark_and_no_name(contest: Contest) -> None:
    first, second = results.live(contest, is_hidden=True)

    assert (first.rank, first.entry, first.name, first.unit, first.total) == (1, "02", "02", "", "90.00")
    seam = second.aspects[1]
    assert (seam.code, seam.state, seam.combined, seam.factor, seam.score) == ("seam", "scored", "8.5", "1", "8.5")
    assert seam.marks == [results.MarkCell("J1", "8.5", "counted")]
    assert (second.aspects[2].state, second.aspects[2].score) == ("open", "")
    assert second.groups == {"theory": "70.00", "practical": "8.50"}


def test_a_draft_has_no_standings(company: Company) -> None:
    bare = setup.create(code="bare", title="x", by=company.organiser, at=AT)

    assert (results.live(bare, is_hidden=True), results.groups_of(bare)) == ([], ())


def test_the_published_result_is_what_was_stored(contest: Contest, company: Company) -> None:
    contest = notice(contest, company)

    with CaptureQueriesContext(connection) as queries:
        lines = results.published(contest)

    assert [(line.rank, line.entry, line.total, line.groups, line.award_points) for line in lines] == [
        (1, "02", "90.00", {"theory": "90.00", "practical": "0.00"}, 300),
        (2, "01", "78.50", {"theory": "70.00", "practical": "8.50"}, 10),
    ]
    assert {line.name for line in lines} == {"选手1", "选手2"}
    assert len(queries) == 1


def test_my_result_has_its_arithmetic_once_public(contest: Contest, company: Company) -> None:
    contestant = contest.entries.get(code="01").employee
    before = results.mine(contestant, contest)

    contest = notice(contest, company)

    line = results.mine(contestant, contest)
    assert before is None
    assert line is not None
    assert (line.entry, line.rank, line.aspects[1].score) == ("01", 2, "8.5")
    assert results.mine(company.stranger, contest) is None
