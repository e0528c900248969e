"""A sheet opened again while the panel signs the round, and what the tablet says of both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contests import flows
from contests.domain import gate, results, signing
from contests.domain.round_signing import SheetOpen
from contests.flows import sweeps
from contests.models import RoundSigning, Sheet
from contests.queries import gate as gates
from contests.queries import round_signing as rounds
from engine.approvals.models import Approval
from tests.factories import contests as made
from tests.factories.contests import AT, clear_gate, mark_everything
from tests.factories.people import Company
from tests.factories.round_signing import (
    LATER,
    correct,
    findings,
    last,
    make_closed,
    reopen,
    running,
    sign,
    waiting,
)
from tests.support import refused


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):  # whatever the visitor of the test before spoke
        yield


def test_a_sheet_opened_again_stops_the_signatures_until_it_is_signed(company: Company) -> None:
    contest = make_closed(company, judges=1, leader=False)
    sign(contest, company.judge.number)
    first = running(contest)

    sheet = reopen(contest, company)
    told = findings(contest)
    quiet = sweeps.ask_rounds_again(at=LATER)
    with refused(SheetOpen, code="sheet-open"):
        flows.sign_again(contest=contest, by=company.chief_judge, at=LATER)
    signing.sign_off(sheet_id=sheet.pk, version=sheet.version, by=company.judge, at=LATER)
    asked = sweeps.ask_rounds_again(at=LATER)

    first.refresh_from_db()
    assert told["round"] == "签字后成绩有变动（评委 J1 的评分表重新打开：02 号重看）：将重新请裁判组签字。"
    assert (quiet, asked, first.status) == (0, 1, "void")
    assert not first.waiting.exists()
    assert (last(contest).number, last(contest).state) == (2, "running")
    assert last(contest).cause == "评委 J1 的评分表重新打开：02 号重看"
    sign(contest, company.judge.number, "881", company.chief_judge.number, company.organiser.number, at=LATER)
    assert last(contest).state == "signed"


def test_an_open_sheet_holds_the_result_until_it_is_signed_or_locked(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)
    sign(contest, company.judge.number, company.chief_judge.number, company.organiser.number)
    clear_gate(contest, company.chief_judge)
    flows.submit_result(contest=contest, by=company.chief_judge, at=AT)
    union = Approval.objects.get(subject=contest.subject, finished_at=None)

    sheet = reopen(contest, company)
    union.refresh_from_db()
    contest.refresh_from_db()
    held = {row.code: row.text for row in gates.look(contest, at=AT).findings if row.level == "error"}

    assert (union.status, contest.state) == ("void", "review")
    assert held["sheet-open"] == f"重新打开后尚未签字：{company.judge.name}。请其签字，或由裁判长锁定评分表。"
    with refused(gate.GateClosed):
        flows.submit_result(contest=contest, by=company.chief_judge, at=AT)
    with refused(results.round_signing.NotSigned):
        results.begin_notice(contest=contest, until=LATER, by=company.union_chair, at=AT)
    signing.lock(sheet_id=sheet.pk, reason="裁判已离场", by=company.chief_judge, at=AT)
    sweeps.ask_rounds_again(at=LATER)
    codes = {row.code for row in gates.look(contest, at=AT).findings}
    assert "sheet-open" not in codes
    assert "unsigned" in codes
    assert waiting(contest) == [company.judge.name]


def test_an_open_sheet_holds_a_round_that_was_never_signed(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)
    RoundSigning.objects.all().delete()
    Sheet.objects.filter(contest=contest, member__code="J1").update(state="open")

    assert not rounds.is_settled(contest)


def test_the_tablet_says_who_has_signed_and_whose_turn_it_is(company: Company) -> None:
    contest = make_closed(company, judges=1, leader=False)
    judge = company.judge.pk

    mine = rounds.on_pad(contest, judge)
    sign(contest, company.judge.number)
    after = rounds.on_pad(contest, judge)
    sign(contest, "881")
    chief = rounds.on_pad(contest, judge)
    sign(contest, company.chief_judge.number, company.organiser.number)
    done = rounds.on_pad(contest, judge)
    correct(contest, company)
    void = rounds.on_pad(contest, judge)

    names = company.judge.name, "评委1", company.chief_judge.name, company.organiser.name
    assert (mine.state, mine.signed, set(mine.asked)) == ("running", (), set(names[:2]))
    assert mine.link == f"/approvals/{Approval.objects.get(subject__startswith='round:').pk}/"
    assert (after.signed, after.asked, after.link) == (names[:1], names[1:2], "")
    assert (chief.signed, chief.asked) == (names[:2], names[2:3])
    assert (done.state, done.signed, done.asked, done.link) == ("signed", names, (), "")
    assert (void.state, void.reason, void.link) == ("void", "记录抄错", "")


@pytest.mark.parametrize("judges", [0, 3])
def test_what_the_tablet_says_costs_four_statements(company: Company, judges: int) -> None:
    contest = make_closed(company, judges=judges, leader=False)
    sign(contest, company.judge.number)

    with CaptureQueriesContext(connection) as queries:
        rounds.on_pad(contest, company.judge.pk)

    assert len(queries) == 4


def test_while_judges_mark_the_tablet_counts_signed_sheets(company: Company) -> None:
    contest = made.make_judging(company, contestants=1)
    sheet = mark_everything(contest, company.judge)
    before = rounds.on_pad(contest, company.judge.pk)
    signing.sign_off(sheet_id=sheet.pk, version=sheet.version, by=company.judge, at=AT)

    assert before == rounds.OnPad(0, 1)
    assert rounds.on_pad(contest, company.judge.pk) == rounds.OnPad(1, 1)
