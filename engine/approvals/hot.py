"""The statements of every act, written by hand and prepared (see `engine.approvals.prepared` for why, and how much it gains).

Lock, read, ask who is employed: what an act reads before it writes. Each is one statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.db import models

from engine.approvals import prepared
from engine.approvals.models import Approval, Ballot, Policy
from engine.approvals.pure import policy as policies
from people.models import Substitute

VERSION = [column.attname for column in Approval._meta.concrete_fields].index("version")
DEFINITION = [column.attname for column in Policy._meta.concrete_fields].index("definition")
PERSON = "number, id, is_active AND left_on IS NULL"
ANY_SUBSTITUTE = """
EXISTS (SELECT 1 FROM people_substitute s WHERE s.from_at <= %s AND (s.until_at IS NULL OR s.until_at > %s))
"""


def locked(approval_id: int, *, ballot: UUID, at: datetime) -> Approval:
    """Lock the process, then the approval, and read it: one statement, unless somebody held the lock.

    `rules` is its policy as the core reads it, `is_repeated` whether the ballot is known, `has_substitutes` whether anybody
    stands for anybody at the moment; `task_row` and `process_row` are what `waiting_task` makes a task of.

    SQLite's transaction is alone already. PostgreSQL gives the row that was waited for as it is after the wait, but
    answers the questions beside it as of the beginning of the statement: when the two differ (every act raises
    `version`), all is read again by a statement that begins under the lock.

    Raises:
        Approval.DoesNotExist: there is none.
    """
    moment = prepared.value_of(Substitute, "from_at", at)
    values = [prepared.value_of(Ballot, "id", ballot), moment, moment, approval_id]
    for sql in _locking_sql():
        if found := prepared.execute(sql, values).fetchone():
            break
    if found is None or found[-1] != found[VERSION]:
        found = prepared.execute(_reading_sql(), values).fetchone()
    if found is None:
        raise Approval.DoesNotExist
    own, task = prepared.width(Approval), prepared.width(_flow_table("Task"))
    approval: Any = prepared.read(Approval, found[:own])
    approval.task_row, approval.process_row = found[own : own + task], found[own + task : -5]
    approval.rules, approval.ballot_rows = rules_of(found[-5]), found[-2]
    approval.is_repeated, approval.has_substitutes = bool(found[-4]), bool(found[-3])
    return cast("Approval", approval)


@cache
def _reading_sql(join: str = "LEFT JOIN") -> str:
    task, process = prepared.columns(_flow_table("Task"), "t"), prepared.columns(_flow_table("Process"), "r")
    return (
        f"SELECT {prepared.columns(Approval, 'a')}, {task}, {process}, p.definition,"  # noqa: S608 our own names
        f" EXISTS (SELECT 1 FROM approvals_ballot b WHERE b.id = %s), {ANY_SUBSTITUTE},"
        f" (SELECT {_as_json()} FROM approvals_ballot b WHERE b.approval_id = a.id AND b.seq IS NOT NULL),"
        " (SELECT version FROM approvals_approval o WHERE o.id = a.id)"
        " FROM approvals_approval a JOIN approvals_policy p ON p.id = a.policy_id"
        f" {join} viewflow_task t ON t.id = a.task_id {join} viewflow_process r ON r.id = t.process_id WHERE a.id = %s"
    )


@cache
def _locking_sql() -> tuple[str, ...]:
    """Return what locks and reads: an approval in a flow, else one for which no flow waits."""
    if not prepared.is_postgresql():
        return (_reading_sql(),)
    return (
        f"{_reading_sql('JOIN')} FOR NO KEY UPDATE OF r, a",
        f"{_reading_sql()} AND a.task_id IS NULL FOR NO KEY UPDATE OF a",
    )


@cache
def _as_json() -> str:
    """Return what makes the ballots of an approval one value: number in the state, id, and when each was cast."""
    if prepared.is_postgresql():
        return "json_agg(json_build_array(b.seq, b.id, b.at))::text"
    return "json_group_array(json_array(b.seq, b.id, b.at))"


def ballots_before(approval: Any) -> dict[int, tuple[UUID, datetime]]:
    """Return the ballots of an approval read by `locked`, none of a new one: number in the state → id, and when it was cast.
    The mapping is the approval's: who stores further ones puts them in."""
    known = approval.__dict__.get("ballots_known")
    if known is None:
        rows = json.loads(approval.__dict__.get("ballot_rows") or "[]")
        known = approval.ballots_known = {seq: (UUID(key), _moment(at)) for seq, key, at in rows}
    return cast("dict[int, tuple[UUID, datetime]]", known)


