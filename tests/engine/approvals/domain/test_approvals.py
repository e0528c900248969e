"""Ask, decide, return, withdraw: rows follow the pure core, each act once."""

from __future__ import annotations

import uuid

import pytest

from engine.approvals.domain import approvals
from engine.approvals.domain.policies import NoSuchPolicy
from engine.approvals.models import Approval, Ballot, Waiting
from engine.events.models import Event
from tests.factories.approvals import NOW, act, make_approval, make_policy
from tests.support import refused

pytestmark = pytest.mark.django_db


def asked(approval):
    """Numbers of those waited for, by the rows."""
    return sorted(Waiting.objects.filter(approval=approval).values_list("person__number", flat=True))


def acts(approval):
    """(who, verb, step, round) of every recorded act."""
    rows = Ballot.objects.filter(approval=approval).order_by("position")
    return [(row.person.number if row.person else None, row.verb, row.step, row.round) for row in rows]


def snapshot(approval):
    """Everything an act could have changed."""
    row = Approval.objects.values("state", "status", "round", "version", "finished_at").get(pk=approval.pk)
    return row, acts(approval), asked(approval), Event.objects.count()


def test_ask_submits_and_names_who_is_waited_for(company):
    make_policy(("all", "manager:1 role:hr"))

    approval = make_approval(company.worker)

    assert (approval.status, approval.round, approval.version) == ("running", 1, 1)
    assert asked(approval) == [company.leader.number, company.hr.number]
    assert acts(approval) == [("1301", "submit", "", 1)]
    assert approval.facts == [["积分", 500]]


def test_ask_without_policy_says_what_to_do(company):
    with refused(NoSuchPolicy, code="no-such-policy"):
        make_approval(company.worker, policy="nothing")


def test_ask_that_needs_nobody_ends_at_once(company):
    make_policy({"key": "s1", "approvers": ["role:finance"], "empty": "pass"})

    approval = make_approval(company.worker)

    assert (approval.status, approval.finished_at) == ("approved", NOW)
    assert acts(approval) == [("1301", "submit", "", 1), (None, "approve", "s1", 1)]
    assert Ballot.objects.get(approval=approval, person=None).reason == "nobody-pass"
    assert asked(approval) == []


def test_all_ends_with_the_last_approval(company):
    make_policy(("all", "user:1001 user:1002"))
    approval = make_approval(company.worker)

    first = act(approval, company.leader, note="同意")
    second = act(approval, company.shop_head)

    assert (first.status, second.status) == ("running", "approved")
    assert second.finished_at == NOW
    assert acts(approval)[1:] == [("1001", "approve", "s1", 1), ("1002", "approve", "s1", 1)]
    assert asked(approval) == []


def test_any_is_decided_by_the_first_ballot(company):
    make_policy(("any", "user:1001 user:1002"))
    approval = make_approval(company.worker)

    assert act(approval, company.shop_head, "refuse", note="缺材料").status == "refused"
    with refused(approvals.AlreadyDecided, code="already-decided"):
        act(approval, company.leader)


def test_steps_are_asked_one_after_the_other(company):
    make_policy(("all", "manager:1"), ("any", "role:hr"))
    approval = make_approval(company.worker)

    act(approval, company.leader)

    assert asked(approval) == [company.hr.number]
    assert Waiting.asked.filter(approval=approval).count() == 2


def test_same_ballot_again_answers_with_the_stored_outcome(company):
    make_policy(("all", "user:1001 user:1002"))
    approval = make_approval(company.worker)
    ballot = uuid.uuid4()
    act(approval, company.leader, ballot=ballot, note="同意")
    before = snapshot(approval)

    again = act(approval, company.leader, ballot=ballot, note="同意")

    assert again.status == "running"
    assert snapshot(approval) == before


@pytest.mark.parametrize("changed", [{"verb": "refuse"}, {"note": "不同意"}])
def test_same_ballot_with_another_content_is_refused(company, changed):
    make_policy(("all", "user:1001 user:1002"))
    approval = make_approval(company.worker)
    ballot = uuid.uuid4()
    act(approval, company.leader, ballot=ballot, note="同意")
    before = snapshot(approval)

    with refused(approvals.BallotReused, code="ballot-reused"):
        act(approval, company.leader, **({"ballot": ballot, "note": "同意"} | changed))

    assert snapshot(approval) == before


