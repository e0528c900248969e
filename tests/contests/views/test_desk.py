"""The chief judge's way from the last mark to the result, on the desk's pages."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from contests.models import Contest, Sheet
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from tests.factories.contests import clear_gate, make_contest, mark_everything, sign_round
from tests.factories.people import Company, make_company

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def enter(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def decide(company: Company, verb: str) -> None:
    approval = Approval.objects.get(finished_at=None)
    approvals.decide(
        approval.pk, ballot=uuid.uuid4(), person=company.union_chair, verb=verb, at=timezone.now(), note="请核对"
    )


def walk(client: Client, contest: Contest, step: str, **fields: str) -> str:
    client.post(f"/contests/{contest.code}/steps/{step}/", fields)
    contest.refresh_from_db()
    return contest.state


def test_a_result_sent_back_can_be_handed_in_again(company: Company) -> None:
    from contests import flows
    from tests.factories.contests import make_contestants

    now = timezone.now()
    contest = make_contest(
        company, registration_opens_at=now - timedelta(days=2), registration_closes_at=now + timedelta(days=1),
        held_from_on=timezone.localdate(now) + timedelta(days=2),
    )  # fmt: skip
    desk, chief = enter(company.organiser), enter(company.chief_judge)
    walk(desk, contest, "submit")
    decide(company, "approve")
    for person in make_contestants(company, 2):
        row = flows.apply(contest=contest, employee=person, by=person, at=timezone.now())
        approval = Approval.objects.get(subject=row.subject)
        while approval.status == "running":
            asked = approval.waiting.first().person
            approval = approvals.decide(
                approval.pk, ballot=uuid.uuid4(), person=asked, verb="approve", at=timezone.now()
            )
    states = [walk(desk, contest, step, seed="2027") for step in ("close-registration", "draw", "start-judging")]

    mark_everything(contest, company.judge, at=timezone.now())
    assert walk(enter(company.organiser), contest, "close-judging", reason="x") == "judging"
    assert walk(chief, contest, "close-judging", reason="只为试验") == "review"
    assert not Approval.objects.filter(subject=contest.subject, finished_at=None).exists()  # the gate holds it
    walk(chief, contest, "submit-result")
    assert not Approval.objects.filter(subject=contest.subject, finished_at=None).exists()
    contest.refresh_from_db()
    sign_round(contest, at=timezone.now())
    clear_gate(contest, company.chief_judge, at=timezone.now())
    walk(chief, contest, "submit-result")
    decide(company, "refuse")
    again = chief.get(f"/contests/{contest.code}/manage/").content.decode()
    walk(chief, contest, "submit-result")
    decide(company, "approve")
    contest.refresh_from_db()

    assert states == ["closed", "drawn", "judging"]
    assert "/steps/submit-result/" in again
    assert contest.state == "notice"
    assert walk(chief, contest, "publish") == "notice"
    assert Sheet.objects.filter(contest=contest, state="open").count() == 0
