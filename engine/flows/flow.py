"""The base class of every process."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from viewflow.workflow.base import Flow
from viewflow.workflow.status import PROCESS

from engine.approvals import prepared
from engine.flows.lock import BlockingRowLock


class JinbangFlow(Flow):
    """A process is one class, read from top to bottom like its diagram; each step calls one verb.

        class ContestFlow(JinbangFlow):
            start = Start(this.begin).Next(this.publish)
            publish = Handle(this.do_publish).Next(this.agree)
            agree = Approval(policy="contest-result", ask=this.what).Approved(this.award).Refused(this.publish)
            award = Function(this.do_award).Next(this.end)
            end = End()

    `process.data["subject"]` names what the process is about (`contest:welding-2026`); the thing's own row points at the
    process. Every run of a step is one transaction under the process lock: all of it or nothing.
    """

    lock_impl = BlockingRowLock()

    @classmethod
    @prepared.transaction()
    def call_off(cls, process: Any, *, by: Any, at: datetime) -> Any:
        """Cancel a process with everything in it that is open; approvals that still run become void. Idempotent."""
        with cls.lock(process.pk):
            process.refresh_from_db()
            if process.finished is None:
                tasks = cls.task_class._default_manager.filter(process=process, finished=None).order_by("pk")
                for task in tasks:
                    task.process = process
                    step = task.flow_task.activation_class(task)
                    step.begin_run(by=by, at=at)
                    step.withdraw_task()
                process.status, process.finished = PROCESS.CANCELED, at
                process.save(update_fields=["status", "finished"])
        return process
