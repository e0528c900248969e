"""contests/flows/appeals.py and contests/domain/appeals.py: handed in, arbitrated, decided, carried out, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from contests import flows
from contests.domain import appeals, changes, results
from contests.domain.appeals import File
from contests.domain.corrections import NoReason
from contests.domain.setup import WrongState
from contests.flows.appeals import NotDecided
from contests.flows.contest import HELD, ContestFlow
from contests.flows.policies import APPEAL
from contests.models import Appeal, Change, Contest, Entry, Evidence, ResultRow, Teammate
from contests.queries.appeals import pending
from engine.approvals.domain import approvals, policies
from engine.approvals.models import Approval
from engine.events.models import Event
from engine.flows.nodes import TaskAlreadyDone
from engine.flows.tasks import fire_due
from engine.notices.models import Notice
from people.domain import ties
from people.models import Employee
from rewards.domain import ledger
from tests.contests.flows.test_contest import fund, noticed, points_of
from tests.factories.contests import AT
from tests.factories.people import Company, make_company, make_employee, make_unit
from tests.factories.results import new_mark, penalty
from tests.support import refused


@pytest.fixture
def contest(company: Company) -> Contest:
    """On public notice: the worker has 90 points, another one 70; points are there to be paid."""
    contest = noticed(company)
    fund(company)
    return contest


def loser(contest: Contest, company: Company) -> Employee:
    person = Entry.objects.get(contest=contest, result__rank=2).employee
    assert person is not None
    return person


def hand_in(contest: Contest, by: Employee, **given: Any) -> Appeal:
    facts = {"kind": "appeal", "text": "笔试分数登记错误", "at": AT, "key": uuid4(), **given}
    return flows.appeal(contest=contest, by=by, **facts)


def impartial(company: Company, count: int = 3) -> list[Employee]:
    """People of a plant of their own."""
    unit = make_unit("mill", "轧钢厂", parent=company.root, kind="plant")
    return [make_employee(unit, name=f"仲裁{number}") for number in range(count)]


def name(appeal: Appeal, company: Company, people: list[Employee] | None = None) -> list[Employee]:
    people = people or impartial(company)
    flows.name_arbitrators(appeal=appeal, people=people, by=company.organiser, at=AT)
    appeal.refresh_from_db()
    return people


def vote(appeal: Appeal, *votes: tuple[Employee, str], at: Any = AT) -> Appeal:
    asked = Approval.objects.get(subject=appeal.subject)
    for person, verb in votes:
        note = "证据不足" if verb == "refuse" else "属实"
        approvals.decide(asked.pk, ballot=uuid4(), person=person, verb=verb, note=note, at=at)
    appeal.refresh_from_db()
    return appeal


def uphold(contest: Contest, company: Company, appeal: Appeal) -> Appeal:
    people = name(appeal, company)
    return vote(appeal, (people[0], "approve"), (people[1], "approve"))


def prepare(appeal: Appeal, company: Company, *steps: dict[str, str]) -> Change:
    return flows.propose_change(
        appeal=appeal,
        contest=appeal.contest,
        key=uuid4(),
        steps=steps,
        reason="申诉成立",
        by=company.chief_judge,
        at=AT,
    )


def due(contest: Contest) -> Any:
    return ContestFlow.task_class.objects.get(process=contest.process_id, flow_task=ContestFlow.notice).scheduled


def test_an_appeal_is_about_the_own_entry_and_holds_the_notice_back(contest: Contest, company: Company) -> None:
    before = due(contest)

    appeal = hand_in(contest, company.worker, aspect="paper")

    assert (appeal.state, appeal.entry.employee, appeal.aspect) == ("submitted", company.worker, "paper")
    assert (before, due(contest)) == (contest.notice_until, HELD)
    told = Event.objects.get(action="appeal.handed-in")
    assert (told.by, told.data["appeal"], told.data["accepted_by"]) == (company.worker, str(appeal.pk), None)
    assert {row.person for row in Notice.objects.filter(kind="appeal.handed-in")} == {
        company.organiser, company.chief_judge
    }  # fmt: skip


def test_the_same_key_again_is_the_same_appeal(contest: Contest, company: Company) -> None:
    key = uuid4()

    once, twice = (hand_in(contest, company.worker, key=key) for _ in range(2))

    assert once == twice
    assert Appeal.objects.count() == Event.objects.filter(action="appeal.handed-in").count() == 1


def test_anybody_may_object(contest: Contest, company: Company) -> None:
    whole = hand_in(contest, company.stranger, kind="objection")
    other = hand_in(contest, company.stranger, kind="objection", entry=contest.entries.first().code)

    assert (whole.entry, other.entry) == (None, contest.entries.first())


def test_a_teammate_appeals_for_the_team(contest: Contest, company: Company) -> None:
    entry = contest.entries.get(employee=company.worker)
    Teammate.objects.create(entry=entry, employee=company.stranger)

    assert hand_in(contest, company.stranger).entry == entry


def test_evidence_is_kept_with_its_hash(contest: Contest, company: Company) -> None:
    hand_in(contest, company.worker, files=[File("试卷.jpg", b"abc", "image/jpeg")])

    row = Evidence.objects.get()
    assert (row.name, bytes(row.content), row.content_type) == ("试卷.jpg", b"abc", "image/jpeg")
    assert row.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_last_moment_of_the_notice_is_in_time(contest: Contest, company: Company) -> None:
    until = contest.notice_until

    assert hand_in(contest, company.worker, at=until).state == "submitted"
    with refused(appeals.TooLate, code="too-late"):
        hand_in(contest, company.worker, at=until + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        ({"text": "  "}, appeals.Incomplete, "text"),
        ({"text": "字" * 4001}, appeals.Incomplete, "text-too-long"),
        ({"kind": "complaint"}, appeals.Incomplete, "kind"),
        ({"aspect": "beauty"}, appeals.Incomplete, "unknown-aspect"),
        ({"kind": "objection", "entry": "99"}, appeals.Incomplete, "unknown-entry"),
        ({"files": [File("x", b"x", "image/jpeg")] * 6}, appeals.Incomplete, "too-many-files"),
        ({"entry": "99"}, appeals.NotAParty, "not-a-party"),
    ],
)
def test_an_appeal_that_cannot_be_is_refused(
    contest: Contest, company: Company, given: dict[str, Any], kind: type[Exception], code: str
) -> None:
    with refused(kind, code=code):
        hand_in(contest, company.worker, **given)

    assert due(contest) == contest.notice_until


def test_who_does_not_take_part_objects_instead_of_appealing(contest: Contest, company: Company) -> None:
    with refused(appeals.NotAParty, code="not-a-party"):
        hand_in(contest, company.stranger)


def test_before_the_notice_nobody_appeals(contest: Contest, company: Company) -> None:
    Contest.objects.update(state="review", notice_until=None)

    with refused(appeals.TooLate, code="too-early"):
        hand_in(contest, company.worker)


def test_the_named_panel_is_asked_and_the_majority_upholds(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, company.worker)

    people = name(appeal, company)
    asked = Approval.objects.get(subject=appeal.subject)
    hearing, waiting = appeal.state, {row.person for row in asked.waiting.all()}
    vote(appeal, (people[0], "approve"), (people[1], "refuse"))
    open_still = appeal.state
    vote(appeal, (people[2], "approve"))

    assert waiting == set(people)
    assert (hearing, open_still, appeal.state, appeal.decision) == ("hearing", "hearing", "upheld", "属实\n属实")
    assert asked.applicant == company.worker
    assert [row.employee for row in appeal.arbitrators.all()] == people
    assert pending(contest).get() == appeal


def test_rejected_the_notice_ends_in_its_time(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, company.worker)
    people = name(appeal, company)

    vote(appeal, (people[0], "refuse"), (people[2], "refuse"))

    assert (appeal.state, appeal.decision, due(contest)) == ("rejected", "证据不足\n证据不足", contest.notice_until)
    assert Notice.objects.filter(kind="appeal.decided").count() == 2


@pytest.mark.django_db(transaction=True)
def test_while_an_appeal_is_open_the_result_does_not_become_final() -> None:
    company = make_company()
    contest = noticed(company)
    fund(company)
    until = contest.notice_until
    appeal = hand_in(contest, company.worker)
    later = until + timedelta(days=2)

    fired = fire_due(at=later)
    with pytest.raises(results.OpenAppeals) as caught:
        flows.publish(contest=contest, by=company.chief_judge, at=later)
    with pytest.raises(results.OpenAppeals):
        flows.end_notice(contest=contest, by=company.administrator, at=later)
    people = name(appeal, company)
    vote(appeal, (people[0], "refuse"), (people[1], "refuse"), at=later)
    ended = fire_due(at=later)

    contest.refresh_from_db()
    assert (fired, ended, contest.state, points_of(company.worker)) == (0, 1, "final", 300)
    assert "1" in caught.value.messages[0]


def test_another_open_appeal_still_holds_the_notice_back(contest: Contest, company: Company) -> None:
    first, second = hand_in(contest, company.worker), hand_in(contest, company.stranger, kind="objection")

    flows.withdraw_appeal(appeal=first, by=company.worker, at=AT)
    held = due(contest)
    flows.withdraw_appeal(appeal=second, by=company.stranger, at=AT)

    assert (held, due(contest)) == (HELD, contest.notice_until)


def test_upheld_it_is_carried_out_by_the_correction_that_was_shown(contest: Contest, company: Company) -> None:
    second = loser(contest, company)
    appeal = hand_in(contest, second)
    change = prepare(appeal, company, new_mark(appeal.entry.code, "95"))
    with refused(NotDecided, code="not-decided"):
        flows.apply_change(change=change, by=company.chief_judge, at=AT)
    uphold(contest, company, appeal)
    between = due(contest)

    done = flows.apply_change(change=change, by=company.chief_judge, at=AT, shown=change.difference["digest"])
    final = flows.end_notice(contest=contest, by=company.administrator, at=AT)

    assert (done.state, between, final.state) == ("applied", HELD, "final")
    assert ResultRow.objects.get(rank=1).entry == appeal.entry
    assert (points_of(second), points_of(company.worker)) == (300, 10)


def test_upheld_without_consequences_says_why(contest: Contest, company: Company) -> None:
    appeal = uphold(contest, company, hand_in(contest, company.stranger, kind="objection"))

    with refused(NoReason, code="reason"):
        flows.settle_appeal(appeal=appeal, reason=" ", by=company.organiser, at=AT)
    flows.settle_appeal(appeal=appeal, reason="名次不变", by=company.organiser, at=AT)

    assert (due(contest), pending(contest).count()) == (contest.notice_until, 0)
    assert Event.objects.get(action="appeal.settled").data["reason"] == "名次不变"
    with refused(TaskAlreadyDone):
        flows.settle_appeal(appeal=appeal, reason="again", by=company.organiser, at=AT)


def test_a_rejected_appeals_correction_is_not_applied(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, company.worker)
    change = prepare(appeal, company, penalty(appeal.entry.code, "1"))
    people = name(appeal, company)
    vote(appeal, (people[0], "refuse"), (people[1], "refuse"))

    with refused(NotDecided, code="not-decided"):
        flows.apply_change(change=change, by=company.chief_judge, at=AT)
    with refused(appeals.NotOpen, code="appeal-state"):
        prepare(appeal, company)


def test_a_correction_of_another_contest_is_not_linked(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, company.worker)
    other = Contest.objects.create(code="other", title="x", state="notice")
    change = Change.objects.create(id=uuid4(), contest=other, reason="x", by=company.chief_judge, at=AT)

    with refused(appeals.Incomplete, code="other-contest"):
        appeals.link(appeal_id=appeal.pk, change=change, by=company.chief_judge, at=AT)


def test_what_was_carried_out_gets_no_other_correction(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, company.worker)
    change = prepare(appeal, company, penalty(appeal.entry.code, "1"))
    uphold(contest, company, appeal)
    flows.apply_change(change=change, by=company.chief_judge, at=AT)

    with refused(appeals.NotOpen, code="carried-out"):
        prepare(appeal, company)


def test_withdrawn_while_it_is_heard(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, company.worker)
    name(appeal, company)

    flows.withdraw_appeal(appeal=appeal, by=company.worker, at=AT, reason="已说明")

    assert (appeal.state, appeal.decision, due(contest)) == ("withdrawn", "已说明", contest.notice_until)
    assert not Approval.objects.filter(subject=appeal.subject, finished_at=None).exists()
    with refused(appeals.NotOpen, code="appeal-state"):
        flows.withdraw_appeal(appeal=appeal, by=company.worker, at=AT)


class TestConflicts:
    """Who must not arbitrate, each with the reason."""

    @pytest.mark.parametrize(
        ("who", "how"),
        [
            ("judge", "judged"), ("chief_judge", "judged"), ("worker", "party"), ("leader", "same unit"),
            ("shop_head", "same unit"), ("loser", "takes part"),
        ],
    )  # fmt: skip
    def test_they_are_refused_with_the_reason(self, contest: Contest, company: Company, who: str, how: str) -> None:
        appeal = hand_in(contest, company.worker)
        person = loser(contest, company) if who == "loser" else getattr(company, who)
        two = impartial(company, 2)

        with translation.override("en"), refused(appeals.Conflicted, code="conflict-of-interest") as caught:
            flows.name_arbitrators(appeal=appeal, people=[*two, person], by=company.organiser, at=AT)

        assert any(person.name in said and how in said for said in caught.value.messages)
        assert not appeal.arbitrators.exists()

    @pytest.mark.parametrize("kind", ["relative", "mentor"])
    def test_relatives_and_mentors_are_refused(self, contest: Contest, company: Company, kind: str) -> None:
        appeal = hand_in(contest, company.worker)
        people = impartial(company)
        ties.declare(employee=people[0], other=company.worker, kind=kind, by=company.hr, at=AT)

        with refused(appeals.Conflicted, code="conflict-of-interest"):
            flows.name_arbitrators(appeal=appeal, people=people, by=company.organiser, at=AT)

    def test_who_has_left_is_refused(self, contest: Contest, company: Company) -> None:
        appeal = hand_in(contest, company.worker)
        people = impartial(company)
        Employee.objects.filter(pk=people[0].pk).update(is_active=False)
        people[0].refresh_from_db()

        with refused(appeals.Conflicted, code="conflict-of-interest"):
            flows.name_arbitrators(appeal=appeal, people=people, by=company.organiser, at=AT)

    def test_an_objection_to_an_entry_keeps_out_its_unit_too(self, contest: Contest, company: Company) -> None:
        entry = contest.entries.get(employee=company.worker).code
        outsider = make_employee(make_unit("lab", "质检", parent=company.root, kind="shop"))
        appeal = hand_in(contest, outsider, kind="objection", entry=entry)

        with refused(appeals.Conflicted, code="conflict-of-interest"):
            flows.name_arbitrators(
                appeal=appeal, people=[*impartial(company, 2), company.leader], by=company.organiser, at=AT
            )

    @pytest.mark.parametrize("count", [2, 4])
    def test_exactly_as_many_as_the_policy_wants(self, contest: Contest, company: Company, count: int) -> None:
        appeal = hand_in(contest, company.worker)

        with refused(appeals.Incomplete, code="how-many"):
            flows.name_arbitrators(appeal=appeal, people=impartial(company, count), by=company.organiser, at=AT)

    def test_nobody_is_named_twice(self, contest: Contest, company: Company) -> None:
        appeal = hand_in(contest, company.worker)
        people = impartial(company, 2)

        with refused(appeals.Incomplete, code="twice"):
            flows.name_arbitrators(appeal=appeal, people=[*people, people[0]], by=company.organiser, at=AT)

    def test_a_panel_is_named_once(self, contest: Contest, company: Company) -> None:
        appeal = hand_in(contest, company.worker)
        people = name(appeal, company)

        with refused(TaskAlreadyDone):
            flows.name_arbitrators(appeal=appeal, people=people, by=company.organiser, at=AT)

    def test_a_vote_handed_to_somebody_with_a_conflict_does_not_decide(
        self, contest: Contest, company: Company
    ) -> None:
        appeal = hand_in(contest, company.worker)
        people = name(appeal, company)
        asked = Approval.objects.get(subject=appeal.subject)
        action = {"do": "transfer", "to": company.leader.number}
        approvals.act(asked.pk, ballot=uuid4(), person=people[0], action=action, at=AT)
        vote(appeal, (company.leader, "approve"))

        with refused(appeals.Conflicted, code="conflict-of-interest"):
            vote(appeal, (people[1], "approve"))

        appeal.refresh_from_db()
        assert appeal.state == "hearing"

    def test_another_policy_with_five_is_followed(self, contest: Contest, company: Company) -> None:
        step = {"key": "five", "approvers": ["applicant-picks:5"], "mode": "vote", "pass": ">1/2"}
        policies.publish(APPEAL, {"steps": [step]}, by=company.administrator, at=AT)
        appeal = hand_in(contest, company.worker)

        people = name(appeal, company, impartial(company, 5))

        assert vote(appeal, *((person, "approve") for person in people[:3])).state == "upheld"


class TestAfterTheFinalResult:
    """A late appeal is accepted by the union chair; upheld, points are corrected by reversal."""

    @pytest.fixture
    def final(self, contest: Contest, company: Company) -> Contest:
        return flows.end_notice(contest=contest, by=company.administrator, at=AT)

    def test_a_late_appeal_is_refused_to_the_contestant(self, final: Contest, company: Company) -> None:
        with refused(appeals.TooLate, code="too-late"):
            hand_in(final, company.worker)

    def test_accepted_and_upheld_it_corrects_by_reversal(self, final: Contest, company: Company) -> None:
        second = loser(final, company)
        appeal = hand_in(final, second, accepted_by=company.union_chair)
        change = prepare(appeal, company, new_mark(appeal.entry.code, "95"))
        before = (points_of(second), points_of(company.worker))
        uphold(final, company, appeal)

        flows.apply_change(change=change, by=company.chief_judge, at=AT)

        assert (before, points_of(second), points_of(company.worker)) == ((10, 300), 300, 10)
        final.refresh_from_db()
        assert (final.state, Event.objects.get(action="appeal.handed-in").data["accepted_by"]) == (
            "final", company.union_chair.number
        )  # fmt: skip
        assert ledger.verify() is None

    def test_rejected_it_changes_nothing(self, final: Contest, company: Company) -> None:
        appeal = hand_in(final, company.worker, accepted_by=company.union_chair)
        people = name(appeal, company)

        vote(appeal, (people[0], "refuse"), (people[1], "refuse"))

        final.refresh_from_db()
        assert (appeal.state, final.state, points_of(company.worker)) == ("rejected", "final", 300)

    def test_without_a_public_result_nothing_is_accepted(self, final: Contest, company: Company) -> None:
        Contest.objects.update(state="cancelled")

        with refused(WrongState, code="wrong-state"):
            hand_in(final, company.worker, accepted_by=company.union_chair)


def test_a_draft_is_proposed_for_the_contest_itself(contest: Contest, company: Company) -> None:
    change = flows.propose_change(
        contest=contest, key=uuid4(), steps=[penalty(contest.entries.first().code, "1")], reason="漏扣",
        by=company.chief_judge, at=AT,
    )  # fmt: skip

    done = flows.apply_change(change=change, by=company.chief_judge, at=AT)

    assert (done.state, changes.back_of(done) is not None) == ("applied", True)
