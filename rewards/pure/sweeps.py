"""What the ledger does by itself: release reservations whose time is over, expire lots past their day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rewards.pure import codes, lots
from rewards.pure.effects import derived_id, move_from_lot, release, repay_debts
from rewards.pure.transfers import Transfer, fund_of, in_fund_of
from rewards.pure.view import Changes, Overlay, View

if TYPE_CHECKING:
    from datetime import datetime


def time_out(reserved_id: str, view: View) -> Changes:
    """Release a reservation at its end, however late this runs; nothing if it is posted, voided or released already.

    The day of return is the day of its `ends_at`. Points that become available repay a debt at once.
    Run those due in the order of `ends_at`, and all of them before any later transfer is posted.
    """
    book = Overlay(view)
    reserved, reservation = book.transfer(reserved_id), book.reservation(reserved_id)
    if reserved is None or reservation is None:
        raise LookupError(f"there is no reservation {reserved_id}")
    if reservation.status == codes.PENDING and reservation.ends_at is not None:
        book.put_reservation(replace(reservation, status="expired"))
        release(reserved, reserved_id, book, reservation.ends_at.date())
        repay_debts(reserved, reserved_id, book, at=reservation.ends_at)
    return book.changes


def expire(wallet: str, view: View, *, at: datetime) -> Changes:
    """Move what is left in the lots of a wallet that are past their day to `expired`, one transfer per lot.

    Twice or late, everything ends the same: an expired lot never receives points again.
    """
    book = Overlay(view)
    for lot in lots.due_for_expiry(book.lots(wallet), at.date()):
        transfer = Transfer(
            id=derived_id("expire", lot.id),
            debit=wallet,
            credit=in_fund_of("expired", wallet),
            kind=codes.EXPIRE,
            amount=lot.left,
            fund=fund_of(wallet),
            reference=lot.id,
        )
        move_from_lot(transfer, lot, book)
    return book.changes
