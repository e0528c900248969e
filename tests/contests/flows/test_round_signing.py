"""The panel signs the round: in order, by hand, exactly what stands; whatever changes later asks again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from contests import flows
from contests.domain import bundles, corrections, gate, panels, results
from contests.domain.round_signing import Changed
from contests.flows import sweeps
from contests.models import RoundSigning
from contests.queries import round_signing as rounds
from engine.approvals.domain import approvals, policies
from engine.approvals.domain.approvals import SignatureMissing
from engine.approvals.models import Approval, Ballot
from engine.events.models import Event
from engine.flows.nodes import TaskAlreadyDone
from engine.proof.models import Leaf
from people.domain import substitutes
from tests.contests.management.test_contest import FILES
from tests.factories import contests as made
from tests.factories.contests import AT, PNG, clear_gate, make_contest, mark_everything, register, sheet_of
from tests.factories.people import Company, give_role, make_employee
from tests.factories.round_signing import (
    LATER,
    agree,
    correct,
    findings,
    last,
    make_closed,
    running,
    sign,
    sign_all,
    waiting,
)
from tests.support import refused


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):  # whatever the visitor of the test before spoke
        yield


def test_judges_then_leader_then_chief_then_organiser_are_asked(company: Company) -> None:
    contest = make_closed(company)

    asked = [waiting(contest)]
    sign(contest, company.judge.number, "881", "882")
    asked.append(waiting(contest))
    sign(contest, "881")
    asked.append(waiting(contest))
    sign(contest, company.chief_judge.number)
    asked.append(waiting(contest))
    sign(contest, company.organiser.number)

    assert asked == [
        sorted([company.judge.name, "评委1", "评委2"]), ["评委1"], [company.chief_judge.name], [company.organiser.name],
    ]  # fmt: skip
    assert (last(contest).state, last(contest).number) == ("signed", 1)


def test_everybody_signs_by_hand_but_the_organiser(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)

    with refused(SignatureMissing):
        agree(running(contest), company.judge)
    sign(contest, company.judge.number, company.chief_judge.number)
    agree(running(contest), company.organiser)

    assert last(contest).state == "signed"


def test_the_signed_round_is_a_leaf_with_every_signature(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)
    sign(contest, company.judge.number, company.chief_judge.number)
    agree(running(contest), company.organiser)

    leaf = Leaf.objects.get(kind="round")
    record = json.loads(bytes(leaf.record or b""))
    ballots = [str(pk) for pk in Ballot.objects.filter(approval=running(contest), verb="approve", person__isnull=False)
               .order_by("position").values_list("pk", flat=True)]  # fmt: skip
    signed = [row for row in record["signatures"] if row[1] in ballots]
    assert leaf.key == f"{contest.code}:1"
    assert (record["contest"], record["number"], record["round"]) == (contest.code, 1, last(contest).digest)
    assert [(step, bool(png)) for step, _ballot, png in signed] == [
        ("judges", True), ("chief", True), ("secretary", False),
    ]  # fmt: skip
    assert [ballot for _step, ballot, _png in signed] == ballots


def test_the_digest_is_the_servers_and_names_nobody(company: Company) -> None:
    contest = make_closed(company)

    row = last(contest)

    assert row.digest == rounds.digest_of(contest)
    assert len(row.digest) == 64
    assert sorted(code for _rank, code, _total in row.rows) == ["01", "02", "03"]
    names = list(contest.entries.values_list("employee__name", flat=True))
    told = json.dumps(rounds.round_facts(str(row.pk)).facts, default=str, ensure_ascii=False)  # type: ignore[union-attr]
    assert not any(name in told for name in names if name)


def test_the_gate_says_who_has_not_signed(company: Company) -> None:
    contest = make_closed(company, judges=1)
    sign(contest, company.judge.number)

    assert findings(contest) == {"round": "本轮尚未签字：评委1。"}
    with refused(gate.GateClosed):
        flows.submit_result(contest=contest, by=company.chief_judge, at=AT)


def test_a_signed_round_goes_through_the_gate(company: Company) -> None:
    contest = make_closed(company)
    sign_all(contest, company)
    clear_gate(contest, company.chief_judge)

    flows.submit_result(contest=contest, by=company.chief_judge, at=AT)
    agree(Approval.objects.get(subject=contest.subject, finished_at=None), company.union_chair)

    contest.refresh_from_db()
    assert findings(contest) == {}
    assert contest.state == "notice"


def test_a_corrected_mark_voids_the_signatures_and_asks_again_saying_why(company: Company) -> None:
    contest = make_closed(company)
    sign_all(contest, company)
    correct(contest, company)
    state, told = last(contest).state, findings(contest)

    asked = [
        sweeps.ask_rounds_again(at=AT),
        sweeps.ask_rounds_again(at=LATER),
        sweeps.ask_rounds_again(at=LATER),
    ]

    row = last(contest)
    assert (state, told) == (
        "void",
        {"round": "签字后成绩有变动（记录抄错）：将重新请裁判组签字。"},
    )
    assert asked == [0, 1, 0]
    assert (row.number, row.state, row.cause, row.digest) == (2, "running", "记录抄错", rounds.digest_of(contest))
    assert waiting(contest) == sorted([company.judge.name, "评委1", "评委2"])
    assert Event.objects.get(action="round.voided").data["reason"] == "记录抄错"
    sign_all(contest, company, at=LATER)
    assert last(contest).state == "signed"


def test_a_correction_between_two_signatures_stops_the_second(company: Company) -> None:
    contest = make_closed(company)
    sign(contest, company.judge.number)
    correct(contest, company)

    with refused(Changed):
        sign(contest, "881")
    sweeps.ask_rounds_again(at=LATER)

    first = Approval.objects.filter(subject__startswith="round:").order_by("pk").first()
    assert first is not None
    assert first.status == "void"
    assert last(contest).number == 2


@pytest.mark.parametrize("change", ["penalty", "cancel", "status", "factor"])
def test_whatever_changes_the_result_voids_the_signatures(company: Company, change: str) -> None:
    contest = make_closed(company, judges=0, leader=False)
    by: dict[str, Any] = {"by": company.chief_judge, "at": AT}
    if change == "cancel":
        given = corrections.penalise(contest=contest, entry="01", points="1", reason="超时", **by)
        sweeps.ask_rounds_again(at=LATER)
        corrections.cancel_penalty(penalty_id=given.pk, reason="误判", **by)
    elif change == "penalty":
        corrections.penalise(contest=contest, entry="01", points="1", reason="超时", **by)
    elif change == "status":
        corrections.set_status(contest=contest, entry="01", status="dnf", reason="中途退出", **by)
    else:
        corrections.set_factor(contest=contest, entry="01", aspect="seam", factor="1.2", **by)

    assert last(contest).state == "void"
    assert last(contest).reason


def test_a_correction_that_changes_nothing_leaves_the_signatures(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)

    correct(contest, company, value="1")

    assert last(contest).state == "running"


def test_a_change_while_the_union_agrees_brings_the_round_back(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)
    sign(contest, company.judge.number, company.chief_judge.number, company.organiser.number)
    clear_gate(contest, company.chief_judge)
    flows.submit_result(contest=contest, by=company.chief_judge, at=AT)
    correct(contest, company)
    union = Approval.objects.get(subject=contest.subject, finished_at=None)

    with refused(results.round_signing.NotSigned):
        agree(union, company.union_chair)
    sweeps.ask_rounds_again(at=LATER)

    union.refresh_from_db()
    contest.refresh_from_db()
    assert (union.status, contest.state, last(contest).number) == ("void", "review", 2)
    assert waiting(contest) == [company.judge.name]


def test_who_does_not_sign_sends_it_to_the_chief_judge(company: Company) -> None:
    contest = make_closed(company)
    approvals.decide(
        running(contest).pk,
        ballot=uuid4(),
        person=company.judge,
        verb="refuse",
        note="02 号的分不对",
        at=AT,
        signature=PNG,
    )

    told = findings(contest)
    quiet = sweeps.ask_rounds_again(at=LATER)
    flows.sign_again(contest=contest, by=company.chief_judge, at=LATER)

    assert told["round"].startswith("有人拒绝签字：02 号的分不对")
    assert quiet == 0
    assert (last(contest).number, last(contest).cause) == (2, "02 号的分不对")


def test_nobody_asks_twice(company: Company) -> None:
    contest = make_closed(company)

    with refused(TaskAlreadyDone):
        flows.sign_again(contest=contest, by=company.chief_judge, at=AT)


def test_a_judge_who_does_not_come_is_passed_over_and_the_gate_wants_a_reason(company: Company) -> None:
    contest = make_closed(company, leader=False)
    sign(contest, company.judge.number, "881")

    approvals.wake(running(contest).pk, at=AT + timedelta(days=3))
    later = AT + timedelta(days=3)
    sign(contest, company.chief_judge.number, company.organiser.number, at=later)

    assert findings(contest, at=later) == {"round-overdue": "逾期未签、已越过：评委2。"}


def test_a_substitute_signs_for_a_judge(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)
    other = make_employee(company.root, name="替补", number="990")
    substitutes.name(person=company.judge, to=other, from_on=AT.date(), until_on=None, policies=[], at=AT)
    approvals.refresh(running(contest).pk, at=AT)

    sign(contest, "990", company.chief_judge.number, company.organiser.number)

    assert last(contest).state == "signed"


def test_replaced_recused_and_practising_members_are_not_asked(company: Company) -> None:
    contest = make_contest(company, quota=None)
    people = {}
    for number, role in (("881", "judge"), ("882", "judge"), ("883", "trainee"), ("884", "observer")):
        people[number] = make_employee(company.root, name=number, number=number)
        give_role(people[number], "judge")
        panels.assign(contest=contest, employee=people[number], role=role, by=company.organiser, at=AT)
    fresh = make_employee(company.root, name="885", number="885")
    contest = flows.submit(contest=contest, by=company.organiser, at=AT)
    agree(Approval.objects.get(subject=contest.subject), company.union_chair)
    for person in made.make_contestants(company, 2):
        register(contest, person)
    flows.close_registration(contest=contest, by=company.organiser, at=AT)
    flows.draw(contest=contest, by=company.organiser, at=AT)
    flows.start_judging(contest=contest, by=company.organiser, at=AT)
    member = contest.panel.get(employee=people["881"])
    panels.replace(contest=contest, member=member, employee=fresh, reason="急病", by=company.chief_judge, at=AT)
    for entry in ("01", "02"):
        sheet = sheet_of(contest, people["882"])
        panels.recuse(sheet_id=sheet.pk, entry=entry, reason="师徒", by=company.chief_judge, at=AT)
    mark_everything(contest, company.judge)

    flows.close_judging(contest=contest, by=company.chief_judge, at=AT, reason="时间到")

    assert waiting(contest) == sorted([company.judge.name, "885"])


def test_a_policy_that_asks_nobody_skips_it(company: Company) -> None:
    nobody = {"steps": [{"key": "none", "approvers": ["subject:leader"], "empty": "pass"}]}
    policies.publish("contest-round", nobody, by=None, at=AT)

    contest = make_closed(company, leader=False)

    assert last(contest).state == "signed"
    assert findings(contest) == {}


def test_a_contest_closed_before_there_were_signatures_goes_on(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)
    sign(contest, company.judge.number, company.chief_judge.number, company.organiser.number)
    RoundSigning.objects.all().delete()
    clear_gate(contest, company.chief_judge)

    flows.submit_result(contest=contest, by=company.chief_judge, at=AT)

    assert Approval.objects.filter(subject=contest.subject, finished_at=None).exists()


def test_an_imported_contest_is_not_signed(company: Company) -> None:
    contest = bundles.import_bundle(
        files={name: text.encode() for name, text in FILES.items()}, by=company.organiser, at=AT
    )
    flows.submit_result(contest=contest, by=company.organiser, at=AT)

    assert rounds.latest(contest) is None
    approval = Approval.objects.get(subject=contest.subject)
    approvals.decide(approval.pk, ballot=uuid4(), person=company.union_chair, verb="refuse", at=AT)
    with refused(TaskAlreadyDone):
        flows.sign_again(contest=contest, by=company.organiser, at=AT)


def test_a_cancelled_contest_asks_nobody(company: Company) -> None:
    contest = make_closed(company)
    approval = running(contest)

    flows.cancel(contest=contest, reason="停办", by=company.organiser, at=AT)

    approval.refresh_from_db()
    assert approval.status == "void"
    assert sweeps.ask_rounds_again(at=LATER) == 0
