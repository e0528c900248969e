"""How a step of a flow is entered, done and left: viewflow's activations with our clock, our refusals and fewer statements.

Differences from viewflow, and why:
- the clock and the person come from the caller (`activation.at`, `activation.by`) and are handed on to every step that
  follows in the same run, so one run has one time;
- an exception always reaches the caller and takes everything with it: no savepoints, no task left in ERROR;
- on a path without parallel branches the steps that complete at once are inserted together, as done, and their
  predecessors are not written to the m2m table: the path is the tasks in the order of their ids;
- steps are activated in the order written, not in the order of a set;
- a step is activated and completed by plain methods: viewflow's state machine looks each of them up anew at each call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.activation import Activation
from viewflow.workflow.status import PROCESS, STATUS
from viewflow.workflow.token import Token

from engine.approvals import prepared

OPEN = (STATUS.NEW, STATUS.SCHEDULED, STATUS.ASSIGNED, STATUS.STARTED)


class TaskAlreadyDone(ValidationError):
    """Somebody else was quicker, or the process has gone another way."""

    def __init__(self) -> None:
        super().__init__(
            _("This step has been done already. Reload the page to see what comes next."), code="task-done"
        )


class JinbangActivation(Activation):
    """The common part of every step."""

    by: Any = None  # the employee whose act began this run; None for the system
    at: datetime  # when that was
    approval: Any = None  # the approval that has just ended, when one began this run
    policy_ahead: Any = None  # the policy of the step after a start, read with the keys of its tasks

    waits = False  # whether the step waits for somebody: then it is stored when it is made
    new_keys: list[int]  # keys for tasks of this run, fetched before
    unsaved: list[Any]  # tasks of this run that are done and wait to be stored together, in one statement

    # Two activations are the same only if they are one object: unsaved tasks have no key to compare.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def inherit(self, other: JinbangActivation) -> None:
        """Take over the person, the time and the approval of the run this step belongs to."""
        self.by, self.at, self.approval, self.policy_ahead = other.by, other.at, other.approval, other.policy_ahead
        self.unsaved, self.new_keys = other.unsaved, other.new_keys

    def begin_run(self, *, by: Any, at: datetime, approval: Any = None) -> None:
        """Say whose act and which moment begins a run here."""
        self.by, self.at, self.approval, self.unsaved, self.new_keys = by, at, approval, [], []

    def store(self) -> None:
        """Insert the task with those of this run that were done before it, in the order in which they were made."""
        tasks = [*self.unsaved, self.task] if self.task.pk is None else list(self.unsaved)
        self.unsaved.clear()
        if tasks and len(tasks) <= len(self.new_keys):
            for task in tasks:
                task.pk = self.new_keys.pop(0)
            prepared.write(prepared.insert(*tasks))
        elif tasks:
            prepared.insert_now(*tasks)

    def store_done(self) -> None:
        """Insert what is done and has not been stored; nobody asks for its keys any more."""
        if self.unsaved:
            prepared.write(prepared.insert(*self.unsaved))
            self.unsaved.clear()

    @classmethod
    def create(
        cls, flow_task: Any, prev_activation: Any, token: Token, data: Any = None, seed: Any = None
    ) -> JinbangActivation:
        """Make the step's task; stored now if it waits, or if others run beside it (End and Join count them)."""
        flow_class = flow_task.flow_class
        task = prepared.new(
            flow_class.task_class,
            process=prev_activation.process,
            flow_task=flow_task,
            flow_task_type=flow_task.task_type,
            token=token,
            created=prev_activation.at,
            data=data or {},
        )
        if seed is not None:
            task.seed = seed
        activation = cls(task)
        activation.inherit(prev_activation)
        activation.prepare()
        if cls.waits or token.is_split_token():
            activation.store()
            if token.is_split_token():
                task.previous.add(prev_activation.task)
        return activation

    def prepare(self) -> None:
        """Complete the task before it is stored; nothing for most."""

    def perform(self) -> None:
        """Do the work of the step; nothing for most."""

    def activate(self) -> None:
        """Begin a step that is reached."""
        self.task.started = self.at
        self.perform()

    @property
    def may_complete(self) -> bool:
        """Whether the step can be completed now."""
        return bool(self.task.status == STATUS.NEW)

    def complete(self) -> None:
        """Mark the step as done.

        Raises:
            TaskAlreadyDone: it was completed before, or what it waits for has not come.
        """
        if not self.may_complete:
            raise TaskAlreadyDone
        self.task.status = STATUS.DONE
        self.finish()

    def finish(self) -> None:
        """Mark the task as done at the time of the run; a new one is stored with the others of the run."""
        self.task.finished = self.at
        if self.task.pk is None:
            self.unsaved.append(self.task)
        else:
            prepared.write(prepared.update(self.task, ("status", "owner_id", "started", "finished")))

    def create_next(self) -> Iterable[Any]:
        """Make the steps that come next."""
        for node in self.choose():
            yield node._create(self, self.task.token)

    def choose(self) -> Iterator[Any]:
        """Yield the nodes that come next."""
        if self.flow_task._next is not None:
            yield self.flow_task._next

    def activate_next(self) -> None:
        """Walk on until every path has ended or waits; joins come last, when what leads to them is done."""
        front = list(self.create_next())
        while front:
            joins = _distinct(step for step in front if step.type == "join")
            steps = [step for step in front if step.type != "join"]
            walked, front = (steps, joins) if steps else (joins[:1], joins[1:])
            for step in walked:
                if step.task.status == STATUS.NEW:
                    step.activate()
                if step.may_complete:
                    step.complete()
            done = [step for step in walked if step.task.status == STATUS.DONE]
            front = [following for step in done for following in step.create_next()] + front
        self.store_done()

    def withdraw_task(self) -> None:
        """Close the task of a process that is cancelled; viewflow's End counts tasks without `finished`."""
        self.task.status, self.task.finished = STATUS.CANCELED, self.at
        self.task.save(update_fields=["status", "finished"])


