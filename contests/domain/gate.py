"""Let a result through to publication, or say what holds it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain.setup import demand_state
from contests.models import Contest, Entry, EntryReview, GateAnswer
from contests.queries.gate import Finding, Gate, look
from engine.events.domain import record
from people.models import Employee


class GateClosed(ValidationError):
    """Errors, or warnings without a reason, hold the result; `findings` are these."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            _("The result cannot be submitted yet: %(titles)s. Open the gate page and settle each point."),
            code="gate-closed",
            params={"titles": "、".join(finding.title for finding in findings)},
        )
        self.findings = findings


class NoReason(ValidationError):
    """Nobody would understand it later."""


def demand_open(contest: Contest, *, at: datetime) -> Gate:
    """Return what the gate found; raise GateClosed when something blocks."""
    gate = look(contest, at=at)
    if blocking := [finding for finding in gate.findings if finding.blocks]:
        raise GateClosed(blocking)
    return gate


@transaction.atomic(savepoint=False)
def answer(*, contest: Contest, code: str, found: str, reason: str, by: Employee, at: datetime) -> GateAnswer:
    """Say why the result is right in spite of a warning, exactly as it was found; errors cannot be answered.

    Raises:
        NoReason; GateClosed: nothing like it is found (any more), or it is an error; setup.WrongState.
    """
    if not reason.strip():
        raise NoReason(_("Write the reason: it stays with the decision."), code="reason")
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, Contest.State.REVIEW)
    warnings = [row for row in look(contest, at=at).findings if row.code == code and row.level == "warning"]
    if found not in {row.found for row in warnings}:
        raise GateClosed(warnings)
    row, is_new = GateAnswer.objects.get_or_create(
        contest=contest, check_code=code, found=found, defaults={"reason": reason.strip()[:300], "by": by, "at": at}
    )
    if is_new:
        record(contest.subject, "gate.warning-answered", by=by, at=at, check=code, reason=row.reason)
    return row


@transaction.atomic(savepoint=False)
def review(*, contest: Contest, entry: str, is_right: bool, note: str, by: Employee, at: datetime) -> EntryReview:
    """Record that somebody compared an entry's marks with paper and piece; an error says which.

    Raises:
        NoReason: an error without a note; setup.WrongState; Entry.DoesNotExist.
    """
    if not is_right and not note.strip():
        raise NoReason(_("Write which mark is wrong and what it should be."), code="reason")
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, Contest.State.REVIEW)
    row = Entry.objects.get(contest=contest, code=entry)
    found, _made = EntryReview.objects.update_or_create(
        contest=contest, entry=row, defaults={"is_right": is_right, "note": note.strip()[:300], "by": by, "at": at}
    )
    record(contest.subject, "entry.reviewed", by=by, at=at, entry=entry, is_right=is_right, note=found.note)
    return found
