"""To disqualify takes two people; until both have said so nothing changes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from contests import flows
from contests.domain import corrections, disqualification, results
from contests.domain.disqualification import AlreadyProposed, SamePerson, StillOpen
from contests.domain.setup import WrongState
from contests.models import Contest, Disqualification, Entry
from contests.queries import gate
from contests.queries.material import standings_of
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from engine.events.models import Event
from tests.factories.contests import AT, make_judging
from tests.factories.people import Company
from tests.factories.results import UNTIL, make_noticed, make_reviewed
from tests.support import refused

LATER = AT + timedelta(hours=1)


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_reviewed(company)


def propose(contest: Contest, company: Company, entry: str = "02") -> Disqualification:
    return flows.propose_disqualification(
        contest=contest, entry=entry, reason="使用未批准的焊材", by=company.chief_judge, at=AT
    )


def decide(row: Disqualification, company: Company, verb: str, note: str = "") -> Disqualification:
    asked = Approval.objects.get(subject=row.subject)
    approvals.decide(asked.pk, ballot=uuid4(), person=company.union_chair, verb=verb, note=note, at=LATER)
    row.refresh_from_db()
    return row


def ranks(contest: Contest) -> list[tuple[str, int | None]]:
    return [(row.entry.entry, row.rank) for row in standings_of(contest)]


def test_a_proposal_changes_nothing_until_somebody_else_agrees(company: Company, contest: Contest) -> None:
    row = propose(contest, company)

    assert ranks(contest) == [("02", 1), ("01", 2), ("03", 3)]
    assert "disqualification" in {one.code for one in gate.look(contest, at=AT).findings if one.level == "error"}

    decide(row, company, "approve", "证据确凿")

    assert ranks(contest) == [("01", 1), ("03", 2), ("02", None)]
    assert (row.state, row.decision, row.decided_by) == ("agreed", "证据确凿", company.union_chair)
    entry = contest.entries.get(code="02")
    assert (entry.status, entry.status_reason) == ("dq", "使用未批准的焊材")
    assert "disqualification" not in {one.code for one in gate.look(contest, at=AT).findings}
    told = Event.objects.filter(action__startswith="disqualification.").order_by("pk")
    assert [one.action for one in told] == ["disqualification.proposed", "disqualification.agreed"]


def test_refused_or_taken_back_the_entry_goes_on(company: Company, contest: Contest) -> None:
    first = decide(propose(contest, company), company, "refuse", "证据不足")
    second = propose(contest, company)
    flows.withdraw_disqualification(row=second, by=company.chief_judge, at=LATER)

    second.refresh_from_db()
    assert (first.state, first.decision, second.state) == ("refused", "证据不足", "withdrawn")
    assert ranks(contest)[0] == ("02", 1)
    with refused(disqualification.AlreadyDecided):
        flows.withdraw_disqualification(row=second, by=company.chief_judge, at=LATER)


def test_who_proposed_it_cannot_agree_to_it(company: Company, contest: Contest) -> None:
    row = propose(contest, company)

    with refused(SamePerson):
        disqualification.agree(pk=row.pk, by=company.chief_judge, at=LATER)

    assert Entry.objects.filter(status="dq").count() == 0


def test_the_result_is_not_shown_while_a_proposal_waits(company: Company, contest: Contest) -> None:
    row = propose(contest, company)

    with refused(StillOpen):
        results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=LATER)

    decide(row, company, "refuse")
    results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=LATER)
    contest.refresh_from_db()
    assert contest.state == "notice"


def test_refusals_leave_everything_as_it_was(company: Company, contest: Contest) -> None:
    propose(contest, company)
    before = (Disqualification.objects.count(), Event.objects.count(), Approval.objects.count())

    with refused(AlreadyProposed):
        propose(contest, company)
    with refused(corrections.NoReason):
        flows.propose_disqualification(contest=contest, entry="01", reason=" ", by=company.chief_judge, at=AT)
    with refused(corrections.Unknown):
        propose(contest, company, "99")
    with refused(corrections.NeedsAgreement):
        corrections.set_status(contest=contest, entry="01", status="dq", reason="x", by=company.chief_judge, at=AT)
    with refused(WrongState):
        propose(make_noticed(company, code="shown"), company)

    shown = (Disqualification.objects.count(), Event.objects.filter(subject=contest.subject).count())
    assert shown == (before[0], Event.objects.filter(subject=contest.subject).count())
    assert Approval.objects.count() == before[2]


def test_one_person_does_not_lift_an_agreed_disqualification(company: Company, contest: Contest) -> None:
    decide(propose(contest, company), company, "approve")

    with refused(corrections.NeedsAgreement):
        corrections.set_status(contest=contest, entry="02", status="", reason="x", by=company.chief_judge, at=LATER)
    with refused(AlreadyProposed):
        propose(contest, company)


def test_a_cancelled_contest_takes_its_proposals_along(company: Company) -> None:
    contest = make_judging(company)
    row = propose(contest, company, "01")

    flows.cancel(contest=contest, reason="停电", by=company.organiser, at=LATER)

    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert not Approval.objects.filter(subject=row.subject, finished_at=None).exists()


def test_whoever_agrees_reads_the_code_and_no_name(company: Company) -> None:
    contest = make_judging(company, contestants=2, is_blind=True)
    row = propose(contest, company, "01")

    asked = Approval.objects.get(subject=row.subject)

    name = contest.entries.get(code="01").name
    assert "01" in asked.title
    assert name not in f"{asked.title} {asked.facts}"
