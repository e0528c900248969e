"""Lock an approval; write beside its state what lists need: ballots, who is waited for, one event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.apps import apps
from django.db import connection
from django.db.models import Exists
from django.utils import timezone

from engine.approvals import clock
from engine.approvals.core import Step
from engine.approvals.models import Approval, Ballot, Waiting
from engine.approvals.pure.state import to_json
from engine.events import domain as events
from people.models import Employee
from people.queries import working_calendar

NO_BALLOT = UUID(int=0)
CHANGING = ("state", "status", "round", "version", "finished_at", "deadlines", "due_at")
ACTIONS = {
    "submit": "approval.submitted",
    "approve": "ballot.approved",
    "refuse": "ballot.refused",
    "return": "approval.returned",
    "withdraw": "approval.withdrawn",
    "void": "approval.voided",
    "comment": "approval.commented",
}


def locked(approval_id: int, *, ballot: UUID = NO_BALLOT) -> Approval:
    """Lock the process, then the approval, and read it with its policy, task and applicant.

    SQLite's transaction is alone already. On PostgreSQL the rows are read by a statement that starts after the lock is
    held, so nothing of them is older than the lock. `is_repeated` says whether this ballot is known.
    """
    if connection.features.has_select_for_update:
        _lock_rows(approval_id)
    rows = Approval.objects.select_related("policy", "applicant__unit", "task__process")
    return rows.annotate(is_repeated=Exists(Ballot.objects.filter(pk=ballot))).get(pk=approval_id)


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
    """Write what the core decided about one act: the row, its ballots, who is waited for, one event."""
    is_new, had_ended = approval.pk is None, approval.is_terminal
    rows = _ballots(approval, step, action, ballot=ballot, person=person, at=at)
    approval.state = to_json(step.state)
    approval.status, approval.round = step.state.status, step.state.round
    approval.version += len(rows)
    if step.state.is_terminal and not had_ended:
        approval.finished_at = at
    _set_deadlines(approval, step, at=at)
    approval.save(update_fields=None if is_new else CHANGING)
    Ballot.objects.bulk_create(rows)
    _store_waiting(approval, step, at=at)
    outcome = {"outcome": approval.status} if approval.is_terminal and not had_ended else {}
    events.record(
        approval.subject, ACTIONS.get(action["do"], f"approval.{action['do']}"), by=person, at=at,
        approval=approval.pk, round=approval.round, **outcome,
    )  # fmt: skip


def _ballots(
    approval: Approval, step: Step, action: Mapping[str, Any], *, ballot: UUID, person: Employee | None, at: datetime
) -> list[Ballot]:
    """Return the act itself and what the system decided because of it, in the order of the core."""
    act = Ballot(
        id=ballot, approval=approval, position=approval.version + 1, person=person, step=step.step_of(action["by"]),
        round=step.state.round, verb=action["do"], note=str(action.get("note", "")), action=dict(action), at=at,
    )  # fmt: skip
    automatic = [row for row in step.new_ballots if row.person == "system"]
    return [act] + [
        Ballot(
            id=uuid5(ballot, f"system:{number}"), approval=approval, position=act.position + number, step=row.step,
            round=row.round, verb=row.verb, note=row.reason or row.note, at=at,
        )
        for number, row in enumerate(automatic, 1)
    ]  # fmt: skip


def _set_deadlines(approval: Approval, step: Step, *, at: datetime) -> None:
    """Start the clock of each step that has opened, forget those that are closed; new whenever a step opens again."""
    known, opened = approval.deadlines, step.open_steps()
    approval.deadlines = {key: known[key] for key in opened if key in known}
    for key, minutes in opened.items():
        if minutes and key not in known:
            due = clock.after(at, minutes, working_calendar(), timezone.get_default_timezone())
            approval.deadlines[key] = due.isoformat()
    approval.due_at = min(map(datetime.fromisoformat, approval.deadlines.values()), default=None)


def _store_waiting(approval: Approval, step: Step, *, at: datetime) -> None:
    """Bring the rows of who can act now in line with the state: at most one statement for those who no longer can,
    one for those who now can."""
    if gone := step.waiting_before - step.waiting:
        rows = Waiting.objects.filter(approval=approval)
        if step.waiting:
            rows = rows.filter(person__number__in=gone)
        rows.update(ended_at=at)
    if come := step.waiting - step.waiting_before:
        Waiting.asked.bulk_create(
            [Waiting(approval=approval, person_id=key, since=at) for key in step.directory.keys(come)],
            update_conflicts=True,
            unique_fields=["person", "approval"],
            update_fields=["since", "ended_at"],
        )
