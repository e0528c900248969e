"""Ask for an approval, act on it.

Every act runs under the lock of its process, then of the approval; the pure core decides, this module keeps what it says:
state, ballots, who is waited for, one event. When the approval ends, the waiting task of the flow is resumed in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from engine.approvals import core, hot, prepared, subjects
from engine.approvals.domain import records
from engine.approvals.domain.policies import latest
from engine.approvals.models import Approval, Attachment, Ballot, Policy, Signature, Waiting
from people.models import Employee

Status = Approval.Status
NO_BALLOT = UUID(int=0)
FOR_THE_SYSTEM = frozenset({"tick", "substitute"})  # time passes by itself; substitutes are named for all approvals


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


class SignatureMissing(ValidationError):
    """The policy wants this opinion signed by hand."""

    def __init__(self) -> None:
        super().__init__(_("Sign in the box with your finger or the mouse, then send it."), code="signature-missing")


class BallotReused(ValidationError):
    """The same ballot id came with another content."""

    def __init__(self) -> None:
        super().__init__(_("This form was sent before with another content. Reload the page."), code="ballot-reused")


class Refused(ValidationError):
    """The rules of approvals do not allow the act; the sentence says why."""

    def __init__(self, refusal: core.Refusal, step: core.Step) -> None:
        super().__init__(gettext_lazy(refusal.template), code=refusal.code, params=step.in_words(refusal))


def ask_within(
    policy: str | Policy,
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
    """Create an approval and submit it, in a transaction of the caller's that holds its writes back: a run of a flow.

    Args:
        policy: name, of which the latest published version is taken and kept; or that version, read in this transaction.
        subject: `<kind>:<key>` of what it is about.
        title: what people read in their lists, at most 200 characters.
        applicant: on whose behalf it is asked; sources like `manager:1` start from this person.
        by: who caused it, for the flow; None for the system. The approval's own history begins with the applicant.
        task: the flow's task that waits for the outcome; None outside a flow.
        link: address of the subject's page.
        facts: label → value, shown to approvers; labels are message ids.
        picks: step → employee numbers, where the policy lets the applicant pick.

    Returns:
        The approval; it may have ended already, when nobody had to be asked. Then the caller goes on by itself. Where
        the applicant must name people first and none are given, it is a draft in their hands.

    Raises:
        policies.NoSuchPolicy: nothing of that name is published.
        Refused: the policy cannot be walked, for example picks are missing.
    """
    rules: Any = latest(policy, at=at) if isinstance(policy, str) else policy
    approval = prepared.new(
        Approval, id=rules.key_of_next, policy=rules, subject=subject, title=title[:200], applicant=applicant, task=task, link=link,
        facts=[[label, value if isinstance(value, int) else str(value)] for label, value in (facts or {}).items()], created_at=at, state={},
        status=Status.DRAFT,
    )  # fmt: skip
    submit = {"by": applicant.number, "do": "submit"} | ({"picks": dict(picks)} if picks else {})
    try:
        step = core.begin(approval, at=at).act(submit)
    except core.Refusal as refusal:
        if refusal.code != "picks-missing" or picks:
            raise Refused(refusal, core.begin(approval, at=at)) from None
        records.store_draft(approval, core.begin(approval, at=at), at=at)
        return approval
    records.store(approval, step, submit, ballot=uuid4(), person=applicant, at=at)
    return approval


# The same in a transaction of its own.
ask = prepared.transaction()(ask_within)


@prepared.transaction()
def act(
    approval_id: int,
    *,
    ballot: UUID,
    person: Employee,
    action: Mapping[str, Any],
    at: datetime,
    signature: bytes = b"",
    files: Sequence[tuple[str, bytes, str]] = (),
) -> Approval:
    """Carry out one act of a person: any verb of the specification.

    Args:
        ballot: the caller's id of this act; sent again with the same content it answers with the stored outcome.
        action: `{"do": verb, …}` with the fields of the verb, without `by`; people are named by employee number.
        signature: the handwriting as PNG, where the policy asks for it under an opinion.
        files: (name, content, content type) of what is put beside the act, checked by the door.

    Raises:
        NotYours, AlreadyDecided, Stale: somebody was quicker, or the person was never asked.
        BallotReused: the id was used for something else.
        Refused: the rules do not allow it; the sentence says why.
        SignatureMissing: the policy wants this opinion signed.
        ValidationError: the subject's app wants something first (`subjects.guard`).
    """
    approval = hot.locked(approval_id, ballot=ballot, at=at)
    whole = {**action, "by": person.number}
    if approval.is_repeated:  # type: ignore[attr-defined]  # annotated by `locked`
        return _repeated(approval, Ballot.objects.get(pk=ballot), whole)
    before = core.resume(approval, at=at)
    before.directory.meet(person)
    if action.get("do") in FOR_THE_SYSTEM:
        raise _refusal(approval, before, whole, core.Refusal("not-system"))
    before = _on_time(approval, before, at=at)
    try:
        after = before.act(whole)
    except core.Refusal as refusal:
        raise _refusal(approval, before, whole, refusal) from None
    _check_signature(after, whole, signature)
    if action.get("do") == "approve":
        subjects.demand(approval.subject)
    records.store(approval, after, whole, ballot=ballot, person=person, at=at)
    if signature:
        Signature.objects.create(ballot_id=ballot, png=signature)
    for name, content, kind in files:
        Attachment.objects.create(
            ballot_id=ballot, name=name[:120], content=content, content_type=kind, size=len(content)
        )
    _go_on(approval, by=person, at=at)
    return approval


def _check_signature(step: core.Step, action: Mapping[str, Any], signature: bytes) -> None:
    mine = next((act for act in step.new_acts if act.person == action["by"] and act.is_ballot), None)
    if mine is not None and step.policy.step(mine.step).has_signature and not signature:
        raise SignatureMissing


def _on_time(approval: Approval, step: core.Step, *, at: datetime) -> core.Step:
    """Let the working clock run up to now, and keep what deadlines on its way decided."""
    ticked = step.on_time()
    if ticked.new_acts and ticked is not step:
        tick = {"by": "system", "do": "tick", "minutes": ticked.state.minute - step.state.minute}
        records.store(approval, ticked, tick, ballot=uuid4(), person=None, at=at)
    return ticked


def decide(
    approval_id: int,
    *,
    ballot: UUID,
    person: Employee,
    verb: str,
    at: datetime,
    note: str = "",
    round: int | None = None,  # noqa: A002 the specification's word
    signature: bytes = b"",
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
    return act(approval_id, ballot=ballot, person=person, action=action, at=at, signature=signature)


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


@prepared.transaction()
def call_off(task: Any, *, by: Employee | None, at: datetime) -> None:
    """Make void what still runs for a task whose process is called off; the task is not resumed."""
    for pk in Approval.objects.filter(task=task, finished_at=None).values_list("pk", flat=True):
        approval = hot.locked(pk, ballot=NO_BALLOT, at=at)
        if approval.status == Status.DRAFT:  # nothing of it has been submitted
            approval.delete()
            continue
        _void(approval, gettext("The process was called off."), by=by, at=at)


@prepared.transaction()
def make_void(approval_id: int, *, reason: str, by: Employee | None, at: datetime) -> None:
    """End a running approval whose subject is no longer what people were asked about; the flow's task is resumed."""
    approval = hot.locked(approval_id, ballot=NO_BALLOT, at=at)
    if not approval.is_terminal:
        _void(approval, reason, by=by, at=at)
        _go_on(approval, by=by, at=at)


