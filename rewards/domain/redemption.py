"""Ask for something with points: reserve, then grant, refund or release. What an item's kind adds is `rewards.domain.kinds`.

Points, stock, seats and quotas of one redemption are one chain of the ledger: all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from engine.events.domain import record
from people.models import Employee
from rewards.domain import ledger
from rewards.domain.buyers import demand_buyer
from rewards.domain.keys import Reused
from rewards.domain.kinds import Scarce, Wish, kind_of
from rewards.domain.kinds.course import NoSeat
from rewards.domain.leave import CannotTake
from rewards.models import CourseSession, Item, Redemption
from rewards.pure import codes
from rewards.pure.refunds import RefundRule, refund_points
from rewards.pure.transfers import Transfer

__all__ = ["AlreadyDecided", "CannotTake", "CapReached", "NoSeat", "NotOffered", "PriceChanged", "Reused", "Wish"]

State = Redemption.State
COUNTING = (State.WAITLISTED, State.RESERVED, State.READY, State.FULFILLED)
GRANTED = (State.READY, State.FULFILLED)


class NotOffered(ValidationError):
    """The item is not in the mall (any more)."""

    def __init__(self) -> None:
        super().__init__(_("This is not offered any more. Look at the mall again."), code="not-offered")


class PriceChanged(ValidationError):
    """The price on the page is not the price now; `points` is."""

    def __init__(self, points: int) -> None:
        super().__init__(
            _("The price has changed to %(points)s points. Look at it again, then decide."),
            code="price-changed",
            params={"points": points},
        )
        self.points = points


class CapReached(ValidationError):
    """The person has had this as often as allowed."""

    def __init__(self, cap: int, *, is_yearly: bool = True) -> None:
        yearly = ngettext(
            "You can have this once a year, and you have. Try again next year.",
            "You can have this %(cap)s times a year, and you have. Try again next year.",
            cap,
        )
        ever = ngettext(
            "You can have this once, and you have.", "You can have this %(cap)s times in all, and you have.", cap
        )
        message = yearly if is_yearly else ever
        super().__init__(message, code="cap-reached", params={"cap": cap})


class AlreadyDecided(ValidationError):
    """The redemption is not in the state this needs."""

    def __init__(self) -> None:
        super().__init__(_("This request has been decided already. Reload the page."), code="already-decided")


@transaction.atomic(savepoint=False)
def reserve(
    *, hold: UUID, item: Item, employee: Employee, points: int, at: datetime, wish: Wish
) -> tuple[Redemption, bool]:
    """Reserve points and what is scarce in one chain; return the redemption and whether it is new.

    A course that is full reserves the points alone when the wish says so: the person stands in line.

    Args:
        hold: made by the page before sending: the redemption's and the reservation's id. Sent twice it is one request.
        points: the price the person saw.

    Raises:
        NotOffered, PriceChanged, NotForYou, CapReached, Reused; ledger.ExceedsCredits; what the kind refuses.
    """
    if (known := _known(hold, item, employee, wish)) is not None:
        return known, False
    # The person's row is locked so that two requests at once count each other against the caps.
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    if (known := _known(hold, item, employee, wish)) is not None:
        return known, False
    item = Item.objects.get(pk=item.pk)
    kind = kind_of(item)
    _demand_offer(item, points, at)
    demand_buyer(item, employee, at=at)
    _demand_cap(item, employee, at)
    kind.demand(item, employee, wish, at=at)
    redemption = Redemption(
        id=hold, employee=employee, item=item, session=wish.session, points=item.points, wanted_on=wish.wanted_on,
        is_afternoon=wish.is_afternoon, note=wish.note[:300], asked_at=at,
    )  # fmt: skip
    refusal = _hold(redemption, at=at)
    if refusal is not None and kind.may_wait(redemption, wish):
        redemption.state = State.WAITLISTED
        refusal = _hold(redemption, at=at)
    if refusal is not None:
        raise refusal
    redemption.save(force_insert=True)
    kind.note(redemption, wish)
    verb = "redemption.waitlisted" if redemption.state == State.WAITLISTED else "redemption.asked"
    record(redemption.subject, verb, by=employee, at=at, item=item.pk, points=item.points)
    return redemption, True


def _known(hold: UUID, item: Item, employee: Employee, wish: Wish) -> Redemption | None:
    """Return what this id asked for before.

    Raises:
        Reused: it came with another content: item, session, day, half, note or whom they suggest to cover.
    """
    known = Redemption.objects.filter(pk=hold).first()
    if known is None:
        return None
    session = wish.session.pk if wish.session else None
    asked = (known.employee_id, known.item_id, known.session_id, known.wanted_on, known.is_afternoon, known.note)
    if asked != (employee.pk, item.pk, session, wish.wanted_on, wish.is_afternoon, wish.note[:300]):
        raise Reused
    if not kind_of(known.item).is_same_wish(known, wish):
        raise Reused
    return known


def _demand_offer(item: Item, points: int, at: datetime) -> None:
    if not item.is_offered(timezone.localdate(at)):
        raise NotOffered
    if item.points != points:
        raise PriceChanged(item.points)


def _demand_cap(item: Item, employee: Employee, at: datetime) -> None:
    counted = Redemption.objects.filter(employee=employee, item=item, state__in=COUNTING)
    year = timezone.localdate(at).year
    if item.yearly_cap is not None and counted.filter(asked_at__year=year).count() >= item.yearly_cap:
        raise CapReached(item.yearly_cap)
    if item.lifetime_cap is not None and counted.count() >= item.lifetime_cap:
        raise CapReached(item.lifetime_cap, is_yearly=False)


def wallet_of(redemption: Redemption) -> str:
    """Return the account that pays: the person's wallet in the item's fund."""
    fund = redemption.item.fund
    return f"wallet:{redemption.employee.number}" + (f"@{fund}" if fund else "")


def _hold(redemption: Redemption, *, at: datetime) -> ValidationError | None:
    """Reserve in one chain; return the refusal when something is gone. Who waits in line reserves points alone."""
    scarce = [] if redemption.state == State.WAITLISTED else kind_of(redemption.item).scarce(redemption)
    fund = redemption.item.fund
    pending = Transfer(
        id=str(redemption.id), flags=frozenset({codes.PENDING}), debit=wallet_of(redemption),
        credit=f"spent@{fund}" if fund else "spent", kind=codes.REDEEM, amount=redemption.points,
        reference=redemption.subject, reason=redemption.item.title, by=redemption.employee.number,
    )  # fmt: skip
    return _reserve_chain(redemption, scarce, [pending], at=at)


def _reserve_chain(
    redemption: Redemption, scarce: Sequence[Scarce], tail: Sequence[Transfer], *, at: datetime
) -> ValidationError | None:
    """Post the reservations of what is scarce, then the others, linked; remember their ids."""
    holds = [
        Transfer(
            id=str(uuid4()), flags=frozenset({codes.PENDING}), debit=row.debit, credit=row.credit, kind=codes.REDEEM,
            amount=row.amount, reference=redemption.subject, by=redemption.employee.number,
        )
        for row in scarce
    ]  # fmt: skip
    chain = linked([*holds, *tail])
    results = ledger.post(chain, at=at)
    for row, result in zip(scarce, results, strict=False):
        if result == codes.EXCEEDS_CREDITS:
            return row.gone
    ledger.demand_results(chain, results)
    redemption.holds = [[row.id, row.debit, row.credit, row.amount] for row in holds]
    return None


def linked(transfers: Sequence[Transfer]) -> list[Transfer]:
    """Return the transfers as one chain: all but the last carry the flag."""
    *first, last = transfers
    return [*(replace(row, flags=row.flags | {codes.LINKED}) for row in first), last]


@transaction.atomic(savepoint=False)
def move_up(*, redemption: Redemption, at: datetime) -> bool:
    """Give somebody in line what has become free; return whether there was something. The points are reserved already.

    Raises:
        AlreadyDecided: the person does not wait any more.
    """
    redemption = locked(redemption, State.WAITLISTED)
    scarce = kind_of(redemption.item).scarce(redemption)
    if _reserve_chain(redemption, scarce, [], at=at) is not None:
        return False
    redemption.state = State.RESERVED
    redemption.save(update_fields=["state", "holds"])
    record(redemption.subject, "redemption.moved-up", by=None, at=at)
    return True


@transaction.atomic(savepoint=False)
def fulfil(*, redemption: Redemption, by: Employee | None, at: datetime) -> Redemption:
    """Post the points and grant what they buy, in one transaction.

    Raises:
        AlreadyDecided: it was fulfilled, refused or cancelled before.
    """
    redemption = locked(redemption, State.RESERVED)
    redemption.state = kind_of(redemption.item).grant(redemption, by=by, at=at)
    redemption.decided_at = at
    redemption.save(update_fields=["state", "decided_at", "pickup_code", "pickup_until_on"])
    _resolve(redemption, codes.POST, by=by, at=at)
    record(redemption.subject, "redemption.fulfilled", by=by, at=at, points=redemption.points)
    return redemption


@transaction.atomic(savepoint=False)
def release(*, redemption: Redemption, state: str, reason: str, by: Employee | None, at: datetime) -> Redemption:
    """Give everything back: refused by an approver, or cancelled by the person, also while they wait in line.

    Args:
        state: Redemption.State.REFUSED or CANCELLED.

    Raises:
        AlreadyDecided: it was fulfilled, refused or cancelled before.
    """
    redemption = locked(redemption, State.RESERVED, State.WAITLISTED)
    redemption.state, redemption.reason, redemption.decided_at = state, reason[:300], at
    redemption.save(update_fields=["state", "reason", "decided_at"])
    kind_of(redemption.item).let_go(redemption, at=at)
    _resolve(redemption, codes.VOID, by=by, at=at)
    record(redemption.subject, f"redemption.{state}", by=by, at=at, reason=reason)
    return redemption


@transaction.atomic(savepoint=False)
def refund(
    *, redemption: Redemption, reason: str, by: Employee | None, at: datetime, is_whole: bool = False
) -> Redemption:
    """Give up what was granted: the item's rule says how many points come back; stock or seat come back whole.

    Args:
        is_whole: all the points come back whatever the rule says: the company called it off.

    Raises:
        AlreadyDecided: not granted, or handed out; what the kind refuses.
    """
    redemption = locked(redemption, *GRANTED)
    if redemption.handed_at is not None:
        raise AlreadyDecided
    kind = kind_of(redemption.item)
    if not is_whole:
        kind.demand_refundable(redemption, at=at)
    redemption.refunded_points = redemption.points if is_whole else refundable(redemption, at=at)
    kind.take_back(redemption, at=at)
    redemption.state, redemption.reason = State.REFUNDED, reason[:300]
    redemption.save(update_fields=["state", "reason", "refunded_points"])
    back = [
        Transfer(
            id=str(uuid5(UUID(hold), "refund")), debit=credit, credit=debit, kind=codes.REFUND, amount=amount,
            reference=_end_of(hold, codes.POST), reason=redemption.item.title, by=by.number if by else None,
        )
        for hold, debit, credit, amount in _given(redemption) if amount
    ]  # fmt: skip
    if back:
        ledger.demand(linked(back), at=at)
    record(
        redemption.subject,
        "redemption.refunded",
        by=by,
        at=at,
        points=redemption.refunded_points,
        reason=redemption.reason,
    )
    return redemption


def _given(redemption: Redemption) -> list[tuple[str, str, str, int]]:
    """Return (reservation, debit, credit, amount that comes back) of everything the redemption took."""
    fund = redemption.item.fund
    taken = [(hold, debit, credit, amount) for hold, debit, credit, amount in redemption.holds]
    spent = f"spent@{fund}" if fund else "spent"
    return [*taken, (str(redemption.id), wallet_of(redemption), spent, redemption.refunded_points)]


def refundable(redemption: Redemption, *, at: datetime) -> int:
    """Return the points that come back when it is given up now."""
    rule = RefundRule(redemption.item.refund_percent, redemption.item.refund_days_before)
    for_day = kind_of(redemption.item).for_day(redemption)
    return refund_points(rule, points=redemption.points, for_day=for_day, on=timezone.localdate(at))


def locked(redemption: Redemption, *states: str) -> Redemption:
    """Lock a redemption and read it again.

    Raises:
        AlreadyDecided: it is in none of the states.
    """
    rows = Redemption.objects.select_for_update(no_key=True, of=("self",)).select_related("item", "employee")
    held = rows.get(pk=redemption.pk)
    if held.state not in states:
        raise AlreadyDecided
    if held.session_id is not None:
        held.session = CourseSession.objects.get(pk=held.session_id)
    return held


def _end_of(hold: str, flag: str) -> str:
    """Return the id of the transfer that ends a reservation; it follows from it, so that it can end only once."""
    return str(uuid5(NAMESPACE_URL, f"{hold}:{flag}"))


def _resolve(redemption: Redemption, flag: str, *, by: Employee | None, at: datetime) -> None:
    """End every reservation of the redemption in one chain."""
    ends = [
        Transfer(
            id=_end_of(hold, flag), flags=frozenset({flag}), pending_id=hold, by=by.number if by else None
        )
        for hold in [*(row[0] for row in redemption.holds), str(redemption.id)]
    ]  # fmt: skip
    ledger.demand(linked(ends), at=at)
