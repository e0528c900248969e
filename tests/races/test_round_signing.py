"""The last signature and a correction at once: no signed round ever holds other marks than the contest."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from contests.domain import corrections
from contests.queries import round_signing as rounds
from engine.approvals.domain import approvals
from tests.contests.flows.test_round_signing import last, make_closed, running, sign
from tests.factories.contests import AT, PNG, sheet_of
from tests.factories.people import make_company
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
