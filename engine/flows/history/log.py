"""The event log: one row for each step of a process that was done, and for each act on its approvals.

A case is a process. An approval's task appears as the acts on it (`agree.approve`), every other task by its node's name.
Events of a case are in the order in which they happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from viewflow.workflow.models import Process, Task

from engine.approvals.models import Ballot
from people.models import Unit

BATCH = 500
RETURNS = frozenset({"return"})
HAND_OVERS = frozenset({"transfer", "hand-over", "delegate"})
OVERDUE = frozenset({"overdue"})
QUIET = frozenset({"remind"})  # says the same as the overdue before it


@dataclass(frozen=True)
class LogEvent:
    """Something that happened in a case. `resource` is an employee number, '' for the system; `unit` the applicant's plant."""

    case: str
    flow: str
    subject: str
    activity: str
    at: datetime
    resource: str = ""
    unit: str = ""
    step: str = ""
    verb: str = ""
    round: int = 0
    approval: str = ""
    is_case_finished: bool = False


def events(*, flow: str | None = None, since: date | None = None, until: date | None = None) -> Iterator[LogEvent]:
    """Yield the events of every case begun in a time, case by case. Three statements for each 500 cases, and one.

    Args:
        flow: class name such as `ContestFlow`; None for all.
        since, until: first day of the cases, and the day after their last.
    """
    cases = Process.objects.order_by("pk")
    if flow:
        cases = cases.filter(flow_class__endswith=f".{flow}")
    zone = timezone.get_default_timezone()
    if since:
        cases = cases.filter(created__gte=datetime.combine(since, time(), zone))
    if until:
        cases = cases.filter(created__lt=datetime.combine(until, time(), zone))
    plants = _plants()
    last = 0
    while batch := list(cases.filter(pk__gt=last).values_list("pk", "flow_class", "data", "finished")[:BATCH]):
        yield from _of(batch, plants)
        last = batch[-1][0]


def _plants() -> dict[str, str]:
    """Return path of a plant → its name."""
    return dict(Unit.objects.filter(kind=Unit.Kind.PLANT).values_list("path", "name"))


GATEWAYS = ("EXCLUSIVE_GATEWAY", "SWITCH", "PARALLEL_GATEWAY", "JOIN")
"""Types of nodes that only say which way to go: BPMN's gateways are no activities, so the log leaves them out."""
Case = tuple[int, str, dict[str, str], datetime | None]


def _of(batch: list[Case], plants: dict[str, str]) -> Iterator[LogEvent]:
    keys = [case[0] for case in batch]
    tasks = (
        Task.objects.filter(process__in=keys, finished__isnull=False)
        .exclude(flow_task_type__in=GATEWAYS)
        .order_by("pk")
    )
    done: dict[int, list[tuple[int, str, str, datetime, str]]] = {}
    for pk, process, node, kind, finished, number in tasks.values_list(
        "pk", "process", "flow_task", "flow_task_type", "finished", "owner__number"
    ):
        done.setdefault(process, []).append((pk, _node(node), kind, finished, number or ""))
    acts: dict[int, list[_Row]] = {}
    for act in _acts(keys):
        acts.setdefault(act.process, []).append(act)
    for pk, flow_class, data, ended in batch:
        name = str(flow_class).rpartition(".")[2] if isinstance(flow_class, str) else flow_class.__name__
        case = {
            "case": str(pk),
            "flow": name,
            "subject": str((data or {}).get("subject", "")),
            "is_case_finished": ended is not None,
        }
        rows = acts.get(pk, [])
        unit = _unit(rows, plants)
        found: list[tuple[datetime, int, int, LogEvent]] = [
            (row.at, row.task, row.position, _act(row, case, unit)) for row in rows
        ]
        with_acts = {row.task for row in rows}
        for task, node, _kind, finished, number in done.get(pk, []):
            if task not in with_acts:
                event = LogEvent(activity=node, at=finished, resource=number, unit=unit, **case)  # type: ignore[arg-type]
                found.append((finished, task, 0, event))
        yield from (event for *_order, event in sorted(found, key=lambda row: row[:3]))


@dataclass(frozen=True)
class _Row:
    """A ballot with what is needed of its approval."""

    process: int
    task: int
    node: str
    position: int
    at: datetime
    number: str
    step: str
    verb: str
    round: int
    approval: int
    path: str


def _acts(keys: list[int]) -> list[_Row]:
    rows: QuerySet[Ballot] = Ballot.objects.filter(approval__task__process__in=keys).order_by("approval", "position")
    return [
        _Row(process, task, _node(node), position, at, number or "", step, "overdue" if verb == "tick" else verb, round_,
             approval, path or "")
        for process, task, node, position, at, number, step, verb, round_, approval, path in rows.values_list(
            "approval__task__process", "approval__task", "approval__task__flow_task", "position", "at", "person__number",
            "step", "verb", "round", "approval", "approval__applicant__unit__path",
        )
        if verb not in QUIET
    ]  # fmt: skip


def _act(row: _Row, case: dict[str, object], unit: str) -> LogEvent:
    return LogEvent(
        activity=f"{row.node}.{row.verb}", at=row.at, resource=row.number, unit=unit, step=row.step, verb=row.verb,
        round=row.round, approval=str(row.approval), **case,  # type: ignore[arg-type]
    )  # fmt: skip


def _unit(rows: Iterable[_Row], plants: dict[str, str]) -> str:
    for row in rows:
        for path, name in plants.items():
            if row.path.startswith(path):
                return name
    return ""


def _node(flow_task: Any) -> str:
    """Return the name of a node: viewflow gives the node itself, or `contests/ContestFlow.agree` of one that is gone."""
    return str(getattr(flow_task, "name", flow_task)).rpartition(".")[2]
