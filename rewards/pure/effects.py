"""What a transfer does once it may: counters, lots, loans, and the repaying of debts that follows."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from rewards.pure import codes, lots
from rewards.pure.precedence import Verdict, claw_back_origin
from rewards.pure.transfers import Account, Reservation, Transfer, debt_of, fund_of, is_debt, is_wallet, wallet_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from rewards.pure.view import Overlay

NAMESPACE: Final = uuid.UUID("6f0b3a52-5d0f-5c7e-9a51-0d1f5c1f2a10")
"""Ids of what the ledger posts by itself are made from their cause, so that nothing can be posted twice."""


def derived_id(*cause: str) -> str:
    """The id of something the ledger makes by itself: the same cause gives the same id.

    A name-based UUID of version 8 (RFC 9562) over SHA-256, which every database computes as well.
    """
    digest = bytearray(hashlib.sha256(f"{NAMESPACE}:{':'.join(cause)}".encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


def carry_out(verdict: Verdict, book: Overlay, *, at: datetime) -> None:
    """Write the effects of a transfer whose verdict is `created`, and of what follows from it at once."""
    transfer = verdict.transfer
    if transfer is None:
        raise ValueError(f"a transfer answered {verdict.code} has no effects")
    if transfer.is_resolution:
        _resolve(transfer, book, at.date())
    else:
        if verdict.loan_points:
            _lend(transfer, verdict.loan_points, book, at.date())
        move(transfer, book, at=at, first=claw_back_origin(transfer, book))
    repay_debts(transfer, transfer.id, book, at=at)


def move(transfer: Transfer, book: Overlay, *, at: datetime, first: str | None = None) -> None:
    """Post or reserve a transfer that is filled in and allowed; `first`: the award whose lots a claw-back empties."""
    debit, credit = sides(transfer)
    amount, day = transfer.amount or 0, at.date()
    if is_wallet(debit):
        _take(transfer, lots.take(book.lots(debit), amount, day, first=first), book)
    if transfer.is_pending:
        _count(debit, book, debits_pending=amount)
        _count(credit, book, credits_pending=amount)
        book.put_reservation(Reservation(transfer_id=transfer.id, ends_at=ends_at(at, transfer.timeout_minutes)))
    else:
        _count(debit, book, debits_posted=amount)
        _count(credit, book, credits_posted=amount)
        _credit_wallet(transfer, book, day)
    book.put_transfer(transfer)


def move_from_lot(transfer: Transfer, lot: lots.Lot, book: Overlay) -> None:
    """Post a transfer that takes everything left in one lot, past its day or not: the expiry run's."""
    debit, credit = sides(transfer)
    _take(transfer, [(lot, lot.left)], book)
    _count(debit, book, debits_posted=lot.left)
    _count(credit, book, credits_posted=lot.left)
    book.put_transfer(transfer)


def release(reserved: Transfer, cause: str, book: Overlay, day: date) -> None:
    """Give back all a reservation holds: after a void or a timeout, whose id is the `cause`."""
    _uncount(reserved, book)
    for taking in book.takings(reserved.id):
        _unhold(taking, 0, cause, book, day)


def repay_debts(transfer: Transfer, cause: str, book: Overlay, *, at: datetime) -> None:
    """Repay what the people on both sides of a transfer owe, as far as they have points available, closed or not."""
    for code in sides(transfer):
        wallet = wallet_of(code) if is_debt(code) else code
        if not is_wallet(wallet):
            continue
        debt = debt_of(wallet)
        owed = _account(debt, book).owed_points
        amount = min(owed, lots.available_points(book.lots(wallet), at.date())) if owed > 0 else 0
        if amount > 0:
            repayment = Transfer(
                id=derived_id("repay", cause, wallet),
                debit=wallet,
                credit=debt,
                kind=codes.ADJUST,
                amount=amount,
                fund=fund_of(wallet),
                reference=cause,
            )
            move(repayment, book, at=at)


def sides(transfer: Transfer) -> tuple[str, str]:
    """The codes of the debited and the credited account of a transfer that is filled in."""
    if transfer.debit is None or transfer.credit is None:
        raise ValueError(f"transfer {transfer.id} is not filled in")
    return transfer.debit, transfer.credit


def ends_at(at: datetime, timeout_minutes: int) -> datetime | None:
    """When a reservation made `at` is released by itself; None: never (0, or beyond the calendar)."""
    if not timeout_minutes:
        return None
    try:
        if at.tzinfo is None:
            return at + timedelta(minutes=timeout_minutes)
        return (at.astimezone(UTC) + timedelta(minutes=timeout_minutes)).astimezone(at.tzinfo)
    except OverflowError:
        return None


