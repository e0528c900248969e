"""Corrections by what-if: shown as a difference over ranks, points and certificates, then applied whole or dropped.

Locks as `results`: sheets, contest, then the correction, then accounts; the board last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain import changing, results, rewarding
from contests.domain.corrections import NoReason
from contests.domain.setup import demand_state
from contests.models import Change, Contest
from contests.queries.changes import Reader, Tried, state_label, try_steps
from engine.events.domain import record
from people.models import Employee

State = Contest.State
STATES = (State.JUDGING, State.REVIEW, State.NOTICE, State.FINAL)
Steps = Sequence[Mapping[str, Any]]


class Stale(ValidationError):
    """What was shown is not what would happen now."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("The result has changed since this difference was computed: compute it again, look, then apply."),
            code="stale",
        )


class NotADraft(ValidationError):
    """The correction was applied or dropped already, or is not applied and cannot be taken back."""

    status = 409


class NothingToDo(ValidationError):
    """A correction without a step."""


class ChangedSince(ValidationError):
    """Something the correction changed has been changed again: it cannot be taken back as it was."""

    status = 409


@transaction.atomic(savepoint=False)
def propose(*, contest: Contest, key: UUID, steps: Steps, reason: str, by: Employee, at: datetime) -> Change:
    """Keep a correction as a draft with the difference it would make; nothing else changes. The same key again: the same.

    Args:
        steps: `{"kind": …}` with the keys of `queries.changes.KEYS`; may be empty at first.

    Raises:
        NoReason, BadStep, setup.WrongState.
    """
    known = Change.objects.filter(pk=key, contest=contest).first()
    if known is not None:
        return known
    demand_state(contest, *STATES)
    if not reason.strip():
        raise NoReason(_("Write the reason: it stays with the decision."), code="reason")
    tried = _try(contest, steps, reason)
    row = Change(
        id=key, contest=contest, reason=reason.strip()[:500], steps=[dict(step) for step in steps],
        difference=tried.to_json(), by=by, at=at,
    )  # fmt: skip
    Change.objects.bulk_create([row], ignore_conflicts=True)  # sent twice at once: the first stands
    return Change.objects.select_related("contest").get(pk=key, contest=contest)


@transaction.atomic(savepoint=False)
def revise(*, change_id: UUID, steps: Steps | None = None) -> Change:
    """Give a draft other steps, or compute the difference of the same again.

    Raises:
        NotADraft, BadStep.
    """
    change = _locked(change_id)
    _demand(change, Change.State.DRAFT)
    if steps is not None:
        change.steps = [dict(step) for step in steps]
    change.difference = _try(change.contest, change.steps, change.reason).to_json()
    change.save(update_fields=["steps", "difference"])
    return change


@transaction.atomic(savepoint=False)
def drop(*, change_id: UUID, by: Employee, at: datetime) -> Change:
    """Throw a draft away; it stays readable.

    Raises:
        NotADraft.
    """
    change = _locked(change_id)
    _demand(change, Change.State.DRAFT)
    change.state = Change.State.DROPPED
    change.save(update_fields=["state"])
    record(change.contest.subject, "change.dropped", by=by, at=at, change=str(change.pk), reason=change.reason)
    return change


@transaction.atomic(savepoint=False)
def apply(*, change_id: UUID, by: Employee, at: datetime, shown: str = "") -> Change:
    """Carry out a draft, all of it or nothing: marks, penalties, statuses; once public also rows, version, points.

    Args:
        shown: the digest of the difference the person saw; '' takes the one that is stored.

    Raises:
        NotADraft: somebody was quicker.
        Stale: the result has changed since the difference was computed.
        NothingToDo, BadStep, setup.WrongState; BudgetEmpty, rewards.domain.awards.PaidMeanwhile.
    """
    contest, change = _locked_with_contest(change_id)
    demand_state(contest, *STATES)
    _demand(change, Change.State.DRAFT)
    if not change.steps:
        raise NothingToDo(_("Say what is to be corrected first."), code="no-steps")
    steps = Reader(contest, change.reason).read(change.steps)
    digest = try_steps(contest, steps).digest
    if digest != change.difference.get("digest") or shown not in ("", digest):
        raise Stale
    change.before = changing.put(contest, steps, reason=change.reason, by=by, at=at)
    change.state, change.applied_at, change.applied_by = Change.State.APPLIED, at, by
    change.save(update_fields=["state", "before", "applied_at", "applied_by"])
    _tell(change, "change.applied", by=by, at=at)
    results.rewrite(contest=contest, reason=change.reason, by=by, at=at)
    rewarding.correct(contest, at=at)
    return change


@transaction.atomic(savepoint=False)
def take_back(*, change_id: UUID, reason: str, by: Employee, at: datetime) -> Change:
    """Undo an applied correction, all of it or nothing; ranks, points and versions follow as when it was applied.

    Raises:
        NotADraft: it is not applied (any more).
        ChangedSince: a later decision changed the same mark, penalty, status or factor.
        NoReason, setup.WrongState; BudgetEmpty, rewards.domain.awards.PaidMeanwhile.
    """
    contest, change = _locked_with_contest(change_id)
    demand_state(contest, *STATES)
    _demand(change, Change.State.APPLIED)
    if not reason.strip():
        raise NoReason(_("Write the reason: it stays with the decision."), code="reason")
    if not changing.is_untouched(contest, change.before):
        raise ChangedSince(
            _("A later decision changed the same thing again: take that one back first."), code="changed-since"
        )
    changing.undo(contest, change.before, reason=reason, by=by, at=at)
    change.state = Change.State.REVERTED
    change.save(update_fields=["state"])
    _tell(change, "change.taken-back", by=by, at=at, why=reason)
    results.rewrite(contest=contest, reason=reason, by=by, at=at)
    rewarding.correct(contest, at=at)
    return change


def back_of(change: Change) -> Tried | None:
    """Return the difference taking a correction back would make now; None when it cannot be taken back."""
    if change.state != Change.State.APPLIED or not changing.is_untouched(change.contest, change.before):
        return None
    return try_steps(change.contest, changing.undoing(change.before))


def _try(contest: Contest, steps: Steps, reason: str) -> Tried:
    return try_steps(contest, Reader(contest, reason).read(steps))


def _locked(change_id: UUID) -> Change:
    rows = Change.objects.select_for_update(no_key=True, of=("self",)).select_related("contest")
    return rows.get(pk=change_id)


def _locked_with_contest(change_id: UUID) -> tuple[Contest, Change]:
    """Lock the contest as `results` does, then the correction; both are read under their locks."""
    contest = results.locked(Change.objects.select_related("contest").get(pk=change_id).contest)
    change = _locked(change_id)
    change.contest = contest
    return contest, change


def _demand(change: Change, state: str) -> None:
    if change.state != state:
        raise NotADraft(
            _("This correction is “%(state)s” already: reload the page."),
            code="change-state",
            params={"state": state_label(change)},
        )


def _tell(change: Change, action: str, *, by: Employee, at: datetime, **more: Any) -> None:
    entries = [row["entry"] for row in change.difference.get("rows", [])]
    record(
        change.contest.subject, action, by=by, at=at,
        change=str(change.pk), reason=change.reason, steps=change.steps, entries=entries, **more,
    )  # fmt: skip
