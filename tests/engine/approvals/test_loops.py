"""Loops in the company and in time, with rows: the engine comes to an end, and the worker does not go round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.approvals import tasks
from engine.approvals.domain import policies
from engine.approvals.models import Approval
from people.models import Unit
from people.models.unit import LoopOfUnits
from tests.factories.approvals import NOW, act, make_approval, make_policy

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 1, tzinfo=UTC)  # nine o'clock in Shanghai


def test_unit_cannot_stand_above_itself(company):
    for above in (company.team, company.shop):
        row = Unit.objects.get(pk=company.shop.pk)
        row.parent = above
        with pytest.raises(LoopOfUnits):
            row.save()
    assert Unit.objects.get(pk=company.shop.pk).path == company.shop.path


def test_loop_of_units_in_the_rows_asks_each_head_once(company):
    Unit.objects.filter(pk=company.shop.pk).update(parent=company.team, head=company.hr)  # as no verb would
    make_policy({"key": "heads", "approvers": ["managers:secrecy_officer"], "repeat": "ask"})
    approval = make_approval(company.worker)
    asked = []
    while approval.status == "running":
        person = approval.waiting.get(ended_at=None).person
        asked.append(person.number)
        approval = act(approval, person)

    assert approval.status == "approved"
    assert asked == list(dict.fromkeys(asked))
    assert company.hr.number in asked


def test_what_administrators_leave_alone_comes_again_without_a_trace(company):
    make_policy({"key": "one", "approvers": [f"user:{company.hr.number}"], "deadline": "1h", "overdue": "hand-over"})
    approval = make_approval(company.worker, at=FRIDAY)
    seen = []
    for hour in range(1, 200):
        at = FRIDAY + timedelta(hours=hour)
        tasks.run_deadlines(at=at)
        assert tasks.run_deadlines(at=at) == 0
        approval = Approval.objects.get(pk=approval.pk)
        assert approval.wakes_at > at  # the worker does not look at it again before its time
        seen.append(list(approval.ballots.values_list("verb", flat=True)))

    assert seen[-1].count("hand-over") < 6
    assert seen[-1] == seen[30]
    assert [row.person for row in approval.waiting.filter(ended_at=None)] == [company.administrator]
    assert act(approval, company.administrator, at=FRIDAY + timedelta(days=9)).status == "approved"


def test_policy_with_a_loop_is_no_policy(company):
    hr = {"key": "hr", "approvers": ["role:hr"]}
    for by in (None, company.administrator):
        with pytest.raises(policies.FaultyPolicy, match="stands twice"):
            policies.publish("request", {"steps": [hr, hr | {"approvers": ["manager:1"]}, hr]}, by=by, at=NOW)