def _moment(text: str) -> datetime:
    """Read a moment as the databases write it; SQLite says nothing of its zone, which is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@cache
def _flow_table(name: str) -> Any:
    return apps.get_model("viewflow", name)


@lru_cache(maxsize=256)
def rules_of(definition: str) -> policies.Policy:
    """Read a definition as it stands in the database, once each text."""
    return policies.read(json.loads(definition))


def latest_policy(name: str, *, at: datetime, keys_of: tuple[type[models.Model], ...] = ()) -> Policy | None:
    """Read the newest version of a policy; `rules` and `has_substitutes` as in `locked`.

    With it come the people whom the version read before it named, as `people`: number → what `people_by_number` says. Who
    else is named must be asked for. `key_of_next` is a key for an approval that will go by it, `keys` one for each table of
    `keys_of`; none on SQLite (`prepared.new_keys`).
    """
    moment, guess = prepared.value_of(Substitute, "from_at", at), _named_before.get(name, frozenset())
    found = prepared.look(_policy_sql(keys_of), [moment, moment, _as_list(guess), name]).fetchone()
    if found is None:
        return None
    own = prepared.width(Policy)
    policy: Any = prepared.read(Policy, found[:own])
    has_substitutes, people, policy.key_of_next, *keys = found[own:]
    policy.rules, policy.has_substitutes = rules_of(found[DEFINITION]), bool(has_substitutes)
    policy.keys = keys if prepared.is_postgresql() else []
    rows = json.loads(people or "[]")
    policy.people = {number: (key, bool(is_here)) for number, key, is_here in rows}
    _named_before[name] = policy.rules.named
    return cast("Policy", policy)


_named_before: dict[str, frozenset[str]] = {}  # policy → whom its newest version named when it was last read


def _as_list(numbers: frozenset[str]) -> str:
    """Return what `_policy_sql` finds people by: an array's text, or a list in JSON. Both quote alike what numbers have."""
    found = json.dumps(sorted(numbers), ensure_ascii=False)
    return f"{{{found[1:-1]}}}" if prepared.is_postgresql() else found


@cache
def _policy_sql(keys_of: tuple[type[models.Model], ...]) -> str:
    found, among = "json_group_array(json_array(%s))", "IN (SELECT value FROM json_each(%%s))"
    if prepared.is_postgresql():
        found, among = "json_agg(json_build_array(%s))::text", "= ANY (CAST(%%s AS text[]))"
    people = f"SELECT {found} FROM people_employee e WHERE e.number {among}" % PERSON  # noqa: S608 our own names
    return (
        f"SELECT {prepared.columns(Policy, 'p')}, {ANY_SUBSTITUTE}, ({people}),"  # noqa: S608 our own names
        f" {', '.join([prepared.next_key(Approval), *map(prepared.next_key, keys_of)])}"
        " FROM approvals_policy p WHERE p.name = %s"
        " ORDER BY p.version DESC LIMIT 1"
    )


def people_by_number(numbers: Iterable[str]) -> dict[str, tuple[int, bool]]:
    """Read people: number → (primary key, whether they are employed)."""
    condition, values = prepared.any_of("number", sorted(numbers))
    rows = prepared.look(
        f"SELECT {PERSON} FROM people_employee WHERE {condition}",  # noqa: S608 no value
        values,
    )
    return {number: (key, bool(is_here)) for number, key, is_here in rows.fetchall()}


def waiting_task(approval: Any) -> Any:
    """Return the flow's task that waits for an approval read by `locked`, with its process."""
    task = prepared.read(_flow_table("Task"), approval.task_row)
    task.process = prepared.read(_flow_table("Process"), approval.process_row)
    return task
