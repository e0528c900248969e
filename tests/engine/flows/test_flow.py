"""A process walks as written, in one transaction a run, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from viewflow.workflow.models import Process, Task

from engine.flows import tasks
from engine.flows.models import EffectKey
from engine.flows.nodes import NotYet, TaskAlreadyDone
from tests.engine.flows.samples import CALLS, BranchFlow, LineFlow, LooseFlow, NoticeFlow
from tests.support import refused

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    CALLS.clear()


def start(flow=LineFlow, **given):
    return flow.start.run(subject="contest:welding", by=None, at=NOW, **given)


def path(process):
    """The names and states of a process's tasks, in the order of their making."""
    return [(task.flow_task.name, str(task.status)) for task in Task.objects.filter(process=process).order_by("pk")]


def test_start_stores_subject_and_waits():
    process = start(big=True)

    process.refresh_from_db()
    assert process.data == {"subject": "contest:welding", "big": True}
    assert process.flow_class is LineFlow
    assert process.created == NOW
    assert path(process) == [("start", "DONE"), ("publish", "NEW")]


def test_handle_runs_the_rest_with_one_person_and_time(company):
    process = start()

    answer = LineFlow.publish.run_in(process, by=company.organiser, at=NOW + timedelta(hours=1))

    assert answer == "published"
    assert [f"award by {company.organiser} at 09:30"] == CALLS
    process.refresh_from_db()
    assert (process.status, process.finished) == ("DONE", NOW + timedelta(hours=1))
    assert path(process) == [(name, "DONE") for name in ("start", "publish", "award", "is_big", "end")]
    assert Task.objects.get(process=process, flow_task=LineFlow.publish).owner == company.organiser


def test_if_takes_the_other_way():
    process = start(big=True)

    LineFlow.publish.run_in(process, by=None, at=NOW)

    assert CALLS == ["award by None at 08:30", "more"]


def test_handle_refuses_a_task_that_is_done():
    process = start()
    task = Task.objects.get(process=process, flow_task=LineFlow.publish)
    LineFlow.publish.run(task, by=None, at=NOW)

    with refused(TaskAlreadyDone, code="task-done"):
        task.flow_task.run(task, by=None, at=NOW)
    with refused(TaskAlreadyDone):
        LineFlow.publish.run_in(process, by=None, at=NOW)

    assert CALLS == ["award by None at 08:30"]


@pytest.mark.parametrize(("data", "given"), [({}, {"fails": True}), ({"no_budget": True}, {})])
def test_exception_undoes_the_whole_run(data, given):
    process = start(data=data)

    with refused(RuntimeError):
        LineFlow.publish.run_in(process, by=None, at=NOW, **given)

    assert path(process) == [("start", "DONE"), ("publish", "NEW")]
    assert EffectKey.objects.count() == 0
    assert Process.objects.get(pk=process.pk).finished is None


def test_join_waits_for_every_branch():
    process = start(BranchFlow, data={"maybe": True})

    assert CALLS == ["quick"]
    BranchFlow.slow.run_in(process, by=None, at=NOW)
    assert Process.objects.get(pk=process.pk).finished is None
    BranchFlow.maybe.run_in(process, by=None, at=NOW)

    assert Process.objects.get(pk=process.pk).finished == NOW
    assert [step for step in path(process) if step[0] in {"meet", "end"}] == [("meet", "DONE"), ("end", "DONE")]


def test_split_leaves_out_a_branch_whose_case_does_not_hold():
    process = start(BranchFlow)

    BranchFlow.slow.run_in(process, by=None, at=NOW)

    assert Process.objects.get(pk=process.pk).finished == NOW
    assert "maybe" not in {name for name, _status in path(process)}


def test_end_of_one_branch_leaves_the_process_open():
    process = start(LooseFlow)

    assert Process.objects.get(pk=process.pk).finished is None
    LooseFlow.wait.run_in(process, by=None, at=NOW)

    assert Process.objects.get(pk=process.pk).status == "DONE"


def test_call_off_stamps_what_is_open():
    process = start(LooseFlow)

    LooseFlow.call_off(process, by=None, at=NOW)

    assert Process.objects.get(pk=process.pk).status == "CANCELED"
    assert ("wait", "CANCELED") in path(process)
    assert not Task.objects.filter(process=process, finished=None).exists()
    with refused(TaskAlreadyDone):
        LooseFlow.wait.run_in(process, by=None, at=NOW)


def test_timer_fires_once_when_due():
    process = start(NoticeFlow)

    assert tasks.fire_due(at=NOW + timedelta(days=1)) == 0
    assert tasks.fire_due(at=NOW + timedelta(days=2)) == 1
    assert tasks.fire_due(at=NOW + timedelta(days=2)) == 0

    assert CALLS == ["published None"]
    assert path(process) == [(name, "DONE") for name in ("start", "notice", "publish", "end")]


def test_timer_by_hand_only_when_due():
    process = start(NoticeFlow)

    with refused(NotYet, code="not-yet"):
        NoticeFlow.notice.run_in(process, by=None, at=NOW + timedelta(days=1))
    NoticeFlow.notice.run_in(process, by=None, at=NOW + timedelta(days=2))

    assert CALLS == ["published None"]


@pytest.mark.django_db(transaction=True)
def test_timer_whose_step_fails_is_tried_again_later(caplog):
    process = start(NoticeFlow, data={"no_budget": True})
    due = NOW + timedelta(days=2)

    assert tasks.fire_due(at=due) == 0

    assert "timer failed" in caplog.text
    assert path(process) == [("start", "DONE"), ("notice", "SCHEDULED")]
    Process.objects.filter(pk=process.pk).update(data={"subject": "x"})
    assert tasks.fire_due(at=due + timedelta(minutes=4)) == 0
    assert tasks.fire_due(at=due + timedelta(minutes=5)) == 1
