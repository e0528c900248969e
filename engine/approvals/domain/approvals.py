"""Ask for an approval, act on it.

Every act runs under the lock of its process, then of the approval; the pure core decides, this module keeps what it says:
state, ballots, who is waited for, one event. When the approval ends, the waiting task of the flow is resumed in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engine.approvals import core
from engine.approvals.domain import records
from engine.approvals.domain.policies import latest
from engine.approvals.models import Approval, Ballot
from engine.events import domain as events
from people.models import Employee

Status = Approval.Status


class NotYours(ValidationError):
    """The person is not asked (any more)."""

    def __init__(self) -> None:
        super().__init__(
            _("You are not asked about this, or somebody has decided it already. Reload to see where it stands."),
            code="not-yours",
        )


class AlreadyDecided(ValidationError):
    """The approval has ended."""

    def __init__(self, status: str) -> None:
        super().__init__(
            _("This has ended already: %(status)s. Nothing was changed."),
            code="already-decided",
            params={"status": Status(status).label},
        )


class Stale(ValidationError):
    """The page the person acted on shows an earlier round."""

    def __init__(self, now: int) -> None:
        super().__init__(
            _("The request has been changed since you opened it (round %(now)s now). Read it again, then decide."),
            code="stale",
            params={"now": now},
        )


class BallotReused(ValidationError):
    """The same ballot id came with another content."""

    def __init__(self) -> None:
        super().__init__(_("This form was sent before with another content. Reload the page."), code="ballot-reused")


REASONS = {
    "return-target": _("It cannot be returned there from this step. Choose another target."),
    "note-missing": _("Write why: the applicant will read it."),
}


class Refused(ValidationError):
    """The rules of approvals do not allow the act; the sentence says why."""

    def __init__(self, refusal: core.Refusal) -> None:
        reason = REASONS.get(refusal.code)
        super().__init__(reason or _("The rules of approvals do not allow that: %(why)s"), code=refusal.code,
                         params={"why": str(refusal)})  # fmt: skip


@transaction.atomic(savepoint=False)
def ask(
    policy: str,
    *,
    subject: str,
    title: str,
    applicant: Employee,
    by: Employee | None,
    at: datetime,
    task: Any = None,
    link: str = "",
    facts: Mapping[str, Any] | None = None,
    picks: Mapping[str, list[str]] | None = None,
) -> Approval:
    """Create an approval and submit it.

    Args:
        policy: name; the latest published version is taken and kept.
        subject: `<kind>:<key>` of what it is about.
        title: what people read in their lists, at most 200 characters.
        applicant: on whose behalf it is asked; sources like `manager:1` start from this person.
        by: who caused it, for the flow; None for the system. The approval's own history begins with the applicant.
        task: the flow's task that waits for the outcome; None outside a flow.
        link: address of the subject's page.
        facts: label → value, shown to approvers; labels are message ids.
        picks: step → employee numbers, where the policy lets the applicant pick.

    Returns:
        The approval; it may have ended already, when nobody had to be asked. Then the caller goes on by itself.

    Raises:
        policies.NoSuchPolicy: nothing of that name is published.
        Refused: the policy cannot be walked, for example picks are missing.
    """
    approval = Approval(
        policy=latest(policy), subject=subject, title=title[:200], applicant=applicant, task=task, link=link,
        facts=[[label, value if isinstance(value, int) else str(value)] for label, value in (facts or {}).items()], created_at=at, state={},
        status=Status.DRAFT,
    )  # fmt: skip
    submit = {"by": applicant.number, "do": "submit"} | ({"picks": dict(picks)} if picks else {})
    try:
        step = core.begin(approval, at=at).act(submit)
    except core.Refusal as refusal:
        raise Refused(refusal) from None
    records.store(approval, step, submit, ballot=uuid4(), person=applicant, at=at)
    return approval


@transaction.atomic(savepoint=False)
def act(approval_id: int, *, ballot: UUID, person: Employee, action: Mapping[str, Any], at: datetime) -> Approval:
    """Carry out one act of a person: any verb of the specification.

    Args:
        ballot: the caller's id of this act; sent again with the same content it answers with the stored outcome.
        action: `{"do": verb, …}` with the fields of the verb, without `by`; people are named by employee number.

    Raises:
        NotYours, AlreadyDecided, Stale: somebody was quicker, or the person was never asked.
        BallotReused: the id was used for something else.
        Refused: the rules do not allow it; the sentence says why.
    """
    approval = records.locked(approval_id, ballot=ballot)
    whole = {**action, "by": person.number}
    if approval.is_repeated:  # type: ignore[attr-defined]  # annotated by `locked`
        return _repeated(approval, Ballot.objects.get(pk=ballot), whole)
    before = core.resume(approval, at=at)
    try:
        after = before.act(whole)
    except core.Refusal as refusal:
        raise _refusal(approval, before, whole, refusal) from None
    records.store(approval, after, whole, ballot=ballot, person=person, at=at)
    _go_on(approval, by=person, at=at)
    return approval


def decide(
    approval_id: int,
    *,
    ballot: UUID,
    person: Employee,
    verb: str,
    at: datetime,
    note: str = "",
    round: int | None = None,  # noqa: A002 the specification's word
    **fields: Any,
) -> Approval:
    """Cast a ballot or carry out another verb; see `act`.

    Args:
        verb: approve, refuse, return (with to="applicant" unless told), abstain, transfer …
        round: the round the person saw; another one now is refused as stale.
        fields: further fields of the verb, such as `to`, `resume`, `step`.
    """
    if verb == "return":
        fields.setdefault("to", "applicant")
    action = {"do": verb, **fields}
    if note:
        action["note"] = note
    if round is not None:
        action["round"] = round
    return act(approval_id, ballot=ballot, person=person, action=action, at=at)


def withdraw(approval_id: int, *, ballot: UUID, person: Employee, at: datetime, note: str = "") -> Approval:
    """The applicant takes the request back; it ends as withdrawn."""
    return decide(approval_id, ballot=ballot, person=person, verb="withdraw", at=at, note=note)


def resubmit(
    approval_id: int,
    *,
    ballot: UUID,
    person: Employee,
    at: datetime,
    note: str = "",
    picks: Mapping[str, list[str]] | None = None,
) -> Approval:
    """The applicant submits a returned request again: a new round."""
    fields: dict[str, Any] = {"picks": dict(picks)} if picks else {}
    return decide(approval_id, ballot=ballot, person=person, verb="submit", at=at, note=note, **fields)


@transaction.atomic(savepoint=False)
def call_off(task: Any, *, by: Employee | None, at: datetime) -> None:
    """Make void what still runs for a task whose process is called off; the task is not resumed."""
    for pk in Approval.objects.filter(task=task, finished_at=None).values_list("pk", flat=True):
        approval = records.locked(pk)
        step = core.resume(approval, at=at)
        # The house itself ends it, in an administrator's place.
        action = {
            "by": step.directory.administrators()[0],
            "do": "void",
            "note": gettext("The process was called off."),
        }
        records.store(approval, step.act(action), action, ballot=uuid4(), person=by, at=at)


@transaction.atomic(savepoint=False)
def remind(approval_id: int, *, at: datetime) -> bool:
    """Record that a deadline has passed; returns whether it was news. The approval itself goes on."""
    approval = records.locked(approval_id)
    if approval.due_at is None or approval.due_at > at or approval.reminded_for == approval.due_at:
        return False
    approval.reminded_for = approval.due_at
    approval.save(update_fields=["reminded_for"])
    steps = sorted(key for key, due in approval.deadlines.items() if datetime.fromisoformat(due) <= at)
    events.record(approval.subject, "approval.overdue", by=None, at=at, approval=approval.pk, steps=steps)
    return True


def _repeated(approval: Approval, known: Ballot, action: Mapping[str, Any]) -> Approval:
    """Answer an act that came again; the same id with another content is refused."""
    if known.approval_id != approval.pk or known.action != dict(action):
        raise BallotReused
    return approval


def _refusal(
    approval: Approval, before: core.Step, action: Mapping[str, Any], refusal: core.Refusal
) -> ValidationError:
    """Say as clearly as possible why an act was refused."""
    if approval.is_terminal:
        return AlreadyDecided(approval.status)
    if action.get("round") not in {None, approval.round}:
        return Stale(approval.round)
    if refusal.code in {"not-approver", "not-applicant", "not-administrator", "not-involved"}:
        return NotYours()
    return Refused(refusal)


def _go_on(approval: Approval, *, by: Employee | None, at: datetime) -> None:
    """Resume the flow's task when the approval has just ended."""
    if approval.is_terminal and approval.task is not None:
        approval.task.flow_task.run(approval.task, approval=approval, by=by, at=at)
