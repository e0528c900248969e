"""Deadlines: shown, passed, recorded once, new when a step opens again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.approvals import tasks
from engine.approvals.models import Approval
from engine.events.models import Event
from people.models import Holiday
from tests.factories.approvals import act, make_approval, make_policy

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 1, tzinfo=UTC)  # nine o'clock in Shanghai
FRIDAY_EVENING = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def approval(company):
    make_policy(
        {"key": "head", "approvers": ["manager:1"], "deadline": "450m"}, {"key": "hr", "approvers": ["role:hr"]}
    )
    return make_approval(company.worker, at=FRIDAY)


def overdue():
    return list(Event.objects.filter(action="approval.overdue").values_list("subject", "data"))


def test_deadline_runs_in_working_time(approval):
    assert approval.due_at == FRIDAY_EVENING


def test_passed_deadline_is_recorded_once(approval):
    assert tasks.run_deadlines(at=FRIDAY_EVENING - timedelta(seconds=1)) == 0
    assert tasks.run_deadlines(at=FRIDAY_EVENING) == 1
    assert tasks.run_deadlines(at=MONDAY) == 0

    assert overdue() == [("request:1", {"approval": approval.pk, "steps": ["head"]})]
    assert Approval.objects.get(pk=approval.pk).status == "running"


def test_decided_step_has_no_deadline_any_more(company, approval):
    act(approval, company.leader, at=FRIDAY)

    assert Approval.objects.get(pk=approval.pk).due_at is None
    assert tasks.run_deadlines(at=MONDAY) == 0


def test_deadline_is_new_when_the_step_opens_again(company, approval):
    tasks.run_deadlines(at=FRIDAY_EVENING)
    act(approval, company.leader, "return", note="补材料", at=FRIDAY_EVENING)
    assert Approval.objects.get(pk=approval.pk).due_at is None

    act(approval, company.worker, "submit", at=MONDAY)

    due = Approval.objects.get(pk=approval.pk).due_at
    assert due == MONDAY + timedelta(hours=8, minutes=30)
    assert tasks.run_deadlines(at=due) == 1


def test_open_step_keeps_its_clock_while_others_act(company):
    make_policy({"key": "both", "approvers": ["user:1001", "user:1002"], "deadline": "1d"})
    approval = make_approval(company.worker, at=FRIDAY)
    due = approval.due_at

    act(approval, company.leader, at=FRIDAY + timedelta(hours=5))

    assert Approval.objects.get(pk=approval.pk).due_at == due


def test_edited_calendar_moves_a_running_deadline_at_once(approval):
    Holiday.objects.create(on=date(2026, 11, 20), is_working=False, name="停产")

    assert tasks.recount_deadlines(at=FRIDAY + timedelta(minutes=5)) == 1
    assert tasks.recount_deadlines(at=FRIDAY + timedelta(minutes=6)) == 0

    row = Approval.objects.get(pk=approval.pk)
    assert row.due_at == row.wakes_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # all of its 450 minutes on Monday


def test_day_that_became_a_working_day_lets_a_deadline_pass(company):
    make_policy({"key": "head", "approvers": ["manager:1"], "deadline": "2d", "overdue": "pass"}, name="slow")
    approval = make_approval(company.worker, policy="slow", at=FRIDAY)
    saturday_evening = datetime(2026, 11, 21, 9, 31, tzinfo=UTC)
    Holiday.objects.create(on=date(2026, 11, 21), is_working=True, name="加班")

    assert tasks.run_deadlines(at=saturday_evening) == 0
    assert tasks.recount_deadlines(at=saturday_evening) == 1
    assert Approval.objects.get(pk=approval.pk).due_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert tasks.run_deadlines(at=MONDAY) == 1
    assert Approval.objects.get(pk=approval.pk).status == "approved"


def test_approvals_without_deadline_are_not_recounted(company):
    make_policy({"key": "head", "approvers": ["manager:1"]}, name="free")
    make_approval(company.worker, policy="free", at=FRIDAY)

    assert tasks.recount_deadlines(at=FRIDAY) == 0