def _lend(claw_back: Transfer, amount: int, book: Overlay, day: date) -> None:
    """Put into the wallet what a claw-back will take and the person no longer has."""
    wallet, _ = sides(claw_back)
    loan = Transfer(
        id=derived_id("loan", claw_back.id),
        debit=debt_of(wallet),
        credit=wallet,
        kind=codes.ADJUST,
        amount=amount,
        fund=fund_of(wallet),
        reference=claw_back.id,
        by=claw_back.by,
    )
    _count(debt_of(wallet), book, debits_posted=amount)
    _count(wallet, book, credits_posted=amount)
    _credit_wallet(loan, book, day)
    book.put_transfer(loan)


def _resolve(transfer: Transfer, book: Overlay, day: date) -> None:
    """Post or void a reservation."""
    reserved = book.transfer(transfer.pending_id or "")
    if reserved is None:
        raise LookupError(f"the reservation {transfer.pending_id} is gone")
    book.put_transfer(transfer)
    if codes.VOID in transfer.flags:
        book.put_reservation(Reservation(transfer_id=reserved.id, status="voided"))
        release(reserved, transfer.id, book, day)
        return
    book.put_reservation(Reservation(transfer_id=reserved.id, status="posted"))
    debit, credit = sides(reserved)
    amount = transfer.amount or 0
    _uncount(reserved, book)
    _count(debit, book, debits_posted=amount)
    _count(credit, book, credits_posted=amount)
    for taking, kept in lots.keep_first(book.takings(reserved.id), amount):
        _unhold(taking, kept, transfer.id, book, day)
        if kept:
            book.put_taking(replace(taking, transfer_id=transfer.id, amount=kept))
            _note_expired(transfer, taking.lot_id, kept, book)
    _credit_wallet(transfer, book, day)


def _take(transfer: Transfer, taken: Iterable[tuple[lots.Lot, int]], book: Overlay) -> None:
    for position, (lot, points) in enumerate(taken):
        held = points if transfer.is_pending else 0
        book.put_lot(replace(lot, left=lot.left - points, held=lot.held + held))
        book.put_taking(lots.Taking(transfer_id=transfer.id, position=position, lot_id=lot.id, amount=points))
        if not transfer.is_pending:
            _note_expired(transfer, lot.id, points, book)


def _note_expired(transfer: Transfer, lot_id: str, points: int, book: Overlay) -> None:
    if transfer.kind == codes.EXPIRE:
        lot = _lot(lot_id, book)
        book.put_lot(replace(lot, expired_points=lot.expired_points + points))


def _unhold(taking: lots.Taking, kept: int, cause: str, book: Overlay, day: date) -> None:
    """End the hold on what a reservation took from one lot: `kept` of it is spent, the rest comes back."""
    lot = _lot(taking.lot_id, book)
    lot = replace(lot, held=lot.held - taking.amount)
    book.put_lot(lot)
    _give_back(lot, taking.amount - kept, cause, book, day)


def _give_back(lot: lots.Lot, amount: int, cause: str, book: Overlay, day: date) -> None:
    if amount:
        number = book.last_lot_number(lot.wallet) + 1
        new_id = derived_id("lot", cause, lot.id)
        book.put_lot(lots.give_back(lot, amount, day, new_id=new_id, new_number=number))


def _credit_wallet(transfer: Transfer, book: Overlay, day: date) -> None:
    """Put posted points into lots: those they came from if the transfer undoes another, else one of their own."""
    _, credit = sides(transfer)
    amount = transfer.amount or 0
    if not is_wallet(credit) or not amount:
        return
    undone = book.transfer(transfer.reference or "") if transfer.is_undoing else None
    if undone is None:
        number = book.last_lot_number(credit) + 1
        book.put_lot(
            lots.Lot(
                id=transfer.id,
                wallet=credit,
                origin=transfer.id,
                number=number,
                left=amount,
                expires_on=transfer.expires_on,
            )
        )
        return
    for taking, points in lots.return_last(book.takings(undone.id), amount):
        book.put_taking(replace(taking, returned=taking.returned + points))
        lot = _lot(taking.lot_id, book)
        if undone.kind == codes.EXPIRE:
            lot = replace(lot, expired_points=lot.expired_points - points)
            book.put_lot(lot)
        _give_back(lot, points, transfer.id, book, day)


def _uncount(reserved: Transfer, book: Overlay) -> None:
    debit, credit = sides(reserved)
    amount = reserved.amount or 0
    _count(debit, book, debits_pending=-amount)
    _count(credit, book, credits_pending=-amount)


def _count(code: str, book: Overlay, **more: int) -> None:
    account = _account(code, book)
    book.put_account(replace(account, **{name: getattr(account, name) + points for name, points in more.items()}))


def _account(code: str, book: Overlay) -> Account:
    account = book.account(code)
    if account is None:
        raise LookupError(f"there is no account {code}")
    return account


def _lot(lot_id: str, book: Overlay) -> lots.Lot:
    lot = book.lot(lot_id)
    if lot is None:
        raise LookupError(f"there is no lot {lot_id}")
    return lot
