"""contests/flows/registration.py: agreed to by the unit and the union, then a seat, the waitlist or a reason."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contests import flows
from contests.domain import registration as verbs
from contests.models import Contest, Registration
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from engine.events.models import Event
from people.models import Employee
from tests.factories.contests import AT, make_contestants, make_published, register
from tests.factories.people import Company
from tests.support import refused


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_published(company, quota=1)


def apply(contest: Contest, person: Employee) -> Registration:
    return flows.apply(contest=contest, employee=person, by=person, at=AT, note="第一次")


def decide(row: Registration, person: Employee, verb: str = "approve", note: str = "") -> Registration:
    running = Approval.objects.get(subject=row.subject, finished_at=None)
    approvals.decide(running.pk, ballot=uuid4(), person=person, verb=verb, note=note, at=AT)
    row.refresh_from_db()
    return row


def waiting(row: Registration) -> list[Employee]:
    return [asked.person for asked in Approval.objects.get(subject=row.subject).waiting.order_by("person__number")]


def test_the_unit_head_is_asked_first_then_the_union(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)

    first = waiting(row)
    decide(row, company.leader)

    assert (first, waiting(row)) == ([company.leader], [company.organiser])
    assert row.state == "applied"
    assert Approval.objects.get(subject=row.subject).applicant == company.worker


def test_agreed_to_by_both_there_is_a_seat(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)

    decide(row, company.leader)
    decide(row, company.organiser)

    assert (row.state, row.decided_at) == ("confirmed", AT)
    assert Event.objects.get(action="registration.confirmed").by == company.organiser


def test_agreed_to_without_a_seat_is_the_waitlist(contest: Contest, company: Company) -> None:
    register(contest, make_contestants(company, 1)[0])
    row = apply(contest, company.worker)

    decide(row, company.leader)
    decide(row, company.organiser)

    assert row.state == "waitlisted"


def test_the_applicant_reads_the_reason_of_a_refusal(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)

    decide(row, company.leader, "refuse", "当班走不开")

    assert (row.state, row.reason) == ("refused", "当班走不开")


def test_an_applicant_without_a_unit_head_needs_the_union_alone(contest: Contest, company: Company) -> None:
    company.stranger.unit = company.root
    company.stranger.save()

    row = apply(contest, company.stranger)

    assert waiting(row) == [company.organiser]


def test_a_withdrawal_before_the_decision_ends_the_request(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)

    row = flows.withdraw(registration=row, by=company.worker, at=AT, reason="改主意")

    assert (row.state, row.reason) == ("withdrawn", "改主意")
    assert Approval.objects.get().status == "withdrawn"
    row.process.refresh_from_db()
    assert row.process.status == "DONE"


def test_a_withdrawal_after_the_decision_frees_the_seat(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)
    decide(row, company.leader)
    decide(row, company.organiser)
    other = register(contest, make_contestants(company, 1)[0])

    row = flows.withdraw(registration=row, by=company.worker, at=AT)

    other.refresh_from_db()
    assert (row.state, other.state) == ("withdrawn", "confirmed")


def test_the_organiser_withdraws_for_somebody(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)

    row = flows.withdraw(registration=row, by=company.organiser, at=AT, reason="离职")

    assert (row.state, Approval.objects.get().status) == ("withdrawn", "void")
    assert Event.objects.get(action="registration.withdrawn").by == company.organiser


def test_one_may_apply_again_after_a_withdrawal(contest: Contest, company: Company) -> None:
    row = flows.withdraw(registration=apply(contest, company.worker), by=company.worker, at=AT)

    again = apply(contest, company.worker)

    assert (again.pk, again.state) == (row.pk, "applied")
    assert again.process_id != row.process_id
    assert Approval.objects.filter(subject=row.subject, finished_at=None).count() == 1


def test_the_organisers_list_decides_like_the_inbox(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)

    with refused(approvals.NotYours):
        flows.review(registration=row, verb="approve", by=company.organiser, at=AT)
    flows.review(registration=row, verb="approve", by=company.leader, at=AT)
    row = flows.review(registration=row, verb="approve", by=company.organiser, at=AT)

    assert row.state == "confirmed"
    with refused(verbs.AlreadyDecided, code="already-decided"):
        flows.review(registration=row, verb="approve", by=company.organiser, at=AT)


def test_a_refused_application_asks_nobody(contest: Contest, company: Company) -> None:
    with refused(verbs.NotEligible):
        apply(contest, company.judge)

    assert not Approval.objects.exists()
