"""What every step that waits has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from viewflow.workflow.base import Node

from engine.approvals import prepared
from engine.flows.activations import TaskAlreadyDone


class WaitingNode(Node):
    """What every waiting step shares: it is found and read again under the lock of its process."""

    @prepared.transaction()
    def run_in(self, process: Any, *, by: Any, at: datetime, **given: Any) -> Any:
        """Run the step of this process that waits here.

        Args:
            process: the process, or its id.
            by: who does it; None for the system.
            at: when; every step that follows in this run gets the same time.
            given: what else the step's function wants.

        Raises:
            TaskAlreadyDone: nothing waits here (any more).
        """
        process_id = getattr(process, "pk", process)
        with self.flow_class.lock(process_id):
            tasks = self.flow_class.task_class._default_manager.select_related("process")
            task = tasks.filter(process=process_id, flow_task=self, finished=None).order_by("pk").first()
            return self._run_locked(task, by=by, at=at, **given)

    @prepared.transaction()
    def run(self, task: Any, *, by: Any, at: datetime, **given: Any) -> Any:
        """Run this very task; see `run_in`."""
        with self.flow_class.lock(task.process_id):
            tasks = self.flow_class.task_class._default_manager.select_related("process")
            return self._run_locked(tasks.get(pk=task.pk), by=by, at=at, **given)

    def _run_locked(self, task: Any, *, by: Any, at: datetime, **given: Any) -> Any:
        step = None if task is None else self.activation_class(task)
        if step is None or not step.is_open:
            raise TaskAlreadyDone
        step.begin_run(by=by, at=at)
        return self._perform(step, **given)

    def _perform(self, step: Any, **given: Any) -> Any:
        step.go_on()
        return step.process
