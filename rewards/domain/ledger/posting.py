"""Post batches of transfers: lock the accounts in the house order, let the rules decide, write everything or nothing.

On PostgreSQL an SQL function does all of it (`functions`); on SQLite the rules themselves run over the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rewards.domain.ledger import functions, recording, rows
from rewards.domain.ledger.asking import well_formed
from rewards.models import ledger as tables
from rewards.pure import batch as batches
from rewards.pure import codes, sweeps
from rewards.pure.transfers import (
    Account,
    Transfer,
    accounts_to_lock,
    canonical,
    implied_account,
    is_shared,
    is_wallet,
    lock_order,
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


def post(batch: Sequence[Transfer], *, at: datetime) -> tuple[str, ...]:
    """Send a batch; the accounts stay locked until the transaction ends.

    Args:
        batch: transfers with canonical or plain account codes; chains linked as the specification says.
        at: the moment, aware; its day in the union's zone counts for lots.

    Returns:
        One result code per transfer, in order. Refusals do not raise: a caller that needs them posted calls `demand`.

    Raises:
        ValueError: something no ledger can be asked: an amount that is no whole number from 0 to 2^53 - 1 …
    """
    asked = well_formed(batch)
    return functions.post(asked, at=at) if functions.are_there() else _post(asked, at=at)


@transaction.atomic(savepoint=False)
def _post(batch: Sequence[Transfer], *, at: datetime) -> tuple[str, ...]:
    """Post a batch by the rules in Python."""
    ids = {transfer.id for transfer in batch}
    pending_ids = {transfer.pending_id for transfer in batch if transfer.pending_id}
    wanted = accounts_to_lock(batch, _stored(pending_ids).get)
    view = prepared(wanted, at=at)
    view.load(ids, pending_ids, {code for code in wanted if is_wallet(code)})
    outcome = batches.post(batch, view, at=timezone.localtime(at))
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
def open_account(code: str, *, flags: frozenset[str] = frozenset(), at: datetime | None = None) -> Account:
    """Open an account that is not implied by its code; opening it again with the same flags changes nothing.

    Raises:
        ValueError: it is open with other flags.
    """
    code = canonical(code)
    account = implied_account(code) or Account(code=code, flags=flags)
    if not tables.Account.objects.filter(pk=code).exists():
        row, is_new = tables.Account.objects.get_or_create(pk=code, defaults=rows.account_fields(account))
        if is_new and implied_account(code) is None:
            recording.log_account(row, "opened", at=at or timezone.now())
    stored = rows.account_of(tables.Account.objects.get(pk=code))
    if stored.flags != (account.flags if implied_account(code) else flags):
        raise ValueError(f"{code} is open already, with other flags")
    return stored


@transaction.atomic(savepoint=False)
def close(code: str, *, at: datetime | None = None) -> None:
    """Close an account for everything but voids, timeouts, expiry and repaying a debt; once closed, it stays closed."""
    code = canonical(code)
    for row in _locked([code]):
        if not row.is_closed:
            tables.Account.objects.filter(pk=code).update(is_closed=True)
            recording.log_account(row, "closed", at=at or timezone.now())


def _stored(ids: set[str]) -> dict[str, Transfer]:
    """Return the stored transfers a post or void works on."""
    if not ids:
        return {}
    return {str(row.id): rows.transfer_of(row) for row in tables.Transfer.objects.filter(id__in=ids)}


def _locked(wanted: Sequence[str]) -> list[tables.Account]:
    """Make the implied accounts, then lock all in one statement: people's by code, shared ones last."""
    present = set(tables.Account.objects.filter(pk__in=wanted).values_list("code", flat=True))
    implied = [account for code in wanted if code not in present and (account := implied_account(code))]
    if implied:
        tables.Account.objects.bulk_create([rows.account_row(account) for account in implied], ignore_conflicts=True)
    shared = [code for code in wanted if is_shared(code)]
    order = Case(When(code__in=shared, then=Value(1)), default=Value(0), output_field=IntegerField())
    locked = tables.Account.objects.select_for_update(no_key=True).filter(pk__in=wanted)
    return list(locked.order_by(order, "code") if shared else locked.order_by("code"))


def prepared(wanted: list[str], *, at: datetime) -> rows.Rows:
    """Lock accounts, release what is due on them before anything new is decided, and return the view to decide on."""
    due = _due(wanted, at)
    if due:
        wanted = sorted({*wanted, *accounts_to_lock(list(due.values()), lambda _: None)}, key=lock_order)
    view = rows.Rows()
    view.load_accounts(_locked(wanted))
    for transfer_id in due:
        rows.write(sweeps.time_out(transfer_id, view), at=at)
        view = rows.Rows()
    return view


def _due(wanted: Sequence[str], at: datetime) -> dict[str, Transfer]:
    """Return the reservations of these accounts whose time is over but which nobody has released yet, in order."""
    over = tables.Reservation.objects.filter(status=codes.PENDING, ends_at__lte=at).order_by("ends_at")
    ends = dict(over.values_list("transfer", "ends_at"))
    if not ends:
        return {}
    found = tables.Transfer.objects.filter(Q(debit__in=wanted) | Q(credit__in=wanted), id__in=ends)
    return {str(row.id): rows.transfer_of(row) for row in sorted(found, key=lambda row: (ends[row.id], row.number))}