def test_ballot_of_another_person_or_approval_is_refused(company):
    make_policy(("all", "user:1001 user:1002"))
    approval, other = make_approval(company.worker), make_approval(company.worker)
    ballot = uuid.uuid4()
    act(approval, company.leader, ballot=ballot)

    with refused(approvals.BallotReused):
        act(approval, company.shop_head, ballot=ballot)
    with refused(approvals.BallotReused):
        act(other, company.leader, ballot=ballot)


@pytest.mark.parametrize(("who", "verb"), [("stranger", "approve"), ("hr", "refuse"), ("leader", "withdraw")])
def test_who_is_not_asked_changes_nothing(company, who, verb):
    make_policy(("all", "user:1001 user:1002"))
    approval = make_approval(company.worker)
    before = snapshot(approval)

    with refused(approvals.NotYours, code="not-yours"):
        act(approval, getattr(company, who), verb)

    assert snapshot(approval) == before


def test_second_ballot_in_a_step_is_not_yours_any_more(company):
    make_policy(("all", "user:1001 user:1002"))
    approval = make_approval(company.worker)
    act(approval, company.leader)

    with refused(approvals.NotYours):
        act(approval, company.leader, "refuse")


def test_return_and_resubmit_begin_another_round(company):
    make_policy(("all", "user:1001"), ("all", "user:1002"))
    approval = make_approval(company.worker)
    act(approval, company.leader)

    returned = act(approval, company.shop_head, "return", note="补材料")
    assert (returned.status, asked(approval)) == ("returned", ["1301"])
    again = approvals.resubmit(approval.pk, ballot=uuid.uuid4(), person=company.worker, at=NOW)

    assert (again.status, again.round) == ("running", 2)
    assert asked(approval) == ["1001"]
    assert acts(approval)[2:] == [("1002", "return", "s2", 1), ("1301", "submit", "", 2)]


def test_page_of_an_earlier_round_is_stale(company):
    make_policy(("all", "user:1001"))
    approval = make_approval(company.worker)
    act(approval, company.leader, "return", note="补材料")
    approvals.resubmit(approval.pk, ballot=uuid.uuid4(), person=company.worker, at=NOW)
    before = snapshot(approval)

    with refused(approvals.Stale, code="stale"):
        act(approval, company.leader, round=1)

    assert snapshot(approval) == before
    assert act(approval, company.leader, round=2).status == "approved"


def test_withdraw_ends_it(company):
    make_policy(("all", "user:1001"))
    approval = make_approval(company.worker)

    ended = approvals.withdraw(approval.pk, ballot=uuid.uuid4(), person=company.worker, at=NOW, note="不需要了")

    assert (ended.status, ended.finished_at, asked(approval)) == ("withdrawn", NOW, [])
    with refused(approvals.AlreadyDecided):
        act(approval, company.leader)


def test_who_approved_before_is_passed_by_the_system(company):
    make_policy(("all", "user:1001"), ("all", "user:1001 user:1002"))
    approval = make_approval(company.worker)

    act(approval, company.leader)

    assert acts(approval)[1:] == [("1001", "approve", "s1", 1), (None, "approve", "s2", 1)]
    assert asked(approval) == ["1002"]


def test_verb_the_core_does_not_know_is_refused_in_words(company):
    make_policy(("all", "user:1001"))
    approval = make_approval(company.worker)

    with refused(approvals.Refused):
        act(approval, company.leader, "dance")


def test_running_approval_keeps_its_policy_version(company):
    make_policy(("all", "user:1001"), ("all", "user:1002"))
    approval = make_approval(company.worker)
    make_policy(("all", "user:1001"))

    act(approval, company.leader)

    assert Approval.objects.get(pk=approval.pk).policy.version == 1
    assert asked(approval) == ["1002"]
    assert make_approval(company.worker).policy.version == 2
