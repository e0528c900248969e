"""Post batches of transfers: lock the accounts in the house order, let the rules decide, write everything or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rewards.domain.ledger import rows
from rewards.models import ledger as tables
from rewards.pure import batch as batches
from rewards.pure import codes, sweeps
from rewards.pure.transfers import (
    SHARED,
    Account,
    Transfer,
    accounts_to_lock,
    canonical,
    implied_account,
    is_wallet,
)


class LedgerRefused(ValidationError):
    """The ledger did not post; `code` is its result code (spec/ledger.md)."""


class ExceedsCredits(LedgerRefused):
    """A wallet does not have the points."""

    def __init__(self) -> None:
        super().__init__(_("There are not enough points for this. Look at your wallet."), code="exceeds_credits")


class BudgetEmpty(LedgerRefused):
    """A budget cannot pay the award."""

    def __init__(self) -> None:
        super().__init__(
            _("The budget that pays these points is empty. Ask for more points, then try again."), code="budget_empty"
        )


@transaction.atomic(savepoint=False)
def post(batch: Sequence[Transfer], *, at: datetime) -> tuple[str, ...]:
    """Send a batch; the accounts stay locked until the transaction ends.

    Args:
        batch: transfers with canonical or plain account codes; chains linked as the specification says.
        at: the moment, aware; its day in the union's zone counts for lots.

    Returns:
        One result code per transfer, in order. Refusals do not raise: a caller that needs them posted calls `demand`.
    """
    batch = [_canonical(transfer) for transfer in batch]
    ids = {transfer.id for transfer in batch}
    pending_ids = {transfer.pending_id for transfer in batch if transfer.pending_id}
    stored = _stored(pending_ids)
    wanted = accounts_to_lock(batch, stored.get)
    due = _due(wanted, at)
    if due:
        wanted = sorted({*wanted, *accounts_to_lock(list(due.values()), stored.get)}, key=_lock_order)
    view = rows.Rows()
    view.load_accounts(_locked(wanted))
    view.load(ids, pending_ids, {code for code in wanted if is_wallet(code)})
    moment = timezone.localtime(at)
    if due:
        view = _timed_out(due, view, at=at)
    outcome = batches.post(batch, view, at=moment)
    rows.write(outcome.changes, at=at)
    return outcome.results


def demand(batch: Sequence[Transfer], *, at: datetime) -> None:
    """Post a batch that must succeed; repeating it is a success and changes nothing.

    Raises:
        BudgetEmpty, ExceedsCredits: by the kind of account that lacks points.
        LedgerRefused: any other refusal, with its code.
    """
    demand_results(batch, post(batch, at=at))


def demand_results(batch: Sequence[Transfer], results: Sequence[str]) -> None:
    """Raise the refusal that a batch's results mean, if any; see `demand`."""
    for transfer, code in zip(batch, results, strict=True):
        if code in {codes.CREATED, codes.EXISTS, codes.LINKED_EVENT_FAILED}:
            continue
        if code == codes.EXCEEDS_CREDITS:
            raise BudgetEmpty if (transfer.debit or "").startswith("budget:") else ExceedsCredits
        raise LedgerRefused(_("The points could not be moved (%(code)s)."), code=code, params={"code": code})
    if codes.LINKED_EVENT_FAILED in results:
        raise LedgerRefused(_("The points could not be moved (%(code)s)."), code="linked", params={"code": "linked"})


@transaction.atomic(savepoint=False)
def open_account(code: str, *, flags: frozenset[str] = frozenset()) -> Account:
    """Open an account that is not implied by its code; opening it again with the same flags changes nothing.

    Raises:
        ValueError: it is open with other flags.
    """
    code = canonical(code)
    account = implied_account(code) or Account(code=code, flags=flags)
    tables.Account.objects.bulk_create([rows.account_row(account)], ignore_conflicts=True)
    stored = rows.account_of(tables.Account.objects.get(pk=code))
    if stored.flags != (account.flags if implied_account(code) else flags):
        raise ValueError(f"{code} is open already, with other flags")
    return stored


@transaction.atomic(savepoint=False)
def close(code: str) -> None:
    """Close an account for everything but voids, timeouts, expiry and repaying a debt."""
    code = canonical(code)
    list(_locked([code]))
    tables.Account.objects.filter(pk=code).update(is_closed=True)


def _canonical(transfer: Transfer) -> Transfer:
    return replace(
        transfer,
        debit=canonical(transfer.debit) if transfer.debit else None,
        credit=canonical(transfer.credit) if transfer.credit else None,
    )


def _stored(ids: set[str]) -> dict[str, Transfer]:
    """Return the stored transfers a post or void works on."""
    if not ids:
        return {}
    return {str(row.id): rows.transfer_of(row) for row in tables.Transfer.objects.filter(id__in=ids)}


def _lock_order(code: str) -> tuple[bool, str]:
    return (code.split(":", maxsplit=1)[0].split("@", maxsplit=1)[0] in SHARED, code)


def _locked(wanted: Sequence[str]) -> list[tables.Account]:
    """Make the implied accounts, then lock all in one statement: people's by code, shared ones last."""
    present = set(tables.Account.objects.filter(pk__in=wanted).values_list("code", flat=True))
    implied = [account for code in wanted if code not in present and (account := implied_account(code))]
    if implied:
        tables.Account.objects.bulk_create([rows.account_row(account) for account in implied], ignore_conflicts=True)
    shared = [code for code in wanted if _lock_order(code)[0]]
    order = Case(When(code__in=shared, then=Value(1)), default=Value(0), output_field=IntegerField())
    locked = tables.Account.objects.select_for_update(no_key=True).filter(pk__in=wanted)
    return list(locked.order_by(order, "code") if shared else locked.order_by("code"))


def _due(wanted: Sequence[str], at: datetime) -> dict[str, Transfer]:
    """Return the reservations of these wallets whose time is over but which nobody has released yet."""
    wallets = [code for code in wanted if is_wallet(code)]
    if not wallets:
        return {}
    over = tables.Reservation.objects.filter(status=codes.PENDING, ends_at__lte=at).order_by("ends_at")
    ids = list(over.values_list("transfer", flat=True)[:1000])
    if not ids:
        return {}
    found = tables.Transfer.objects.filter(id__in=ids, debit__in=wallets).order_by("number")
    return {str(row.id): rows.transfer_of(row) for row in found}


def _timed_out(due: dict[str, Transfer], view: rows.Rows, *, at: datetime) -> rows.Rows:
    """Release what is due before anything new is decided, and look again."""
    for transfer_id, transfer in due.items():
        rows.write(sweeps.time_out(transfer_id, view), at=at)
        view = rows.Rows()
        view.load_accounts(tables.Account.objects.filter(pk__in=[transfer.debit, transfer.credit]))
    return view
