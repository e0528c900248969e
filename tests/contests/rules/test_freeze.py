"""contests/rules.py: while the board is frozen, marks are the chief judge's alone."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contests.domain import judging, marking, results
from contests.models import Contest
from contests.pure.marks import Op
from contests.queries import sheets
from engine.live import domain as live
from engine.live.models import Board
from tests.contests.api.test_api import API, signed_in
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_judging(company, contestants=2)


def mark(contest: Contest, company: Company, entry: str, value: str) -> None:
    ops = [Op(str(uuid4()), entry, "paper", value, 0)]
    marking.record(sheet_id=sheet_of(contest, company.judge).pk, ops=ops, by=company.judge, at=AT)
    live.publish(contest.code)


def board(contest: Contest) -> list[tuple[int | None, str, str]]:
    return [(row["rank"], row["name"], row["total"]) for row in Board.objects.get(code=contest.code).rows]


def test_a_mark_moves_the_board(contest: Contest, company: Company) -> None:
    mark(contest, company, "01", "70")
    mark(contest, company, "02", "90")

    assert board(contest) == [(1, "02", "90.00"), (2, "01", "70.00")]
    assert [row["rank"] for row in Board.objects.get(kind="contest").rows] == [1, 2]


def test_after_the_freeze_marks_are_the_chiefs_alone(contest: Contest, company: Company) -> None:
    mark(contest, company, "01", "70")
    live.freeze(contest.code, by=company.chief_judge)
    mark(contest, company, "02", "90")

    sheet = sheet_of(contest, company.judge)
    seen = {
        name: signed_in(person).get(f"{API}/{contest.code}/standings").status_code
        for name, person in company.personas.items()
    }

    assert board(contest) == [(1, "01", "70.00"), (None, "02", "0.00")]
    assert [name for name, status in seen.items() if status == 200] == ["chief_judge"]
    assert {name for name, person in company.personas.items() if person.has_perm("contests.view_sheet", sheet)} == {
        "judge",
        "chief_judge",
    }
    assert not sheets.visible_to(company.auditor).exists()
    assert not company.organiser.has_perm("contests.export_contest", contest)


def test_the_public_notice_ends_the_freeze(contest: Contest, company: Company) -> None:
    live.freeze(contest.code, by=company.chief_judge)
    mark(contest, company, "02", "90")
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="x")

    results.begin_notice(contest=contest, until=AT, by=None, at=AT)

    name = contest.entries.get(code="02").name
    assert Board.objects.get(kind="contest").state == "live"
    assert board(contest)[0] == (1, name, "90.00")
    assert company.organiser.has_perm("contests.view_scores", contest)


def test_a_final_result_is_a_final_board(contest: Contest, company: Company) -> None:
    mark(contest, company, "02", "90")
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="x")
    results.begin_notice(contest=contest, until=AT, by=None, at=AT)

    results.publish(contest=contest, by=company.chief_judge, at=AT)

    row = Board.objects.get(kind="contest")
    assert (row.state, row.rows[0]["name"], row.rows[0]["total"]) == (
        "final",
        contest.entries.get(code="02").name,
        "90.00",
    )
