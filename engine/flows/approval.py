"""The node that asks people: an approval policy decides who, and the outcome chooses the way on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from viewflow import this
from viewflow.workflow.base import Edge, Node

from engine.approvals.domain import approvals
from engine.flows.activations import TaskAlreadyDone, WaitingActivation


class ApprovalActivation(WaitingActivation):
    """Asks when the step is reached, waits, and walks on when the approval has ended."""

    def activate(self) -> None:
        asked = {"applicant": self.by, "subject": self.process.data["subject"], **self.flow_task._ask(self)}
        policy = asked.pop("policy", self.flow_task.policy)
        if self.policy_ahead is not None and self.policy_ahead.name == policy:
            policy, self.policy_ahead = self.policy_ahead, None
        approval = approvals.ask_within(policy, by=self.by, at=self.at, task=self.task, **asked)
        if approval.is_terminal:  # nobody had to be asked
            self.approval, self.is_released = approval, True

    def choose(self) -> Iterator[Any]:
        yield self.flow_task.ways[self.approval.status]

    def withdraw_task(self) -> None:
        approvals.call_off(self.task, by=self.by, at=self.at)
        super().withdraw_task()


class Approval(Node):
    """Asks for an approval: `Approval(policy="contest-result", ask=this.what).Approved(this.award).Refused(this.review)`.

    `ask` is called with the activation and returns what `approvals.ask` wants to know: `title`, and where they differ from
    the default `applicant` (who began the run), `subject` (the process's), `policy`, `link`, `facts`, `picks`.
    `step.approval` is the approval that has ended, in every step that follows in the same run.
    """

    activation_class = ApprovalActivation
    task_type = "APPROVAL"
    bpmn_element = "userTask"
    shape = {
        "width": 150,
        "height": 100,
        "text-align": "middle",
        "svg": '<rect class="task" width="150" height="100" rx="5" ry="5"/>',
    }

    def __init__(self, *, policy: str = "", ask: Any) -> None:
        super().__init__()
        self.policy = policy
        self._ask = ask
        self.ways: dict[str, Any] = {}

    def Approved(self, node: Any) -> Approval:  # noqa: N802 as viewflow's Next
        """Go here when everybody who was asked agreed."""
        return self._way("approved", node)

    def Refused(self, node: Any) -> Approval:  # noqa: N802
        """Go here when it was refused."""
        return self._way("refused", node)

    def Withdrawn(self, node: Any) -> Approval:  # noqa: N802
        """Go here when the applicant withdrew it; without this, as if it were refused."""
        return self._way("withdrawn", node)

    def Voided(self, node: Any) -> Approval:  # noqa: N802
        """Go here when an administrator made it void; without this, as if it were withdrawn."""
        return self._way("void", node)

    def Next(self, node: Any) -> Approval:  # noqa: N802
        """Go here whatever the outcome, unless a way of its own is given."""
        for outcome in ("approved", "refused"):
            self.ways.setdefault(outcome, node)
        return self

    def _way(self, outcome: str, node: Any) -> Approval:
        self.ways[outcome] = node
        return self

    def _resolve(self, instance: Any) -> None:
        self._ask = this.resolve(instance, self._ask)
        self.ways = {outcome: this.resolve(instance, node) for outcome, node in self.ways.items()}
        if missing := {"approved", "refused"} - self.ways.keys():
            raise TypeError(f"{instance}.{self.name} has no way on when {', '.join(sorted(missing))}")
        self.ways.setdefault("withdrawn", self.ways["refused"])
        self.ways.setdefault("void", self.ways["withdrawn"])

    def _outgoing(self) -> Iterator[Edge]:
        for outcome, node in self.ways.items():
            yield Edge(src=self, dst=node, edge_class="cond_true", label=outcome)

    def run(self, task: Any, *, approval: Any, by: Any, at: datetime) -> Any:
        """Walk on: the approval of this task has ended. Only approvals call this, in the transaction of the act and holding
        the lock of the process under which they read the task."""
        step = self.activation_class(task)
        if not step.is_open:
            raise TaskAlreadyDone
        step.begin_run(by=by, at=at, approval=approval)
        step.go_on()
        return step.process
