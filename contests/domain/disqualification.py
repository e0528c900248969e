"""To disqualify an entry: the chief judge proposes, somebody else agrees, then it is in force."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain import round_signing
from contests.domain.corrections import NoReason, Unknown
from contests.domain.setup import demand_state
from contests.models import Contest, Disqualification, Entry
from contests.queries.sentences import sentence
from engine.events.domain import record
from engine.live import domain as live
from people.models import Employee

State = Disqualification.State
OPEN = (Contest.State.DRAWN, Contest.State.JUDGING, Contest.State.REVIEW)


class AlreadyProposed(ValidationError):
    """A proposal for this entry waits, or it is disqualified already."""


class AlreadyDecided(ValidationError):
    """The proposal does not wait any more."""

    status = 409


class SamePerson(ValidationError):
    """Who proposed it cannot agree to it."""


class StillOpen(ValidationError):
    """Proposals wait: the result would be shown without their decision."""


@transaction.atomic(savepoint=False)
def propose(*, contest: Contest, entry: str, reason: str, by: Employee, at: datetime) -> Disqualification:
    """Propose to disqualify an entry, before the result is shown; nothing changes until somebody else agrees.

    Raises:
        NoReason, Unknown, AlreadyProposed, setup.WrongState.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *OPEN)
    if not reason.strip():
        raise NoReason(_("Write the reason: it stays with the decision."), code="reason")
    row = Entry.objects.filter(contest=contest, code=entry).first()
    if row is None:
        raise Unknown(sentence("unknown_entry"), code="unknown-entry")
    waits = Disqualification.objects.filter(entry=row, state=State.PROPOSED).exists()
    if waits or row.status == Entry.Status.DISQUALIFIED:
        raise AlreadyProposed(
            _("This entry is disqualified already, or a proposal waits for agreement."), code="proposed"
        )
    made = Disqualification.objects.create(contest=contest, entry=row, reason=reason.strip()[:300], by=by, at=at)
    record(contest.subject, "disqualification.proposed", by=by, at=at, entry=entry, reason=made.reason)
    return made


@transaction.atomic(savepoint=False)
def agree(*, pk: int, by: Employee | None, at: datetime, note: str = "") -> Disqualification:
    """Put a proposal in force: the entry is disqualified and stands last, without a rank.

    Raises:
        SamePerson, AlreadyDecided; setup.WrongState: the result is shown already.
    """
    row, contest = _locked(pk)
    demand_state(contest, *OPEN)
    if by is not None and by.pk == row.by_id:
        raise SamePerson(_("Somebody else has to agree: you proposed it."), code="same-person")
    Entry.objects.filter(pk=row.entry_id).update(status=Entry.Status.DISQUALIFIED, status_reason=row.reason)
    _decide(row, contest, State.AGREED, note, by=by, at=at)
    round_signing.void(contest, row.reason, by=by, at=at)
    live.stir(contest.code)
    return row


@transaction.atomic(savepoint=False)
def turn_down(
    *, pk: int, by: Employee | None, at: datetime, note: str = "", is_withdrawn: bool = False
) -> Disqualification:
    """End a proposal that was not agreed to, or that the chief judge took back: the entry goes on as it was.

    Raises:
        AlreadyDecided.
    """
    row, contest = _locked(pk)
    _decide(row, contest, State.WITHDRAWN if is_withdrawn else State.REFUSED, note, by=by, at=at)
    return row


def demand_none(contest: Contest) -> None:
    """Refuse to show the result of a locked contest while a proposal waits."""
    waiting = Disqualification.objects.filter(contest=contest, state=State.PROPOSED)
    if codes := list(waiting.values_list("entry__code", flat=True)):
        raise StillOpen(
            _("A disqualification waits for agreement (%(entries)s): it is decided first."),
            code="disqualification",
            params={"entries": "、".join(codes)},
        )


def _locked(pk: int) -> tuple[Disqualification, Contest]:
    """Lock the contest, then read the proposal."""
    contest = Contest.objects.locked(Disqualification.objects.values_list("contest_id", flat=True).get(pk=pk))
    row = Disqualification.objects.select_related("entry").get(pk=pk)
    if row.state != State.PROPOSED:
        raise AlreadyDecided(
            _("This proposal is “%(state)s” already: reload the page."),
            code="already-decided",
            params={"state": row.get_state_display()},
        )
    return row, contest


def _decide(
    row: Disqualification, contest: Contest, state: str, note: str, *, by: Employee | None, at: datetime
) -> None:
    row.state, row.decision, row.decided_by, row.decided_at = state, note[:300], by, at
    row.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    record(
        contest.subject, f"disqualification.{state}", by=by, at=at,
        entry=row.entry.code, reason=row.reason, decision=row.decision,
    )  # fmt: skip
