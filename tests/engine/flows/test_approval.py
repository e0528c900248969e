"""The node that asks people."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Process, Task

from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from engine.flows.flow import JinbangFlow
from engine.flows.nodes import Approval as ApprovalNode
from engine.flows.nodes import End, Start, TaskAlreadyDone, this
from tests.engine.flows.samples import CALLS, RequestFlow, SmallFlow
from tests.factories.approvals import act, make_policy
from tests.support import refused

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    CALLS.clear()


def start(company, flow=RequestFlow, **given):
    """Begin a request of the worker and return (process, approval)."""
    process = flow.start.run(subject="request:1", by=company.worker, at=NOW, **given)
    return process, Approval.objects.get(task__process=process)


def path(process):
    return [(task.flow_task.name, str(task.status)) for task in Task.objects.filter(process=process).order_by("pk")]


def test_node_asks_on_behalf_of_who_began(company):
    make_policy(("all", "user:1001"))

    process, approval = start(company)

    assert (approval.subject, approval.title, approval.applicant) == ("request:1", "一天假", company.worker)
    assert approval.task.flow_task is RequestFlow.agree
    assert path(process) == [("start", "DONE"), ("agree", "NEW")]


def test_approved_walks_on_in_the_same_call(company):
    make_policy(("all", "user:1001 user:1002"))
    process, approval = start(company)

    act(approval, company.leader, at=NOW)
    assert CALLS == []
    act(approval, company.shop_head, at=NOW + timedelta(hours=1))

    assert CALLS == ["granted after approved by 1002"]
    process.refresh_from_db()
    assert (process.status, process.finished) == ("DONE", NOW + timedelta(hours=1))


def test_refused_goes_the_other_way_and_may_be_asked_again(company):
    make_policy(("all", "user:1001"))
    process, approval = start(company)

    act(approval, company.leader, "refuse", note="缺材料")
    assert path(process)[-1] == ("change", "NEW")
    RequestFlow.change.run_in(process, by=company.worker, at=NOW)

    assert Approval.objects.filter(task__process=process).count() == 2
    assert path(process)[-1] == ("agree", "NEW")


def test_withdrawn_has_a_way_of_its_own(company):
    make_policy(("all", "user:1001"))
    process, approval = start(company)

    approvals.withdraw(approval.pk, ballot=uuid.uuid4(), person=company.worker, at=NOW)

    assert path(process)[-1] == ("forget", "DONE")
    assert Process.objects.get(pk=process.pk).status == "DONE"


def test_return_to_the_applicant_leaves_the_task_waiting(company):
    make_policy(("all", "user:1001"))
    process, approval = start(company)

    act(approval, company.leader, "return", note="补材料")

    assert path(process) == [("start", "DONE"), ("agree", "NEW")]
    approvals.resubmit(approval.pk, ballot=uuid.uuid4(), person=company.worker, at=NOW)
    act(approval, company.leader)
    assert CALLS == ["granted after approved by 1001"]


def test_approval_that_needs_nobody_walks_on_at_the_start(company):
    make_policy({"key": "s1", "approvers": ["role:finance"], "empty": "pass"})

    process, approval = start(company)

    assert approval.status == "approved"
    assert CALLS == ["granted after approved by 1301"]
    assert Process.objects.get(pk=process.pk).status == "DONE"


def test_failure_of_the_next_step_undoes_the_ballot(company):
    make_policy(("all", "user:1001"))
    process, approval = start(company, data={"no_budget": True})

    with refused(RuntimeError):
        act(approval, company.leader)

    approval.refresh_from_db()
    assert (approval.status, approval.version) == ("running", 1)
    assert path(process) == [("start", "DONE"), ("agree", "NEW")]


def test_call_off_makes_the_approval_void(company):
    make_policy(("all", "user:1001"))
    process, approval = start(company)

    RequestFlow.call_off(process, by=company.organiser, at=NOW)

    approval.refresh_from_db()
    assert (approval.status, approval.waiting.count()) == ("void", 0)
    assert path(process)[-1] == ("agree", "CANCELED")
    with refused(approvals.AlreadyDecided):
        act(approval, company.leader)


def test_task_that_is_done_is_not_resumed_again(company):
    make_policy(("all", "user:1001"))
    _process, approval = start(company)
    act(approval, company.leader)
    approval.refresh_from_db()

    with refused(TaskAlreadyDone):
        RequestFlow.agree.run(approval.task, approval=approval, by=None, at=NOW)

    assert CALLS == ["granted after approved by 1001"]


def test_node_without_a_way_for_refusal_cannot_be_written():
    with pytest.raises(TypeError, match="refused"):

        class LameFlow(JinbangFlow):
            """Nobody thought of no."""

            __module__ = "engine.flows.samples"
            start = Start().Next(this.agree)
            agree = ApprovalNode(policy="x", ask=this.what).Approved(this.end)
            end = End()

            def what(self, step):
                return {}


def test_small_process_takes_few_statements(company):
    """Start, an approval of two, end; PostgreSQL sends the writes of an act together and reads where it locks."""
    make_policy(("all", "user:1001 user:1002"), name="small")
    numbers = {"worker": company.worker, "leader": company.leader, "head": company.shop_head}
    start(company, SmallFlow)  # from now on it is known whom the policy names

    with CaptureQueriesContext(connection) as captured:
        _process, approval = start(company, SmallFlow)
        act(approval, numbers["leader"])
        act(approval, numbers["head"])

    own = [query["sql"] for query in captured]
    # One of them is this test's own: finding the approval.
    assert len(own) - 1 == (6 if connection.vendor == "postgresql" else 18), "\n".join(own)


def test_policy_the_flow_names_when_it_asks_goes_before_the_one_read_ahead(company, monkeypatch):
    make_policy(("all", "user:1001"), name="small")
    make_policy(("all", "user:1002"), name="other")
    start(company, SmallFlow)
    monkeypatch.setattr(SmallFlow.agree, "_ask", lambda _step: {"title": "一天假", "policy": "other"})

    process = SmallFlow.start.run(subject="request:2", by=company.worker, at=NOW)

    asked = Approval.objects.get(task__process=process)
    assert (asked.policy.name, [row.person for row in asked.waiting.all()]) == ("other", [company.shop_head])


def test_tasks_are_indexed_only_by_what_they_are_looked_up_by():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Task._meta.db_table)

    indexed = {tuple(row["columns"]) for row in found.values() if row["index"] and not row["primary_key"]}
    assert indexed == {("process_id",), ("scheduled",), ("status",)}
