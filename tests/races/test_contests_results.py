"""Publishing at once: one result, and its points once."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from contests import flows
from contests.domain import changes
from contests.models import Change, Contest, ResultRow
from contests.queries.material import standings_of
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from engine.events.models import Event
from engine.flows.nodes import TaskAlreadyDone
from engine.flows.tasks import fire_due
from rewards.queries import balance
from tests.contests.flows.test_contest import fund, noticed
from tests.factories.contests import AT, make_contest, make_contestants
from tests.factories.people import Company, make_company
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def ready(company: Company) -> Contest:
    """A contest whose public notice is over, with a budget that pays twice if asked twice."""
    contest = noticed(company)
    fund(company, 5000)
    return contest


def test_a_result_published_twice_at_once_is_published_and_paid_once(company: Company, ready: Contest) -> None:
    publish = partial(flows.publish, contest=ready, by=company.chief_judge, at=ready.notice_until)

    answers = at_once(publish, publish, publish, partial(fire_due, at=ready.notice_until))

    assert sum(isinstance(answer, Contest) or answer == 1 for answer in answers) == 1
    assert sum(isinstance(answer, TaskAlreadyDone) or answer == 0 for answer in answers) == 3
    assert Event.objects.filter(action="contest.result.published").count() == 1
    assert ResultRow.objects.count() == 2
    assert balance(company.worker).available == 300


def test_a_correction_and_the_publication_have_one_order(company: Company, ready: Contest) -> None:
    entry = ready.entries.get(employee=company.worker).code
    step = {"kind": "penalty", "entry": entry, "points": "50"}
    change = changes.propose(contest=ready, key=uuid4(), steps=[step], reason="x", by=company.chief_judge, at=AT)
    penalise = partial(flows.apply_change, change=change, by=company.chief_judge, at=AT)

    answers = at_once(partial(flows.publish, contest=ready, by=company.chief_judge, at=ready.notice_until), penalise)

    assert [type(answer) for answer in answers] == [Contest, Change]
    stored = [(row.entry.code, row.rank, row.total) for row in ResultRow.objects.select_related("entry")]
    assert stored == [(row.entry.entry, row.rank, row.total) for row in standings_of(ready)]
    winner, loser = (ResultRow.objects.get(rank=rank).entry.employee for rank in (1, 2))
    assert (balance(winner).available, balance(loser).available) == (300, 10)
    assert loser == company.worker


def test_two_who_decide_a_contest_at_once_publish_it_once(company: Company) -> None:
    contest = flows.submit(contest=make_contest(company), by=company.organiser, at=AT)
    asked = Approval.objects.get(subject=contest.subject)
    decide = [
        partial(approvals.decide, asked.pk, ballot=uuid4(), person=company.union_chair, verb=verb, at=AT)
        for verb in ("approve", "refuse", "approve")
    ]

    answers = at_once(*decide)

    contest.refresh_from_db()
    assert sum(isinstance(answer, Approval) for answer in answers) == 1
    assert contest.state in {"published", "draft"}
    assert Event.objects.filter(action__in=["contest.published", "contest.sent-back"]).count() == 1


def test_twenty_who_apply_and_withdraw_at_once_leave_no_seat_twice(company: Company) -> None:
    contest = flows.submit(contest=make_contest(company, quota=2), by=company.organiser, at=AT)
    asked = Approval.objects.get(subject=contest.subject)
    approvals.decide(asked.pk, ballot=uuid4(), person=company.union_chair, verb="approve", at=AT)
    people = make_contestants(company, 6)
    rows = at_once(*(partial(flows.apply, contest=contest, employee=person, by=person, at=AT) for person in people))
    for row in rows:
        flows.review(registration=row, verb="approve", by=company.leader, at=AT)

    at_once(
        *(partial(flows.review, registration=row, verb="approve", by=company.organiser, at=AT) for row in rows[:4]),
        *(partial(flows.withdraw, registration=row, by=row.employee, at=AT) for row in rows[2:]),
    )

    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["confirmed"] * 2 + ["withdrawn"] * 4
    assert not Approval.objects.filter(finished_at=None).exists()
