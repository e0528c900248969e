"""Lock an approval; write beside its state what lists need: ballots, who is waited for, copies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.apps import apps
from django.db import connection
from django.db.models import Exists

from engine.approvals.core import Step
from engine.approvals.directory import in_force
from engine.approvals.models import Approval, Ballot, Cc, Waiting
from engine.approvals.pure.state import to_json
from engine.events import domain as events
from people.models import Employee

NO_BALLOT = UUID(int=0)
CHANGING = ("state", "status", "round", "version", "finished_at", "deadlines", "due_at", "wakes_at")


def locked(approval_id: int, *, at: datetime, ballot: UUID = NO_BALLOT) -> Approval:
    """Lock the process, then the approval, and read it with its policy, task and applicant.

    SQLite's transaction is alone already. On PostgreSQL the rows are read by a statement that starts after the lock is
    held, so nothing of them is older than the lock. `is_repeated` says whether this ballot is known, `has_substitutes`
    whether anybody stands for anybody now.
    """
    if connection.features.has_select_for_update:
        _lock_rows(approval_id)
    rows = Approval.objects.select_related("policy", "applicant__unit", "task__process")
    rows = rows.annotate(is_repeated=Exists(Ballot.objects.filter(pk=ballot)), has_substitutes=Exists(in_force(at)))
    return rows.get(pk=approval_id)


def _lock_rows(approval_id: int) -> None:
    """Wait for the process; for the approval itself where no flow waits for it."""
    process = apps.get_model("viewflow", "Process")
    of_task = Approval.objects.filter(pk=approval_id).values("task__process")
    if not process.objects.select_for_update(no_key=True).filter(pk__in=of_task).values_list("pk"):
        Approval.objects.select_for_update(no_key=True).filter(pk=approval_id).values_list("pk").get()


def store(
    approval: Approval,
    step: Step,
    action: Mapping[str, Any],
    *,
    ballot: UUID,
    person: Employee | None,
    at: datetime,
) -> None:
    """Write what the core decided about one act: the row, its ballots, who is waited for, who is copied.

    The ballots are the history of an approval; only a deadline, which is nobody's act, is an event besides.
    """
    is_new = approval.pk is None
    rows = _ballots(approval, step, action, ballot=ballot, person=person, at=at)
    _store_state(approval, step, at=at)
    approval.version += len(rows)
    approval.save(update_fields=None if is_new else CHANGING)
    Ballot.objects.bulk_create(rows)
    store_waiting(approval, step, at=at)
    _store_copies(approval, step)
    if action["do"] == "tick":
        steps = sorted({row.step for row in rows if row.step})
        events.record(approval.subject, "approval.overdue", by=None, at=at, approval=approval.pk, steps=steps)


def store_draft(approval: Approval, step: Step, *, at: datetime) -> None:
    """Keep an approval its applicant must complete before it can be submitted."""
    _store_state(approval, step, at=at)
    approval.save()
    store_waiting(approval, step, at=at)


def _store_state(approval: Approval, step: Step, *, at: datetime) -> None:
    approval.state = to_json(step.state)
    approval.status, approval.round = step.state.status, step.state.round
    if step.state.is_terminal and approval.finished_at is None:
        approval.finished_at = at
    approval.deadlines, approval.wakes_at = step.due_times(approval.deadlines)
    approval.due_at = min(map(datetime.fromisoformat, approval.deadlines.values()), default=None)


def _ballots(
    approval: Approval, step: Step, action: Mapping[str, Any], *, ballot: UUID, person: Employee | None, at: datetime
) -> list[Ballot]:
    """Return the act itself and what the system decided because of it, in the order of the core."""
    mine = next((row for row in step.new_acts if row.person == action["by"] and person is not None), None)
    stands_for = step.directory.keys([mine.stands_for]) if mine and mine.stands_for else []
    common = {"approval": approval, "round": step.state.round, "at": at, "minute": step.state.minute}
    position = approval.version + 1
    act = Ballot(
        id=ballot, position=position, person=person, on_behalf_of_id=stands_for[0] if stands_for else None,
        step=mine.step if mine else str(action.get("step") or ""), verb=action["do"],
        note=str(action.get("note") or ""), action=dict(action), seq=mine.seq if mine else None, **common,
    )  # fmt: skip
    # What the system decided because of it; and each further place somebody's items were handed over in.
    further = [row for row in step.new_acts if row is not mine]
    return [act] + [
        Ballot(
            id=uuid5(ballot, f"system:{number}"), position=position + number, step=row.step, verb=row.verb,
            person=None if row.person == "system" else person, reason=row.reason, seq=row.seq, **common,
        )
        for number, row in enumerate(further, 1)
    ]  # fmt: skip


def _store_copies(approval: Approval, step: Step) -> None:
    """Add those who were copied by this act."""
    before = step.before.copied if step.before else []
    if new := [person for person in step.state.copied if person not in before]:
        rows = [Cc(approval=approval, person_id=key) for key in step.directory.keys(new)]
        Cc.objects.bulk_create(rows, ignore_conflicts=True)


def store_waiting(approval: Approval, step: Step, *, at: datetime) -> None:
    """Bring the rows of who can act now in line with the state: at most one statement for those who no longer can,
    one for those who now can."""
    if gone := step.waiting_before - step.waiting:
        rows = Waiting.objects.filter(approval=approval)
        if step.waiting:
            rows = rows.filter(person__number__in=gone)
        rows.update(ended_at=at)
    if come := step.waiting - step.waiting_before:
        add_waiting(approval, step.directory.keys(come), at=at)


def add_waiting(approval: Approval, keys: list[int], *, at: datetime) -> None:
    """Ask people, by primary key, or ask them again. One statement."""
    Waiting.asked.bulk_create(
        [Waiting(approval=approval, person_id=key, since=at) for key in keys],
        update_conflicts=True,
        unique_fields=["person", "approval"],
        update_fields=["since", "ended_at", "read_at"],
    )
