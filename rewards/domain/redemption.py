"""Ask for something with points: reserve, then fulfil or release. The stock is locked before the accounts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee
from rewards.domain import ledger
from rewards.models import CourseSession, Item, LeaveGrant, Redemption, Seat
from rewards.pure import codes
from rewards.pure.transfers import Transfer

State = Redemption.State
COUNTING = (State.RESERVED, State.FULFILLED)


class NotOffered(ValidationError):
    """The item is not in the mall (any more)."""

    def __init__(self) -> None:
        super().__init__(_("This is not offered any more. Look at the mall again."), code="not-offered")


class PriceChanged(ValidationError):
    """The price on the page is not the price now."""

    def __init__(self, points: int) -> None:
        super().__init__(
            _("The price has changed to %(points)s points. Look at it again, then decide."),
            code="price-changed",
            params={"points": points},
        )


class CapReached(ValidationError):
    """The person has had this as often as the year allows."""

    def __init__(self, cap: int) -> None:
        super().__init__(
            _("You can have this %(cap)s times a year, and you have. Try again next year."),
            code="cap-reached",
            params={"cap": cap},
        )


class NoSeat(ValidationError):
    """The session is full, over, or the person sits in it already."""


class WrongDay(ValidationError):
    """The day cannot be taken."""


class Reused(ValidationError):
    """The same id came with another content."""

    def __init__(self) -> None:
        super().__init__(_("This form was sent before with another content. Reload the page."), code="reused")


class AlreadyDecided(ValidationError):
    """The redemption is not waiting any more."""

    def __init__(self) -> None:
        super().__init__(_("This request has been decided already. Reload the page."), code="already-decided")


@transaction.atomic(savepoint=False)
def reserve(
    *,
    hold: UUID,
    item: Item,
    employee: Employee,
    points: int,
    at: datetime,
    session: CourseSession | None = None,
    wanted_on: date | None = None,
    is_afternoon: bool = False,
    note: str = "",
) -> tuple[Redemption, bool]:
    """Reserve points, and the seat of a course; return the redemption and whether it is new.

    Args:
        hold: made by the page before sending: the redemption's and the reservation's id. Sent twice it is one request.
        points: the price the person saw.
        wanted_on: for leave: the day they would like, today or later; HR enters it.

    Raises:
        NotOffered, PriceChanged, CapReached, NoSeat, WrongDay, ledger.ExceedsCredits, Reused.
    """
    known = Redemption.objects.filter(pk=hold).first()
    if known is not None:
        if (known.employee_id, known.item_id) != (employee.pk, item.pk):
            raise Reused
        return known, False
    # The person's row is locked so that two requests at once count each other against the yearly cap.
    Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    known = Redemption.objects.filter(pk=hold).first()
    if known is not None:
        return known, False
    item = Item.objects.get(pk=item.pk)
    _demand_offer(item, employee, points, at)
    _demand_day(item, wanted_on, at)
    if item.kind == Item.Kind.COURSE:
        _take_seat(item, session, employee, at)
    redemption = Redemption.objects.create(
        id=hold, employee=employee, item=item, session=session, points=item.points, wanted_on=wanted_on,
        is_afternoon=is_afternoon, note=note[:300], asked_at=at,
    )  # fmt: skip
    wallet = f"wallet:{employee.number}"
    pending = Transfer(
        id=str(hold), flags=frozenset({codes.PENDING}), debit=wallet, credit="spent", kind=codes.REDEEM,
        amount=item.points, reference=redemption.subject, reason=item.title, by=employee.number,
    )  # fmt: skip
    ledger.demand([pending], at=at)
    record(redemption.subject, "redemption.asked", by=employee, at=at, item=item.pk, points=item.points)
    return redemption, True


def _demand_offer(item: Item, employee: Employee, points: int, at: datetime) -> None:
    if not item.is_published:
        raise NotOffered
    if item.points != points:
        raise PriceChanged(item.points)
    if item.yearly_cap is None:
        return
    year = timezone.localdate(at).year
    counted = Redemption.objects.filter(employee=employee, item=item, asked_at__year=year, state__in=COUNTING)
    if counted.count() >= item.yearly_cap:
        raise CapReached(item.yearly_cap)


def _demand_day(item: Item, wanted_on: date | None, at: datetime) -> None:
    if item.kind == Item.Kind.LEAVE and wanted_on is not None and wanted_on < timezone.localdate(at):
        raise WrongDay({"wanted_on": _("This day is over. Choose today or a later one.")}, code="past-day")


def _take_seat(item: Item, session: CourseSession | None, employee: Employee, at: datetime) -> None:
    """Take a seat under the session's lock; the table's CHECK never lets more than all be taken."""
    if session is None:
        raise NoSeat(_("Choose a session."), code="no-session")
    held = CourseSession.objects.select_for_update(no_key=True).filter(pk=session.pk, item=item).first()
    if held is None or held.is_cancelled or held.starts_at <= at:
        raise NoSeat(_("This session is over or cancelled. Choose another one."), code="session-over")
    if Redemption.objects.filter(employee=employee, session=held, state__in=COUNTING).exists():
        raise NoSeat(_("You have a seat in this session already."), code="seat-twice")
    if held.seats_taken >= held.seats:
        raise NoSeat(_("The last seat has just gone. Choose another session."), code="full")
    CourseSession.objects.filter(pk=held.pk).update(seats_taken=F("seats_taken") + 1)


@transaction.atomic(savepoint=False)
def fulfil(*, redemption: Redemption, by: Employee | None, at: datetime) -> Redemption:
    """Post the points and grant what they buy, in one transaction.

    Raises:
        AlreadyDecided: it was fulfilled, refused or cancelled before.
    """
    redemption = _locked(redemption)
    redemption.state, redemption.decided_at = State.FULFILLED, at
    redemption.save(update_fields=["state", "decided_at"])
    if redemption.item.kind == Item.Kind.LEAVE:
        _grant_leave(redemption, at)
    elif redemption.session is not None:
        Seat.objects.create(
            session=redemption.session, employee=redemption.employee, redemption=redemption, granted_at=at
        )
    _resolve(redemption, codes.POST, by=by, at=at)
    record(redemption.subject, "redemption.fulfilled", by=by, at=at, points=redemption.points)
    return redemption


def _grant_leave(redemption: Redemption, at: datetime) -> None:
    """Write the entitlement with its last day."""
    today = timezone.localdate(at)
    months = today.month - 1 + redemption.item.valid_months
    last = date(today.year + months // 12, months % 12 + 1, min(today.day, 28))
    LeaveGrant.objects.create(
        redemption=redemption, employee=redemption.employee, half_days=redemption.item.half_days,
        wanted_on=redemption.wanted_on, is_afternoon=redemption.is_afternoon, valid_until_on=last, granted_at=at,
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def release(*, redemption: Redemption, state: str, reason: str, by: Employee | None, at: datetime) -> Redemption:
    """Give everything back: refused by an approver, or cancelled by the person.

    Args:
        state: Redemption.State.REFUSED or CANCELLED.

    Raises:
        AlreadyDecided: it was fulfilled, refused or cancelled before.
    """
    redemption = _locked(redemption)
    redemption.state, redemption.reason, redemption.decided_at = state, reason[:300], at
    redemption.save(update_fields=["state", "reason", "decided_at"])
    if redemption.session_id is not None:
        CourseSession.objects.filter(pk=redemption.session_id).update(seats_taken=F("seats_taken") - 1)
    _resolve(redemption, codes.VOID, by=by, at=at)
    record(redemption.subject, f"redemption.{state}", by=by, at=at, reason=reason)
    return redemption


def _locked(redemption: Redemption) -> Redemption:
    rows = Redemption.objects.select_for_update(no_key=True, of=("self",)).select_related("item", "employee")
    held = rows.get(pk=redemption.pk)
    if held.state != State.RESERVED:
        raise AlreadyDecided
    if held.session_id is not None:
        held.session = CourseSession.objects.select_for_update(no_key=True).get(pk=held.session_id)
    return held


def _resolve(redemption: Redemption, flag: str, *, by: Employee | None, at: datetime) -> None:
    """End the reservation; the id follows from it, so that it can end only once."""
    transfer = Transfer(
        id=str(uuid5(NAMESPACE_URL, f"{redemption.id}:{flag}")), flags=frozenset({flag}),
        pending_id=str(redemption.id), by=by.number if by else None,
    )  # fmt: skip
    ledger.demand([transfer], at=at)
