"""Which code a transfer gets: every check of the ledger, in order of precedence, first match wins.

The order is TigerBeetle's (`create_transfers`) for the fields we have; each function below reads like the list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rewards.pure import codes, lots
from rewards.pure.transfers import Account, Transfer, debt_of, fund_of, is_wallet

if TYPE_CHECKING:
    from datetime import date, datetime

    from rewards.pure.view import Overlay


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The code of a transfer; if it is `created`, the transfer as it will be stored, everything filled in.

    `loan_points` is what a claw-back must borrow because the wallet no longer has it.
    """

    code: str
    transfer: Transfer | None = None
    loan_points: int = 0


class _Refused(Exception):
    """Ends the list of checks at the first that matches."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def judge(transfer: Transfer, view: Overlay, *, at: datetime) -> Verdict:
    """The verdict on one transfer at a moment (in the union's time zone), without changing anything."""
    try:
        stored = view.transfer(transfer.id)
        if stored is not None:
            return Verdict(code=_compared(transfer, stored, view))
        _refuse_if(view.has_failed(transfer.id), codes.ID_ALREADY_FAILED)
        if transfer.is_resolution:
            return Verdict(code=codes.CREATED, transfer=_judged_resolution(transfer, view, at))
        return _judged_single(transfer, view, at.date())
    except _Refused as refusal:
        return Verdict(code=refusal.code)


def claw_back_origin(transfer: Transfer, view: Overlay) -> str | None:
    """The id of the award whose points a transfer takes back from a wallet; None if it is no claw-back."""
    if transfer.kind != codes.REVERSE or transfer.reference is None or not is_wallet(transfer.debit or ""):
        return None
    undone = view.transfer(transfer.reference)
    return undone.id if undone is not None and undone.kind == codes.AWARD else None


def _refuse_if(condition: bool, code: str) -> None:  # noqa: FBT001 - reads as a sentence: refuse if …, because …
    if condition:
        raise _Refused(code)


def _compared(asked: Transfer, stored: Transfer, view: Overlay) -> str:
    """`exists`, or the first field in which a repeated transfer differs from the stored one."""
    pairs = {name: (getattr(asked, name), getattr(stored, name)) for name in codes.COMPARED_FIELDS}
    for name in ("flags", "pending_id", "timeout_minutes"):
        if pairs[name][0] != pairs[name][1]:
            return codes.EXISTS_WITH_DIFFERENT + name
    reservation = view.transfer(asked.pending_id) if asked.pending_id and asked.is_resolution else None
    filled = _filled_in(asked, reservation)
    for name in codes.COMPARED_FIELDS:
        if _differs(name, filled, stored):
            return codes.EXISTS_WITH_DIFFERENT + name
    return codes.EXISTS


def _differs(name: str, asked: Transfer, stored: Transfer) -> bool:
    if name == "amount" and codes.BALANCING_DEBIT in asked.flags:
        return (asked.amount or 0) < (stored.amount or 0)
    return bool(getattr(asked, name) != getattr(stored, name))


def _filled_in(asked: Transfer, reservation: Transfer | None) -> Transfer:
    """A transfer with everything it left out: a single's fund is its accounts', all else comes from the reservation."""
    if reservation is None:
        fund = asked.fund if asked.fund is not None else fund_of(asked.debit or "")
        return replace(asked, fund=fund, amount=asked.amount or 0)
    is_all = asked.amount is None or (asked.amount == 0 and codes.VOID in asked.flags)
    names = ("debit", "credit", "kind", "fund", "expires_on", "reference", "reason", "by")
    left_out = {name: getattr(reservation, name) for name in names if getattr(asked, name) is None}
    return replace(asked, amount=reservation.amount if is_all else asked.amount, **left_out)


def _judged_single(asked: Transfer, view: Overlay, day: date) -> Verdict:
    _refuse_if(asked.debit is not None and asked.debit == asked.credit, codes.ACCOUNTS_MUST_BE_DIFFERENT)
    _refuse_if(asked.pending_id is not None, codes.PENDING_ID_MUST_BE_ZERO)
    _refuse_if(asked.timeout_minutes != 0 and not asked.is_pending, codes.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER)
    _refuse_if(not asked.amount, codes.AMOUNT_MUST_NOT_BE_ZERO)
    debit = _found(asked.debit, view, codes.DEBIT_ACCOUNT_NOT_FOUND)
    credit = _found(asked.credit, view, codes.CREDIT_ACCOUNT_NOT_FOUND)
    fund = fund_of(debit.code)
    _refuse_if(fund != fund_of(credit.code), codes.ACCOUNTS_MUST_HAVE_THE_SAME_FUND)
    _refuse_if(asked.fund not in {None, fund}, codes.TRANSFER_MUST_HAVE_THE_SAME_FUND_AS_ACCOUNTS)
    _refuse_if(debit.is_closed, codes.DEBIT_ACCOUNT_ALREADY_CLOSED)
    _refuse_if(credit.is_closed, codes.CREDIT_ACCOUNT_ALREADY_CLOSED)
    undone = _found_reference(asked, view) if asked.is_undoing else None

    available = _available(debit, view, day)
    transfer = _filled_in(asked, None)
    if codes.BALANCING_DEBIT in asked.flags:
        transfer = replace(transfer, amount=min(transfer.amount or 0, max(0, available)))
    amount = transfer.amount or 0
    if undone is not None:
        _refuse_if(amount > _left_to_undo(transfer, undone, view, day), codes.EXCEEDS_REFERENCE_AMOUNT)
    loan = _loan_points(transfer, amount - available, view)
    _refuse_if(_is_limited(debit) and amount > available + loan, codes.EXCEEDS_CREDITS)
    _refuse_if(_exceeds_debits(credit, amount), codes.EXCEEDS_DEBITS)
    return Verdict(code=codes.CREATED, transfer=transfer, loan_points=loan)


def _found(code: str | None, view: Overlay, otherwise: str) -> Account:
    account = view.account(code) if code is not None else None
    if account is None:
        raise _Refused(otherwise)
    return account


def _found_reference(asked: Transfer, view: Overlay) -> Transfer:
    """The posted transfer a refund or reverse undoes: between the same accounts the other way round, never pending."""
    undone = view.transfer(asked.reference) if asked.reference is not None else None
    fits = (
        undone is not None
        and undone.is_posted
        and not asked.is_pending
        and (asked.debit, asked.credit) == (undone.credit, undone.debit)
    )
    if undone is None or not fits:
        raise _Refused(codes.REFERENCE_NOT_FOUND)
    return undone


def _available(account: Account, view: Overlay, day: date) -> int:
    if is_wallet(account.code):
        return lots.available_points(view.lots(account.code), day)
    return account.balance_points


def _left_to_undo(transfer: Transfer, undone: Transfer, view: Overlay, day: date) -> int:
    """How much of a transfer is still to undo; for a claw-back what has expired of the award is taken back already."""
    left = (undone.amount or 0) - view.undone_amount(undone.id)
    if claw_back_origin(transfer, view) is not None:
        left -= lots.lapsed_points(view.lots_of_origin(undone.id), undone.id, day)
    return left


def _loan_points(transfer: Transfer, missing: int, view: Overlay) -> int:
    """What a claw-back borrows. Only repaying goes on in a closed account, so a closed debt refuses to lend."""
    if missing <= 0 or transfer.debit is None or claw_back_origin(transfer, view) is None:
        return 0
    lender = view.account(debt_of(transfer.debit))
    _refuse_if(lender is not None and lender.is_closed, codes.DEBIT_ACCOUNT_ALREADY_CLOSED)
    return missing


def _is_limited(debit: Account) -> bool:
    return codes.DEBITS_MUST_NOT_EXCEED_CREDITS in debit.flags


def _exceeds_debits(credit: Account, amount: int) -> bool:
    return codes.CREDITS_MUST_NOT_EXCEED_DEBITS in credit.flags and amount > credit.owed_points


def _judged_resolution(asked: Transfer, view: Overlay, at: datetime) -> Transfer:
    is_void = codes.VOID in asked.flags
    exclusive = {codes.POST, codes.VOID, codes.PENDING, codes.BALANCING_DEBIT} & asked.flags
    _refuse_if(len(exclusive) > 1, codes.FLAGS_ARE_MUTUALLY_EXCLUSIVE)
    _refuse_if(asked.pending_id is None, codes.PENDING_ID_MUST_NOT_BE_ZERO)
    _refuse_if(asked.pending_id == asked.id, codes.PENDING_ID_MUST_BE_DIFFERENT)
    _refuse_if(asked.timeout_minutes != 0, codes.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER)
    reserved = view.transfer(asked.pending_id or "")
    if reserved is None:
        raise _Refused(codes.PENDING_TRANSFER_NOT_FOUND)
    _refuse_if(not reserved.is_pending, codes.PENDING_TRANSFER_NOT_PENDING)
    transfer = _filled_in(asked, reserved)
    for name in ("debit", "credit", "fund", "kind"):
        is_same = getattr(transfer, name) == getattr(reserved, name)
        _refuse_if(not is_same, codes.PENDING_TRANSFER_HAS_DIFFERENT + name)
    amount, reserved_amount = transfer.amount or 0, reserved.amount or 0
    _refuse_if(amount > reserved_amount, codes.EXCEEDS_PENDING_TRANSFER_AMOUNT)
    _refuse_if(is_void and amount < reserved_amount, codes.PENDING_TRANSFER_HAS_DIFFERENT + "amount")
    _refuse_unless_pending(reserved.id, view, at)
    if not is_void:
        for account, code in (
            (view.account(reserved.debit or ""), codes.DEBIT_ACCOUNT_ALREADY_CLOSED),
            (view.account(reserved.credit or ""), codes.CREDIT_ACCOUNT_ALREADY_CLOSED),
        ):
            _refuse_if(account is not None and account.is_closed, code)
    return transfer


def _refuse_unless_pending(reserved_id: str, view: Overlay, at: datetime) -> None:
    reservation = view.reservation(reserved_id)
    if reservation is None:
        raise LookupError(f"the pending transfer {reserved_id} has no reservation")
    _refuse_if(reservation.status == "posted", codes.PENDING_TRANSFER_ALREADY_POSTED)
    _refuse_if(reservation.status == "voided", codes.PENDING_TRANSFER_ALREADY_VOIDED)
    is_over = reservation.ends_at is not None and reservation.ends_at <= at
    _refuse_if(reservation.status == "expired" or is_over, codes.PENDING_TRANSFER_EXPIRED)