def _distinct(joins: Iterable[Any]) -> list[Any]:
    """Return one activation for each join task."""
    return list({step.task.pk: step for step in joins}.values())


class StartActivation(JinbangActivation):
    """Creates the process; nobody else can see it yet, so it needs no lock."""

    @classmethod
    def begin(cls, flow_task: Any, *, subject: str, by: Any, at: datetime, data: dict[str, Any]) -> StartActivation:
        """Make the process and its first task, unsaved."""
        flow_class = flow_task.flow_class
        process = prepared.new(
            flow_class.process_class, flow_class=flow_class, created=at, data={"subject": subject, **data}
        )
        task = prepared.new(
            flow_class.task_class, flow_task=flow_task, flow_task_type=flow_task.task_type, process=process, created=at,
            started=at, owner=by,
        )  # fmt: skip
        activation = cls(task)
        activation.begin_run(by=by, at=at)
        return activation


class FunctionActivation(JinbangActivation):
    """Calls a verb at once."""

    def perform(self) -> None:
        self.flow_task._func(self)


class IfActivation(JinbangActivation):
    """Goes one of two ways."""

    holds = False

    def perform(self) -> None:
        self.holds = bool(self.flow_task._condition(self))

    def choose(self) -> Iterator[Any]:
        node = self.flow_task._on_true if self.holds else self.flow_task._on_false
        if node is not None:
            yield node


class SwitchActivation(JinbangActivation):
    """Goes the first way whose condition holds, else the default way."""

    def choose(self) -> Iterator[Any]:
        branches = self.flow_task._branches
        chosen = next((node for node, condition in branches if condition is not None and condition(self)), None)
        yield chosen or next(node for node, condition in branches if condition is None)


class SplitActivation(JinbangActivation):
    """Goes several ways at once; each branch has a token of its own, under this task's."""

    waits = True  # its key is in the tokens of the branches

    def create_next(self) -> Iterable[Any]:
        tokens = Token.split_token_source(self.task.token, self.task.pk)
        for node, condition, _data in self.flow_task._branches:
            if condition is None or condition(self):
                yield node._create(self, next(tokens))


class EndActivation(JinbangActivation):
    """Ends the process when nothing else of it is open."""

    def finish(self) -> None:
        super().finish()
        if not (self.task.token.is_split_token() and self.others_are_open()):
            self.process.status, self.process.finished = PROCESS.DONE, self.at
            prepared.write(prepared.update(self.process, ("status", "finished")))

    def others_are_open(self) -> bool:
        """Whether another branch goes on; on the one path outside of branches nothing else can be open."""
        tasks = self.flow_class.task_class._default_manager
        return bool(tasks.filter(process=self.process, finished=None).exists())

    def create_next(self) -> Iterable[Any]:
        return []


class WaitingActivation(JinbangActivation):
    """Waits until somebody, or the clock, opens the way; `complete` is refused until then."""

    waits = True
    is_released = False

    def activate(self) -> None:
        """Wait."""

    @property
    def may_complete(self) -> bool:
        return self.is_open and self.is_released

    def finish(self) -> None:
        self.task.started = self.task.started or self.at
        self.task.owner = self.by
        super().finish()

    @property
    def is_open(self) -> bool:
        """Whether the task still waits."""
        return self.task.status in OPEN

    def go_on(self) -> None:
        """Complete the task and walk on."""
        self.is_released = True
        self.complete()
        self.activate_next()


class JoinActivation(WaitingActivation):
    """Waits until every branch under its split has ended; all branches arrive at one task."""

    type = "join"

    @classmethod
    def create(
        cls,
        flow_task: Any,
        prev_activation: Any,
        token: Token,
        data: Any = None,  # noqa: ARG003
        seed: Any = None,  # noqa: ARG003
    ) -> JinbangActivation:
        """Return the join task of the process that still waits, made by the first branch that arrives."""
        prev_activation.store()
        tasks = flow_task.flow_class.task_class._default_manager
        task = tasks.filter(process=prev_activation.process, flow_task=flow_task, finished=None).first()
        if task is None:
            base = token.get_base_split_token() if token.is_split_token() else token
            task = flow_task.flow_class.task_class(
                process=prev_activation.process, flow_task=flow_task, flow_task_type=flow_task.task_type, token=base,
                created=prev_activation.at,
            )  # fmt: skip
            task.save()
        task.previous.add(prev_activation.task)
        task.process = prev_activation.process
        activation = cls(task)
        activation.inherit(prev_activation)
        return activation

    def activate(self) -> None:
        beside = self.flow_class.task_class._default_manager.filter(process=self.process, finished=None)
        self.is_released = not beside.filter(token__startswith=f"{self.task.token}/").exists()
