"""The panel signs the round: what is signed is fixed when it begins; whatever changes later makes it void."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain.setup import demand_state
from contests.models import Contest, RoundSigning, Sheet
from contests.pure import results, versions
from contests.queries import round_signing as rounds
from contests.queries.material import material_of
from engine.events.domain import record
from engine.proof import domain as proof
from people.models import Employee

State = RoundSigning.State
STANDING = (State.RUNNING, State.SIGNED, State.REFUSED)


class NotSigned(ValidationError):
    """The round, as it is now, is not signed by all."""

    def __init__(self) -> None:
        super().__init__(
            _("The round has changed since it was signed: it is signed again first."), code="round-not-signed"
        )


class SheetOpen(ValidationError):
    """A sheet was opened again and is not signed yet; `judges` are the names."""

    def __init__(self, judges: Sequence[str]) -> None:
        super().__init__(
            _("Opened again and not signed yet: %(judges)s. The panel signs the round afterwards."),
            code="sheet-open",
            params={"judges": "、".join(judges)},
        )


class Changed(ValidationError):
    """The round is no longer what the person was asked to sign."""

    status = 409


@transaction.atomic(savepoint=False)
def begin(*, contest: Contest, by: Employee | None, at: datetime) -> RoundSigning:
    """Fix what is signed and write the next sign-off of a closed round; an earlier one, now void, says why there is another.

    Raises:
        SheetOpen: a judge marks again.
        setup.WrongState.
    """
    # The sheets first: a correction under way is either in what is signed, or finds this row and makes it void.
    list(Sheet.objects.select_for_update(no_key=True).filter(contest=contest).order_by("pk").values_list("pk"))
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, Contest.State.REVIEW)
    if marking := rounds.marking_again(contest):
        raise SheetOpen(marking)
    before = rounds.latest(contest)
    if before is not None and before.state in {State.RUNNING, State.SIGNED}:  # what it was about has changed
        _end(before, State.VOID, _("The round has changed."), at=at)
    material = material_of(contest)
    standings = results.standings(material)
    row = RoundSigning.objects.create(
        contest=contest, number=before.number + 1 if before else 1, digest=rounds.digest(contest, material, standings),
        rows=versions.round_of(material, standings)["rows"], cause=before.reason if before else "", by=by, at=at,
    )  # fmt: skip
    record(contest.subject, "round.asked", by=by, at=at, number=row.number, digest=row.digest, cause=row.cause)
    return row


@transaction.atomic(savepoint=False)
def sign(*, pk: int, signatures: Sequence[tuple[str, str, str]], by: Employee | None, at: datetime) -> RoundSigning:
    """Everybody has agreed: the sign-off stands and is a leaf of the log; one that something made void meanwhile stays void.

    Args:
        signatures: (step, id of the ballot, SHA-256 of its handwriting or '') of every opinion.
    """
    row = _locked(pk)
    if row.state != State.RUNNING:
        return row
    if row.digest != rounds.digest_of(row.contest):
        return _end(row, State.VOID, _("The round has changed."), at=at)
    _end(row, State.SIGNED, "", at=at)
    subject, code = row.contest.subject, row.contest.code
    record(subject, "round.signed", by=by, at=at, number=row.number, digest=row.digest)
    told = {"contest": code, "number": row.number, "round": row.digest, "at": at.isoformat()}
    signed = [list(signature) for signature in signatures]
    proof.append(kind="round", key=f"{code}:{row.number}", record=told | {"signatures": signed}, at=at)
    return row


@transaction.atomic(savepoint=False)
def give_up(*, pk: int, is_void: bool, reason: str, by: Employee | None, at: datetime) -> RoundSigning:
    """Somebody did not sign, or the approval became void: the sign-off ends with the reason."""
    row = _locked(pk)
    if row.state != State.RUNNING:
        return row
    _end(row, State.VOID if is_void else State.REFUSED, reason, at=at)
    action = "round.voided" if is_void else "round.refused"
    record(row.contest.subject, action, by=by, at=at, number=row.number, reason=row.reason)
    return row


def void(contest: Contest, reason: str, *, by: Employee | None, at: datetime) -> None:
    """Make void what was signed: a mark, a penalty, a status, a factor or the rules of a closed round are about to change.

    The caller's transaction changes them. A sweep begins the next sign-off (`flows.sweeps.ask_rounds_again`). At most
    two statements; none while judges mark.
    """
    if contest.state != Contest.State.REVIEW:
        return
    standing = RoundSigning.objects.filter(contest=contest, state__in=STANDING)
    if standing.update(state=State.VOID, reason=reason[:300], ended_at=at):
        record(contest.subject, "round.voided", by=by, at=at, reason=reason)


def demand_signed(contest: Contest) -> None:
    """Refuse to show the result of a locked contest whose round is not signed as it is now.

    Raises:
        NotSigned.
    """
    if not rounds.is_settled(contest):
        raise NotSigned


def demand_unchanged(key: str) -> None:
    """Refuse a signature under a round that is no longer what was asked about. Six statements.

    Raises:
        Changed.
    """
    row = RoundSigning.objects.select_related("contest").get(pk=key)
    if row.state != State.RUNNING or row.digest != rounds.digest_of(row.contest):
        raise Changed(
            _("Something has changed since you were asked (%(reason)s): you are asked again in a moment."),
            code="changed",
            params={"reason": row.reason or _("a mark")},
        )


def _locked(pk: int) -> RoundSigning:
    """Lock the contest, then the sign-off."""
    contest = Contest.objects.locked(RoundSigning.objects.values_list("contest_id", flat=True).get(pk=pk))
    row = RoundSigning.objects.select_for_update(no_key=True).get(pk=pk)
    row.contest = contest
    return row


def _end(row: RoundSigning, state: str, reason: str, *, at: datetime) -> RoundSigning:
    row.state, row.reason, row.ended_at = state, reason[:300], at
    row.save(update_fields=["state", "reason", "ended_at"])
    return row
