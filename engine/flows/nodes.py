"""The words a flow is written with; programmes import them from here, viewflow itself stays in this room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.base import Node
from viewflow.workflow.nodes.mixins import NextNodeMixin
from viewflow.workflow.status import STATUS

from engine.approvals import prepared
from engine.approvals.domain import policies
from engine.flows import activations
from engine.flows.activations import TaskAlreadyDone
from engine.flows.approval import Approval
from engine.flows.waiting import WaitingNode

__all__ = [
    "Approval", "End", "Function", "Handle", "If", "Join", "NotYet", "Split", "Start", "StartHandle", "Switch",
    "TaskAlreadyDone", "Timer", "this",
]  # fmt: skip


class NotYet(ValidationError):
    """The time a step waits for has not come."""

    def __init__(self, due_at: datetime) -> None:
        super().__init__(
            _("This step is due only later, at %(due_at)s."), code="not-yet", params={"due_at": due_at.isoformat()}
        )


class Start(nodes.StartHandle):
    """Begins a process from code: `Flow.start.run(subject="contest:x", by=person, at=now)`.

    The optional function is called with the activation and what else was given to `run`, before anything is stored; it
    may put facts into `activation.process.data`.
    """

    activation_class = activations.StartActivation

    @prepared.transaction()
    def run(self, *, subject: str, by: Any, at: datetime, data: dict[str, Any] | None = None, **given: Any) -> Any:
        """Create the process and walk until every path waits or has ended; all of it or nothing. Returns the process."""
        step = self.activation_class.begin(self, subject=subject, by=by, at=at, data=data or {})
        func = this.resolve(self.flow_class.instance, self._func)
        if func is not None:
            func(step, **given)
        self._insert(step)
        step.task.process = step.process
        step.complete()
        step.activate_next()
        return step.process

    def _insert(self, step: activations.StartActivation) -> None:
        """Insert the process; where keys are had beforehand, together with its first tasks, this one and the next.

        Where the next step asks by a policy that is known now, the keys come with it.
        """
        task = self.flow_class.task_class
        tables = (self.flow_class.process_class, task, task)
        if isinstance(self._next, Approval) and self._next.policy:
            step.policy_ahead = policies.latest(self._next.policy, at=step.at, keys_of=tables)
            keys = list(step.policy_ahead.keys)
        else:
            keys = prepared.new_keys(*tables)
        if keys:
            step.process.pk, step.new_keys = keys[0], keys[1:]
            prepared.write(prepared.insert(step.process))
        else:
            prepared.insert_now(step.process)


StartHandle = Start


class Handle(nodes.Handle, WaitingNode):
    """Waits for a person: `Flow.publish.run_in(process, by=chief, at=now)` calls the function, then walks on."""

    activation_class = activations.WaitingActivation
    run = WaitingNode.run
    run_in = WaitingNode.run_in

    def _perform(self, step: Any, **given: Any) -> Any:
        func = this.resolve(self.flow_class.instance, self._func)
        result = func(step, **given) if func else step.process
        step.go_on()
        return result


class Function(nodes.Function):
    """Calls a verb at once; what it raises reaches the caller and undoes the whole run."""

    activation_class = activations.FunctionActivation


class If(nodes.If):
    """Goes one of two ways: `If(this.is_big).Then(this.a).Else(this.b)`."""

    activation_class = activations.IfActivation


class Switch(nodes.Switch):
    """Goes the first way whose condition holds, else the default."""

    activation_class = activations.SwitchActivation


class Split(nodes.Split):
    """Goes several ways at once."""

    activation_class = activations.SplitActivation


class Join(NextNodeMixin, Node):
    """Waits until every branch of its split has ended."""

    activation_class = activations.JoinActivation
    task_type = "JOIN"
    shape = nodes.Split.shape
    bpmn_element = "parallelGateway"


class End(nodes.End):
    """Ends the path, and the process when nothing else of it is open."""

    activation_class = activations.EndActivation


class TimerActivation(activations.WaitingActivation):
    """Waits for a moment, stored on the task and read by the sweep."""

    def prepare(self) -> None:
        self.task.status, self.task.scheduled = STATUS.SCHEDULED, self.flow_task._until(self)


class Timer(NextNodeMixin, WaitingNode):
    """Waits until a moment: `Timer(this.notice_ends).Next(this.publish)`; `tasks.fire_due` fires it once.

    The function is called with the activation when the step is reached and returns an aware datetime. A public notice
    公示 is a Timer over working days.
    """

    activation_class = TimerActivation
    task_type = "TIMER"
    shape = nodes.Timer.shape
    bpmn_element = "intermediateCatchEvent"

    def __init__(self, until: Callable[[Any], datetime] | Any) -> None:
        super().__init__()
        self._until = until

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._until = this.resolve(instance, self._until)

    def _perform(self, step: Any, **given: Any) -> Any:
        if step.at < step.task.scheduled:
            raise NotYet(step.task.scheduled)
        step.go_on()
        return step.process
