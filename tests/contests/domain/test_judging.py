"""contests/domain/judging.py: sheets for the panel, and the end of marking."""

from __future__ import annotations

import pytest

from contests.domain import draw, judging, panels, registration, setup
from contests.models import Contest, Sheet
from engine.events.models import Event
from tests.factories.contests import AT, make_judging, make_published, register, sheet_of
from tests.factories.people import Company, make_employee
from tests.support import refused


@pytest.fixture
def drawn(company: Company) -> Contest:
    contest = make_published(company)
    register(contest, company.worker)
    registration.close(contest=contest, by=None, at=AT)
    return draw.draw(contest=contest, seed="a", code_seed="b", by=company.organiser, at=AT)


def start(contest: Contest, company: Company) -> Contest:
    return judging.start(contest=contest, by=company.organiser, at=AT)


def test_every_member_gets_a_sheet(drawn: Contest, company: Company) -> None:
    panels.assign(contest=drawn, employee=make_employee(company.root), role="technical", by=company.organiser, at=AT)

    contest = start(drawn, company)

    assert contest.state == "judging"
    assert {sheet.member.code: sheet.aspects for sheet in contest.sheets.select_related("member")} == {
        "C1": [], "J1": ["seam", "safety"], "T1": ["paper"],
    }  # fmt: skip


def test_an_aspect_without_a_judge_is_named(drawn: Contest, company: Company) -> None:
    panels.release(contest=drawn, member=drawn.panel.get(code="J1"), by=company.organiser, at=AT)

    with refused(setup.NotReady, code="not-ready") as caught:
        start(drawn, company)

    assert [check.name for check in caught.value.checks] == ["aspect:paper", "aspect:seam", "aspect:safety"]
    assert not Sheet.objects.exists()


def test_judging_starts_once(drawn: Contest, company: Company) -> None:
    start(drawn, company)

    with refused(setup.WrongState, code="wrong-state"):
        start(drawn, company)

    assert Sheet.objects.count() == 2


def test_unsigned_sheets_are_named(company: Company) -> None:
    contest = make_judging(company)

    with refused(judging.UnsignedSheets, code="unsigned") as caught:
        judging.close(contest=contest, by=company.chief_judge, at=AT)

    assert caught.value.judges == [company.judge.name]
    assert sheet_of(contest, company.judge).state == "open"


def test_with_a_reason_unsigned_sheets_are_closed_too(company: Company) -> None:
    contest = make_judging(company)

    closed = judging.close(contest=contest, by=company.chief_judge, at=AT, reason="裁判生病")

    assert closed.state == "review"
    assert sheet_of(contest, company.judge).state == "closed"
    assert Event.objects.get(action="judging.closed").data == {"unsigned": ["J1"], "reason": "裁判生病"}
