"""How a hand-over ends: acknowledged, refused, to be looked at; what that means for the leave and its points."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from engine.events.domain import record
from engine.notices.domain import tell
from people.models import Employee
from rewards.domain import leave, redemption
from rewards.models import HandOver, LeaveGrant
from rewards.pure import leave as rules

Status, Verb = HandOver.Status, HandOver.Verb
OPEN = (Status.WAITING, Status.SENT, Status.GIVEN_UP)
WHOLE = HandOver.objects.select_related(
    "grant__redemption__item", "grant__employee__unit", "grant__redemption__employee"
)


class AlreadySettled(ValidationError):
    """The row has ended otherwise."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("This has been settled already, otherwise. Reload the page."), code="already-settled")


class CannotReturn(ValidationError):
    """The leave was taken, has lapsed, or is returned already."""


def locked(pk: int) -> HandOver:
    """Return a row under its lock, its grant locked before it."""
    grant = HandOver.objects.values_list("grant", flat=True).get(pk=pk)
    leave.locked(grant)
    rows = HandOver.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("grant__redemption__item", "grant__employee__unit").get(pk=pk)


@transaction.atomic(savepoint=False)
def acknowledge(
    *, pk: int, external_id: str, half_days: int | None, by: Employee | None, at: datetime, **found: Any
) -> HandOver:
    """The other side has it, under its own number; a return is final now and its points come back.

    The same number again changes nothing.

    Raises:
        AlreadySettled: it was acknowledged under another number, or refused.
        leave.WrongCount: the other side booked something else.
    """
    row = locked(pk)
    if row.status == Status.DONE and row.external_id == external_id:
        return row
    if row.status not in OPEN:
        raise AlreadySettled
    if half_days is not None and half_days != row.grant.half_days:
        text = _("%(found)s half days were booked instead of %(asked)s. Correct it there, then acknowledge again.")
        raise leave.WrongCount(text, code="wrong-count", params={"found": half_days, "asked": row.grant.half_days})
    row.status, row.done_at, row.external_id, row.read_half_days = Status.DONE, at, external_id[:80], half_days
    row.sent_at, row.last_error = row.sent_at or at, ""
    for name, value in found.items():
        setattr(row, name, value)
    row.save()
    record(row.grant.redemption.subject, f"leave.{row.verb}.acknowledged", by=by, at=at, id=external_id)
    if row.verb == Verb.REVERSE:
        _finish_return(row.grant, by=by, at=at)
    return row


@transaction.atomic(savepoint=False)
def refuse(*, pk: int, reason: str, by: Employee | None, at: datetime) -> HandOver:
    """The other side will not take it. A refused return leaves the leave as it was, and the person hears why.

    Raises:
        AlreadySettled: it was acknowledged.
    """
    row = locked(pk)
    if row.status == Status.REFUSED:
        return row
    if row.status not in OPEN:
        raise AlreadySettled
    row.status, row.last_error, row.done_at = Status.REFUSED, reason[:200], at
    row.save(update_fields=["status", "last_error", "done_at"])
    record(row.grant.redemption.subject, f"leave.{row.verb}.refused", by=by, at=at, reason=reason)
    if row.verb == Verb.REVERSE and row.grant.state == LeaveGrant.State.RETURNING:
        grant = row.grant
        state = rules.state_after(
            half_days=grant.half_days, taken=grant.taken_half_days, last_on=grant.valid_until_on,
            today=timezone.localdate(at),
        )  # fmt: skip
        leave.change(grant, state=state, at=at)
        tell(
            [grant.employee], kind="leave.return-refused", at=at, cause=f"leave:{grant.pk}:{row.pk}",
            title=gettext_noop("Your leave could not be returned: %(reason)s"), params={"reason": reason[:80]},
            link=reverse("rewards:redemption", args=[grant.redemption_id]),
        )  # fmt: skip
    return row


@transaction.atomic(savepoint=False)
def try_again(*, pk: int, by: Employee, at: datetime) -> HandOver:
    """Somebody has looked: forget what was found before and hand it over afresh.

    Raises:
        AlreadySettled: it does not wait for anybody.
    """
    row = locked(pk)
    if row.status not in {Status.GIVEN_UP, Status.REFUSED} or (
        row.status == Status.REFUSED and row.verb == Verb.REVERSE
    ):
        raise AlreadySettled
    row.status, row.plan, row.attempts, row.due_at, row.done_at = Status.WAITING, {}, 0, at, None
    row.batch = row.number = None  # the next file, or a reader's next page, has it again
    row.save(update_fields=["status", "plan", "attempts", "due_at", "done_at", "batch", "number"])
    record(row.grant.redemption.subject, f"leave.{row.verb}.again", by=by, at=at)
    return row


@transaction.atomic(savepoint=False)
def ask_return(*, grant: LeaveGrant, by: Employee, at: datetime) -> LeaveGrant:
    """Return leave nobody has taken. What HR's system does not know of yet is returned at once; else it is asked first.

    Raises:
        CannotReturn: taken, lapsed or returned.
    """
    row = leave.locked(grant.pk)
    if row.taken_half_days or row.state != LeaveGrant.State.GRANTED or timezone.localdate(at) > row.valid_until_on:
        raise CannotReturn(
            _("Only leave that nobody has taken and that has not lapsed can be returned. Ask HR if this is wrong."),
            code="cannot-return",
        )
    rows = HandOver.objects.select_for_update(no_key=True)
    handed = rows.filter(grant=row, verb=Verb.GRANT).first()
    record(row.redemption.subject, "leave.return-asked", by=by, at=at)
    if handed is None or is_untouched(handed) or handed.status == Status.REFUSED:
        if handed is not None:
            HandOver.objects.filter(pk=handed.pk).update(status=Status.DROPPED, done_at=at)
        leave.change(row, state=LeaveGrant.State.RETURNING, at=at)
        _finish_return(row, by=by, at=at)
        return row
    again = HandOver.objects.filter(grant=row, verb=Verb.REVERSE)
    if again.exists():  # it was refused before; what was taken back meanwhile may be asked again
        again.update(
            status=Status.WAITING, due_at=at, attempts=0, plan={}, last_error="", done_at=None, batch=None, number=None
        )  # fmt: skip
    else:
        HandOver.objects.create(grant=row, verb=Verb.REVERSE, created_at=at, due_at=at)
    leave.change(row, state=LeaveGrant.State.RETURNING, at=at)
    return row


def is_untouched(row: HandOver) -> bool:
    """Return whether nobody outside can have heard of a row: not begun, in no file, not listed by the API."""
    return row.status == Status.WAITING and not row.plan and row.batch_id is None and row.number is None


def _finish_return(grant: LeaveGrant, *, by: Employee | None, at: datetime) -> None:
    leave.change(grant, state=LeaveGrant.State.REVERSED, at=at)
    # Who gives it up; HR's system may be the last to speak, and it is no person.
    redemption.refund(redemption=grant.redemption, reason="", by=by or grant.employee, at=at)
