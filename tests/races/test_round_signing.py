"""The last signature and a correction at once: no signed round ever holds other marks than the contest."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from contests import flows
from contests.domain import corrections, results, signing
from contests.models import Sheet
from contests.queries import round_signing as rounds
from engine.approvals.domain import approvals
from tests.factories.contests import AT, PNG, sheet_of
from tests.factories.people import make_company
from tests.factories.round_signing import last, make_closed, running, sign
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_signature_and_a_correction_agree_on_the_marks() -> None:
    company = make_company()
    contest = make_closed(company, judges=0, leader=False)
    sign(contest, company.judge.number, company.chief_judge.number)
    approval, sheet = running(contest), sheet_of(contest, company.judge)
    correct = partial(
        corrections.correct, sheet_id=sheet.pk, entry="01", aspect="seam", value="9", reason="抄错",
        by=company.chief_judge, at=AT,
    )  # fmt: skip
    agree = partial(
        approvals.decide, approval.pk, ballot=uuid4(), person=company.organiser, verb="approve", at=AT, signature=PNG
    )

    at_once(correct, agree)

    row = last(contest)
    assert row.state == "void"
    assert row.digest != rounds.digest_of(contest)


def test_two_organisers_sign_at_once_and_it_is_signed_once() -> None:
    company = make_company()
    contest = make_closed(company, judges=0, leader=False)
    sign(contest, company.judge.number, company.chief_judge.number)
    approval = running(contest)

    answers = at_once(
        *(partial(approvals.decide, approval.pk, ballot=uuid4(), person=company.organiser, verb="approve", at=AT)
          for _ in range(2))
    )  # fmt: skip

    assert sorted(type(answer).__name__ for answer in answers) in (
        ["AlreadyDecided", "Approval"],
        ["Approval", "NotYours"],
    )
    assert last(contest).state == "signed"


def test_the_last_signature_and_a_sheet_opened_again_never_leave_a_signed_round_with_an_open_sheet() -> None:
    company = make_company()
    contest = make_closed(company, judges=0, leader=False)
    sign(contest, company.judge.number, company.chief_judge.number)
    approval, sheet = running(contest), sheet_of(contest, company.judge)
    reopen = partial(
        flows.reopen_sheet, contest=contest, sheet_id=sheet.pk, reason="重看", by=company.chief_judge, at=AT
    )
    agree = partial(approvals.decide, approval.pk, ballot=uuid4(), person=company.organiser, verb="approve", at=AT)

    at_once(reopen, agree)

    assert Sheet.objects.get(pk=sheet.pk).state == "open"
    assert last(contest).state == "void"
    assert not rounds.is_settled(contest)


def test_a_sheet_opened_again_and_the_notice_have_one_order() -> None:
    company = make_company()
    contest = make_closed(company, judges=0, leader=False)
    sign(contest, company.judge.number, company.chief_judge.number, company.organiser.number)
    sheet = sheet_of(contest, company.judge)
    reopen = partial(signing.reopen, sheet_id=sheet.pk, reason="重看", by=company.chief_judge, at=AT)
    notice = partial(results.begin_notice, contest=contest, until=AT, by=company.union_chair, at=AT)

    at_once(reopen, notice)

    contest.refresh_from_db()
    assert (contest.state, Sheet.objects.get(pk=sheet.pk).state == "open") in {("notice", False), ("review", True)}


def test_a_correction_a_penalty_and_a_sheet_opened_again_wait_for_each_other() -> None:
    company = make_company()
    contest = make_closed(company, judges=1, leader=False)
    sign(contest, company.judge.number, "881", company.chief_judge.number, company.organiser.number)
    mine, other = sheet_of(contest, company.judge), Sheet.objects.get(member__contest=contest, member__code="J2")
    by = {"by": company.chief_judge, "at": AT}

    answers = at_once(
        partial(corrections.correct, sheet_id=other.pk, entry="01", aspect="seam", value="9", reason="抄错", **by),
        partial(corrections.penalise, contest=contest, entry="02", points="1", reason="超时", **by),
        partial(flows.reopen_sheet, contest=contest, sheet_id=mine.pk, reason="重看", **by),
    )

    assert not any(isinstance(answer, Exception) for answer in answers)
    assert last(contest).state == "void"
