"""contests/flows/contest.py: from the publication to the points of the winners, each step once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from contests import flows
from contests.domain import bundles, marking, registration, setup, signing
from contests.flows import sweeps
from contests.models import Contest, Entry, ResultRow, Sheet
from contests.pure.marks import Op
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from engine.events.models import Event
from engine.flows.nodes import NotYet, TaskAlreadyDone
from engine.flows.tasks import fire_due
from people.models import Employee, Holiday
from rewards.domain import budgets
from rewards.queries import balance
from tests.contests.management.test_contest import FILES
from tests.factories.contests import AT, clear_gate, make_contest, sign_round
from tests.factories.people import Company, make_company, make_employee
from tests.support import refused

CLOSES = AT + timedelta(days=7)


def decide(contest: Contest, company: Company, verb: str = "approve", *, at: datetime = AT, note: str = "") -> None:
    """Let the union chair decide what is asked about the contest."""
    running = Approval.objects.get(subject=contest.subject, finished_at=None)
    approvals.decide(running.pk, ballot=uuid4(), person=company.union_chair, verb=verb, note=note, at=at)


def agree_registration(row: registration.Registration, company: Company) -> None:
    """Let the unit head, then the organiser, agree."""
    for person in (company.leader, company.organiser):
        running = Approval.objects.get(subject=row.subject, finished_at=None)
        approvals.decide(running.pk, ballot=uuid4(), person=person, verb="approve", at=AT)


def published(company: Company) -> Contest:
    contest = flows.submit(contest=make_contest(company), by=company.organiser, at=AT)
    decide(contest, company)
    contest.refresh_from_db()
    return contest


def judged(company: Company) -> Contest:
    """A contest in review: the worker has 90 points, another one 70."""
    contest = published(company)
    for person in (company.worker, make_employee(company.team, trade=company.trade)):
        agree_registration(flows.apply(contest=contest, employee=person, by=person, at=AT), company)
    flows.close_registration(contest=contest, by=company.organiser, at=AT)
    flows.draw(contest=contest, by=company.secrecy_officer, at=AT)
    flows.start_judging(contest=contest, by=company.organiser, at=AT)
    mark_all(contest, company)
    contest = flows.close_judging(contest=contest, by=company.chief_judge, at=AT)
    sign_round(contest)
    clear_gate(contest, company.chief_judge)
    return flows.submit_result(contest=contest, by=company.chief_judge, at=AT)


def mark_all(contest: Contest, company: Company) -> None:
    sheet = Sheet.objects.get(contest=contest, member__employee=company.judge)
    ops = [
        Op(str(uuid4()), entry.code, aspect, value if aspect == "paper" else "0", 0)
        for entry in Entry.objects.filter(contest=contest)
        for value in ["90" if entry.employee == company.worker else "70"]
        for aspect in ("paper", "seam", "safety")
    ]
    marking.record(sheet_id=sheet.pk, ops=ops, by=company.judge, at=AT)
    signing.sign_off(sheet_id=sheet.pk, version=6, by=company.judge, at=AT)


def noticed(company: Company) -> Contest:
    contest = judged(company)
    decide(contest, company)
    contest.refresh_from_db()
    return contest


def fund(company: Company, points: int = 1000) -> None:
    budgets.grant(unit=company.root, points=points, by=company.administrator, at=AT, id=uuid4())


def points_of(person: Employee) -> int:
    return balance(person).available


def test_a_submitted_contest_waits_for_the_union_chair(company: Company) -> None:
    contest = flows.submit(contest=make_contest(company), by=company.organiser, at=AT)

    asked = Approval.objects.get()
    assert (contest.state, asked.subject, asked.applicant, asked.status) == (
        "approving", contest.subject, company.organiser, "running",
    )  # fmt: skip
    assert [row.person for row in asked.waiting.all()] == [company.union_chair]


def test_agreed_to_it_is_published(company: Company) -> None:
    contest = published(company)

    assert (contest.state, contest.published_at) == ("published", AT)
    assert Event.objects.get(action="contest.published").by == company.union_chair


def test_refused_it_is_a_draft_again_and_can_be_submitted_again(company: Company) -> None:
    contest = flows.submit(contest=make_contest(company), by=company.organiser, at=AT)

    decide(contest, company, "refuse", note="预算不足")
    contest.refresh_from_db()
    first = (contest.state, Event.objects.get(action="contest.sent-back").data["reason"])
    again = flows.submit(contest=contest, by=company.organiser, at=AT)

    assert first == ("draft", "预算不足")
    assert again.state == "approving"


def test_an_incomplete_draft_asks_nobody(company: Company) -> None:
    contest = setup.create(code="bare", title="x", by=company.organiser, at=AT)

    with refused(setup.NotReady, code="not-ready"):
        flows.submit(contest=contest, by=company.organiser, at=AT)

    assert not Approval.objects.exists()


def test_registration_closes_by_itself_at_its_date(company: Company) -> None:
    contest = published(company)

    early = sweeps.close_registrations(at=CLOSES - timedelta(seconds=1))
    closed = sweeps.close_registrations(at=CLOSES)
    again = sweeps.close_registrations(at=CLOSES)

    contest.refresh_from_db()
    assert (early, closed, again, contest.state) == (0, 1, 0, "closed")
    assert Event.objects.get(action="registration.closed").by is None


def test_a_moved_date_moves_the_end(company: Company) -> None:
    contest = published(company)
    setup.update(contest=contest, by=company.organiser, at=AT, registration_closes_at=CLOSES + timedelta(days=1))

    assert sweeps.close_registrations(at=CLOSES) == 0
    assert sweeps.close_registrations(at=CLOSES + timedelta(days=1)) == 1


def test_a_step_is_done_once(company: Company) -> None:
    contest = published(company)
    flows.close_registration(contest=contest, by=company.organiser, at=AT)

    with refused(TaskAlreadyDone):
        flows.close_registration(contest=contest, by=company.organiser, at=AT)


def test_seeds_are_made_when_none_are_given(company: Company) -> None:
    contest = judged(company)

    assert len(contest.draw_seed) == len(contest.code_seed) == 32
    assert contest.draw_seed != contest.code_seed


def test_a_refused_result_goes_back_to_the_chief_judge_and_is_asked_again(company: Company) -> None:
    contest = judged(company)

    decide(contest, company, "refuse", note="核对")
    contest.refresh_from_db()
    state = contest.state
    flows.submit_result(contest=contest, by=company.chief_judge, at=AT)
    decide(contest, company)

    contest.refresh_from_db()
    assert (state, contest.state) == ("review", "notice")


def test_the_notice_lasts_its_working_days(company: Company) -> None:
    Holiday.objects.create(on=datetime(2026, 11, 23, tzinfo=UTC).date(), is_working=False)
    contest = noticed(company)  # on a Friday, three working days

    assert contest.notice_until == datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)
    assert ResultRow.objects.count() == 2


def test_before_its_end_nothing_is_published(company: Company) -> None:
    contest = noticed(company)
    fund(company)

    assert fire_due(at=contest.notice_until - timedelta(seconds=1)) == 0
    with refused(NotYet, code="not-yet"):
        flows.publish(contest=contest, by=company.chief_judge, at=AT)

    assert points_of(company.worker) == 0


@pytest.mark.django_db(transaction=True)
def test_at_its_end_the_worker_publishes_and_points_are_paid_once() -> None:
    company = make_company()
    contest = noticed(company)
    fund(company)
    until = contest.notice_until

    fired = [fire_due(at=until), fire_due(at=until)]
    with pytest.raises(TaskAlreadyDone):
        flows.publish(contest=contest, by=company.chief_judge, at=until)

    contest.refresh_from_db()
    other = Entry.objects.exclude(employee=company.worker).get().employee
    assert (fired, contest.state, contest.result_published_at) == ([1, 0], "final", until)
    assert (points_of(company.worker), points_of(other)) == (300, 10)
    assert contest.process.status == "DONE"


@pytest.mark.django_db(transaction=True)
def test_an_empty_budget_undoes_the_publication_and_the_chief_reads_why(caplog: pytest.LogCaptureFixture) -> None:
    company = make_company()
    contest = noticed(company)
    fund(company, 309)
    until = contest.notice_until

    fired = fire_due(at=until)
    with pytest.raises(ValidationError) as caught:
        flows.publish(contest=contest, by=company.chief_judge, at=until)
    contest.refresh_from_db()
    undone = (contest.state, points_of(company.worker), contest.result_rows.filter(award_points=300).count())
    fund(company, 1)
    final = flows.publish(contest=contest, by=company.chief_judge, at=until)

    assert (fired, type(caught.value).__name__, undone) == (0, "BudgetEmpty", ("notice", 0, 1))
    assert (final.state, points_of(company.worker)) == ("final", 300)
    assert Event.objects.filter(action="contest.result.published").count() == 1
    assert "timer failed" in caplog.text


def test_an_early_end_of_the_notice_is_told(company: Company) -> None:
    contest = noticed(company)
    fund(company)

    ended = flows.end_notice(contest=contest, by=company.administrator, at=AT, reason="演示")

    assert (ended.notice_until, ended.state, ended.result_published_at) == (AT, "final", AT)
    told = Event.objects.get(action="contest.notice.ended-early")
    assert (told.by, told.data) == (company.administrator, {"reason": "演示"})


def test_a_contest_without_awards_is_published_without_points(company: Company) -> None:
    contest = noticed(company)
    Contest.objects.update(award_table={})

    final = flows.end_notice(contest=contest, by=company.administrator, at=AT)

    assert (final.state, points_of(company.worker)) == ("final", 0)


def test_a_cancelled_contest_leaves_nothing_waiting(company: Company) -> None:
    contest = published(company)
    flows.apply(contest=contest, employee=company.worker, by=company.worker, at=AT)

    flows.cancel(contest=contest, reason="停电", by=company.organiser, at=AT)

    contest.refresh_from_db()
    assert contest.state == "cancelled"
    assert set(Approval.objects.values_list("status", flat=True)) == {"approved", "void"}
    assert sweeps.close_registrations(at=CLOSES) == 0


def test_an_imported_contest_is_agreed_to_noticed_and_published(company: Company) -> None:
    files = {name: text.encode() for name, text in FILES.items()}
    contest = bundles.import_bundle(files=files, by=company.organiser, at=AT)

    flows.submit_result(contest=contest, by=company.organiser, at=AT)
    decide(contest, company)
    final = flows.end_notice(contest=contest, by=company.administrator, at=AT)

    assert final.state == "final"
    assert [(row.rank, str(row.total)) for row in final.result_rows.all()] == [(1, "9.25"), (2, "8.75"), (None, "0.00")]


def test_a_contest_made_here_does_not_skip_its_judging(company: Company) -> None:
    contest = published(company)

    with refused(TaskAlreadyDone):
        flows.submit_result(contest=contest, by=company.organiser, at=AT)