def _void(approval: Approval, reason: str, *, by: Employee | None, at: datetime) -> None:
    """Let the house itself end it, in an administrator's place."""
    step = core.resume(approval, at=at)
    action = {"by": step.directory.administrators()[0], "do": "void", "note": reason}
    records.store(approval, step.act(action), action, ballot=uuid4(), person=by, at=at)


def places_of(person: Employee) -> list[int]:
    """Return the running approvals in whose open steps a person has an undecided place, also one whose turn comes later.
    One statement, and the state of each that names the person at all."""
    named = Approval.objects.filter(status__in=(Status.RUNNING, Status.SUSPENDED))
    rows = named.annotate(words=Cast("state", TextField())).filter(words__contains=f'"{person.number}"')
    return [pk for pk, state in rows.order_by("pk").values_list("pk", "state") if core.has_place(state, person.number)]


@prepared.transaction()
def migrate(approval_id: int, *, ballot: UUID, by: Employee, at: datetime) -> Approval:
    """Move an approval that runs to the newest version of its policy: what has passed stays, the rest is asked afresh.

    Raises:
        AlreadyDecided, Refused: it has ended, or people would have to be named first.
    """
    approval = hot.locked(approval_id, ballot=ballot, at=at)
    newest = latest(approval.policy.name, at=at)
    if approval.is_repeated or newest.pk == approval.policy_id:  # type: ignore[attr-defined]
        return approval
    before = core.resume(approval, at=at)
    try:
        after = before.migrated(core.read(newest.definition), by=by.number)
    except core.Refusal as refusal:
        raise _refusal(approval, before, {}, refusal) from None
    approval.policy, approval.deadlines = newest, {}
    approval.save(update_fields=["policy", "deadlines"])
    action = {"by": by.number, "do": "migrate", "version": newest.version}
    records.store(approval, after, action, ballot=ballot, person=by, at=at)
    _go_on(approval, by=by, at=at)
    return approval


