"""Lots: which points are spent first, which expire, and where points go when they come back.

A debit takes from the lot that expires first (never-expiring last), then the oldest, never from one past its day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DAYS_AFTER_RETURN: Final = 30
"""How long points live that come back when the day of their lot is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One credit to a wallet, in points: `left` to spend, `held` by reservations, `expired_points` gone by expiry.

    `expires_on` is the last valid day, None for never. `origin` is the id of the transfer that earned the points;
    it survives when they come back as a lot of their own. `number` counts the lots of a wallet: a smaller is older.
    """

    id: str
    wallet: str
    origin: str
    number: int
    left: int = 0
    held: int = 0
    expired_points: int = 0
    expires_on: date | None = None

    def is_past(self, day: date) -> bool:
        """Whether its last valid day is over: nothing may be taken from it, expiry run or not."""
        return self.expires_on is not None and self.expires_on < day


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """`amount` points a transfer took from a lot, as the `position`-th; `returned` of them have been refunded."""

    transfer_id: str
    position: int
    lot_id: str
    amount: int
    returned: int = 0


def available_points(lots: Iterable[Lot], day: date) -> int:
    """What can be spent on that day."""
    return sum(lot.left for lot in lots if not lot.is_past(day))


def spending_order(lots: Iterable[Lot], day: date, *, first: str | None = None) -> list[Lot]:
    """The lots a debit takes from on that day, in order; those of the award `first` (a claw-back) before all others."""
    usable = (lot for lot in lots if lot.left and not lot.is_past(day))
    return sorted(usable, key=lambda lot: (lot.origin != first, *_age(lot)))


def take(lots: Iterable[Lot], amount: int, day: date, *, first: str | None = None) -> list[tuple[Lot, int]]:
    """Which lots give how many points to a debit of `amount`, in the order they are taken.

    Raises ValueError when there are fewer: the caller has compared with `available_points` before.
    """
    taken: list[tuple[Lot, int]] = []
    missing = amount
    for lot in spending_order(lots, day, first=first):
        if not missing:
            break
        points = min(missing, lot.left)
        taken.append((lot, points))
        missing -= points
    if missing:
        raise ValueError(f"{missing} of {amount} points are not in the lots")
    return taken


def keep_first(takings: Sequence[Taking], amount: int) -> list[tuple[Taking, int]]:
    """What a post of `amount` keeps of each taking of its reservation: what was taken first stays taken."""
    kept: list[tuple[Taking, int]] = []
    for taking in takings:
        points = min(amount, taking.amount)
        kept.append((taking, points))
        amount -= points
    return kept


def return_last(takings: Sequence[Taking], amount: int) -> list[tuple[Taking, int]]:
    """What a refund of `amount` returns of each taking: what was taken last comes back first.

    Raises ValueError when so much is no longer out: the caller has compared with the amount undone before.
    """
    returned: list[tuple[Taking, int]] = []
    for taking in reversed(takings):
        points = min(amount, taking.amount - taking.returned)
        if points:
            returned.append((taking, points))
            amount -= points
    if amount:
        raise ValueError(f"{amount} points more than were taken cannot be returned")
    return returned


def give_back(lot: Lot, amount: int, day: date, *, new_id: str, new_number: int) -> Lot:
    """The lot that receives `amount` points coming back to `lot` on `day`: itself, or a new one if its day is over.

    The new one lives until the day of return + 30, however often that happens.
    """
    if not lot.is_past(day):
        return replace(lot, left=lot.left + amount)
    return Lot(
        id=new_id,
        wallet=lot.wallet,
        origin=lot.origin,
        number=new_number,
        left=amount,
        expires_on=day_of_return(day),
    )


def day_of_return(day: date) -> date:
    """The last valid day of points that came back on `day` to a lot past its day."""
    try:
        return day + timedelta(days=DAYS_AFTER_RETURN)
    except OverflowError:
        return date.max


def due_for_expiry(lots: Iterable[Lot], day: date) -> list[Lot]:
    """The lots past their day with something left, in the order they expired."""
    return sorted((lot for lot in lots if lot.left and lot.is_past(day)), key=_age)


def lapsed_points(lots: Iterable[Lot], origin: str, day: date) -> int:
    """What of one award has expired or awaits the run: a claw-back counts it as taken back."""
    own = [lot for lot in lots if lot.origin == origin]
    return sum(lot.expired_points for lot in own) + sum(lot.left for lot in own if lot.is_past(day))


def _age(lot: Lot) -> tuple[bool, date, int]:
    return (lot.expires_on is None, lot.expires_on or date.max, lot.number)
