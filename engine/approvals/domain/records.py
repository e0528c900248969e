"""Lock an approval; write beside its state what lists need: ballots, who is waited for, copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from engine.approvals import hot, prepared
from engine.approvals.core import Step
from engine.approvals.models import Approval, Ballot, Cc, Waiting
from engine.approvals.prepared import Statement
from engine.approvals.pure.state import to_json
from engine.events import domain as events
from engine.proof import domain as proof
from engine.proof.models import Leaf
from people.models import Employee

CHANGING = ("state", "status", "round", "version", "finished_at", "deadlines", "due_at", "wakes_at", "calendar")


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
    rows = _ballots(approval, step, action, ballot=ballot, person=person, at=at)
    cast = hot.ballots_before(approval)
    cast |= {row[SEQ]: (row[KEY], at) for row in rows if row[SEQ] is not None}
    has_ended = step.state.is_terminal and approval.finished_at is None
    store_state(approval, step, at=at)
    approval.version += len(rows)

    if approval.pk is None:  # the database gives the key as it inserts
        prepared.insert_now(approval)
        own: list[Statement] = []
    else:
        own = [prepared.insert(approval) if step.is_new else prepared.update(approval, CHANGING)]
    ballots = prepared.insert_values(Ballot, BALLOT, [(approval.pk, *row) for row in rows])
    leaves = final_leaves(approval, step, cast, at=at) if has_ended else []
    waiting, copies = _waiting(approval.pk, step, at=at), _copies(approval.pk, step)
    prepared.write(*own, ballots, *waiting, *copies, *leaves)
    if action["do"] == "tick":
        steps = sorted({row.step for row in step.new_acts if row.step})
        events.record(approval.subject, "approval.overdue", by=None, at=at, approval=approval.pk, steps=steps)


def store_draft(approval: Approval, step: Step, *, at: datetime) -> None:
    """Keep an approval its applicant must complete before it can be submitted."""
    store_state(approval, step, at=at)
    approval.save(force_insert=True)
    prepared.write(*_waiting(approval.pk, step, at=at))


def store_state(approval: Approval, step: Step, *, at: datetime) -> None:
    """Put the state, and what follows from it, into the row."""
    approval.state = to_json(step.state)
    approval.status, approval.round = step.state.status, step.state.round
    if step.state.is_terminal and approval.finished_at is None:
        approval.finished_at = at
    approval.deadlines, approval.wakes_at = step.due_times(approval.deadlines)
    approval.calendar = step.calendar.mark if approval.deadlines else ""
    approval.due_at = min(map(datetime.fromisoformat, approval.deadlines.values()), default=None)


BALLOT = ("approval_id", "id", "position", "person_id", "on_behalf_of_id", "step", "round", "verb", "note", "reason",
          "action", "seq", "minute", "at")  # fmt: skip

SEQ, KEY = BALLOT.index("seq") - 1, BALLOT.index("id") - 1  # places in a row of `_ballots`


def _ballots(
    approval: Approval, step: Step, action: Mapping[str, Any], *, ballot: UUID, person: Employee | None, at: datetime
) -> list[tuple[Any, ...]]:
    """Return the act itself and what the system decided because of it, in the order of the core: values of `BALLOT`
    without the approval."""
    mine = next((row for row in step.new_acts if row.person == action["by"] and person is not None), None)
    stands_for = step.directory.keys([mine.stands_for]) if mine and mine.stands_for else [None]
    key, position, now = person.pk if person else None, approval.version + 1, (step.state.minute, at)
    place, seq = (mine.step, mine.seq) if mine else (str(action.get("step") or ""), None)
    act = (ballot, position, key, stands_for[0], place, step.state.round, action["do"], str(action.get("note") or ""), "",
           dict(action), seq, *now)  # fmt: skip
    # What the system decided because of it; and each further place somebody's items were handed over in.
    further = [row for row in step.new_acts if row is not mine]
    return [act] + [
        (uuid5(ballot, f"system:{number}"), position + number, None if row.person == "system" else key, None, row.step,
         step.state.round, row.verb, "", row.reason, {}, row.seq, *now)
        for number, row in enumerate(further, 1)
    ]  # fmt: skip


def final_leaves(
    approval: Approval, step: Step, cast: Mapping[int, tuple[UUID, datetime]], *, at: datetime
) -> list[Statement]:
    """Make a leaf of the log of each ballot that stands at the end, whoever cast it (spec/ledger.md, tamper evidence).

    Args:
        cast: every ballot of the approval: number in the state → its id, and when it was cast.
    """
    standing = [act for act in step.state.acts if act.is_ballot and not act.status]
    if not standing:
        return []
    about = {
        "subject": approval.subject, "title": approval.title, "policy": step.policy.name, "outcome": step.state.status,
        "applicant": step.state.applicant,
    }  # fmt: skip
    entries = [
        ("ballot", str(cast[act.seq][0]), about | {
            "ballot": str(cast[act.seq][0]), "at": cast[act.seq][1].astimezone(UTC).isoformat(), "round": act.round,
            "step": act.step, "verb": act.verb, "by": act.person, "for": act.stands_for, "note": act.note,
            "reason": act.reason,
        })
        for act in standing
        if act.seq in cast
    ]  # fmt: skip
    return [prepared.insert_values(Leaf, proof.COLUMNS, proof.leaf_values(entries, at=at))] if entries else []


def _copies(approval: Any, step: Step) -> list[Statement]:
    """Add those who were copied by this act."""
    before = step.before.copied if step.before else []
    new = [person for person in step.state.copied if person not in before]
    if not new:
        return []
    rows = [(approval, key) for key in step.directory.keys(new)]
    found = prepared.insert_values(Cc, ("approval_id", "person_id"), rows)
    return [replace(found, sql=f"{found.sql} ON CONFLICT DO NOTHING")] if rows else []


def _waiting(approval: Any, step: Step, *, at: datetime) -> list[Statement]:
    """Bring the rows of who can act now in line with the state: at most one statement for those who no longer can,
    one for those who now can."""
    writes = []
    if gone := step.waiting_before - step.waiting:
        writes.append(_no_longer(approval, gone if step.waiting else None, step, at=at))
    if come := step.waiting - step.waiting_before:
        writes += asking(approval, step.directory.keys(come), at=at)
    return writes


def _no_longer(approval: int, people: set[str] | None, step: Step, *, at: datetime) -> Statement:
    """Wait no longer for some people, or for anybody."""
    # Said so that the index of everything that is open anywhere does not look useful.
    sql = "UPDATE approvals_waiting SET ended_at = %s WHERE approval_id = %s AND (CASE WHEN ended_at IS NULL THEN 1 END) = 1"
    values = [prepared.value_of(Waiting, "ended_at", at), approval]
    if people is not None and (keys := step.directory.keys_if_known(people)):
        condition, known = prepared.any_of("person_id", keys)
        sql, values = f"{sql} AND {condition}", values + known
    elif people is not None:
        condition, numbers = prepared.any_of("number", sorted(people))
        sql += f" AND person_id IN (SELECT id FROM people_employee WHERE {condition})"  # noqa: S608 no value
        values += numbers
    return Statement(sql, values, Waiting._meta.db_table, changes=True)


def asking(approval: Any, keys: list[int], *, at: datetime) -> list[Statement]:
    """Ask people, by primary key, or ask them again."""
    if not keys:
        return []
    rows = [(approval, key, at) for key in keys]
    found = prepared.insert_values(Waiting, ("approval_id", "person_id", "since"), rows)
    again = "ON CONFLICT (person_id, approval_id) DO UPDATE SET since = excluded.since, ended_at = NULL, read_at = NULL"
    return [replace(found, sql=f"{found.sql} {again}", changes=True)]