@prepared.transaction()
def wake(approval_id: int, *, at: datetime) -> bool:
    """Let the deadlines of an approval take effect that have passed; returns whether any did."""
    approval = hot.locked(approval_id, ballot=NO_BALLOT, at=at)
    if approval.wakes_at is None or approval.wakes_at > at or approval.is_terminal:
        return False
    step = core.resume(approval, at=at)
    ticked = _on_time(approval, step, at=at)
    if (
        not ticked.new_acts or ticked is step
    ):  # later than it was thought (the calendar has changed), or nothing to change
        _recount(approval, ticked, at=at)
        return False
    _go_on(approval, by=None, at=at)
    return True


@prepared.transaction()
def recount(approval_id: int, *, at: datetime) -> bool:
    """Compute the deadlines of an approval by the working calendar as it is now; those that have passed by it take effect.
    Returns whether any did."""
    approval = hot.locked(approval_id, ballot=NO_BALLOT, at=at)
    if approval.is_terminal:
        return False
    step = core.resume(approval, at=at)
    ticked = _on_time(approval, step, at=at)
    if not ticked.new_acts or ticked is step:
        _recount(approval, step, at=at)
        return False
    _go_on(approval, by=None, at=at)
    return True


def _recount(approval: Approval, step: core.Step, *, at: datetime) -> None:
    records.store_state(approval, step, at=at)
    approval.save(update_fields=["deadlines", "due_at", "wakes_at", "calendar"])


@prepared.transaction()
def refresh(approval_id: int, *, at: datetime) -> bool:
    """Ask whom a substitution that has begun adds, no longer ask whom one that has ended had added; returns whether
    anything changed."""
    approval = hot.locked(approval_id, ballot=NO_BALLOT, at=at)
    step = core.resume(approval, at=at)
    before = set(Waiting.objects.filter(approval=approval).values_list("person__number", flat=True))
    if gone := before - step.waiting:
        Waiting.objects.filter(approval=approval, person__number__in=gone).update(ended_at=at)
    if come := sorted(step.waiting - before):
        prepared.write(*records.asking(approval.pk, step.directory.keys(come), at=at))
        approval.state["asked"] += [person for person in come if person not in approval.state["asked"]]
        approval.save(update_fields=["state"])
    return before != step.waiting


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
    if refusal.code in {"not-approver", "not-applicant", "not-administrator", "not-involved", "not-asked"}:
        return NotYours()
    return Refused(refusal, before)


def _go_on(approval: Approval, *, by: Employee | None, at: datetime) -> None:
    """Resume the flow's task when the approval has just ended."""
    if approval.is_terminal and approval.task_id is not None:
        task = hot.waiting_task(approval)
        task.flow_task.run(task, approval=approval, by=by, at=at)
