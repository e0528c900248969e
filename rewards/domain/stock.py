"""Stock and seats as accounts of the ledger, in a fund of their own: what is left is never a column.

`mint@stock` → `stock:<item>@stock` or `seats:<session>@stock` when something is brought in or a seat is added; to
`spent@stock` when it is redeemed, in one chain with the points; back to `mint@stock` when a count finds fewer.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee
from rewards.domain import ledger
from rewards.models import CourseSession, Item
from rewards.pure import codes
from rewards.pure.transfers import Transfer
from rewards.queries.stock import left_of

SUPPLY = "mint@stock"
FLAGS = frozenset({codes.DEBITS_MUST_NOT_EXCEED_CREDITS})
MOST = 10**9


class NotSoMany(ValidationError):
    """More would be taken out than lie there free."""

    def __init__(self, left: int) -> None:
        super().__init__(
            _("Only %(left)s are free; those reserved or sold cannot be taken out."),
            code="not-so-many", params={"left": left},
        )  # fmt: skip


class NoReason(ValidationError):
    """A correction says why."""

    def __init__(self) -> None:
        super().__init__({"reason": _("Say why: a delivery, a count, breakage.")}, code="no-reason")


def open_stock(item: Item) -> None:
    """Open the account of an item's stock; again it changes nothing."""
    ledger.open_account(item.stock_account, flags=FLAGS)


def open_seats(session: CourseSession) -> None:
    """Open the account of a session's seats; again it changes nothing."""
    ledger.open_account(session.seats_account, flags=FLAGS)


@transaction.atomic(savepoint=False)
def correct(*, key: UUID, item: Item, change: int, reason: str, by: Employee | None, at: datetime) -> int:
    """Bring something in (change > 0) or out (change < 0); return what is left. The same key again changes nothing.

    Args:
        key: made by the page before sending; the id of the transfer.
        change: pieces, not 0.
        reason: a delivery, a count, breakage.

    Raises:
        NoReason, NotSoMany; LedgerRefused: the key came before with another content.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise NoReason
    if not 0 < abs(change) <= MOST:
        raise ValidationError({"change": _("A whole number that is not 0.")}, code="no-change")
    open_stock(item)
    move(item.stock_account, change, key=key, reason=reason, by=by, at=at)
    left = left_of([item.stock_account])[item.stock_account]
    record(f"item:{item.pk}", "stock.corrected", by=by, at=at, change=change, left=left, reason=reason)
    return left


def move(
    account: str, change: int, *, at: datetime, key: UUID | None = None, reason: str = "", by: Employee | None = None
) -> None:
    """Add to an account of stock or seats, or take from what is free in it.

    Raises:
        NotSoMany: less is free.
    """
    if change == 0:
        return
    debit, credit = (SUPPLY, account) if change > 0 else (account, SUPPLY)
    transfer = Transfer(
        id=str(key or uuid4()), debit=debit, credit=credit, kind=codes.ADJUST, amount=abs(change),
        reason=reason or None, by=by.number if by else None,
    )  # fmt: skip
    results = ledger.post([transfer], at=at)
    if results == (codes.EXCEEDS_CREDITS,):
        raise NotSoMany(left_of([account])[account])
    ledger.demand_results([transfer], results)
