"""Between rows and the rules' plain data: a View that reads what is locked, and the writing of changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Subquery, Sum
from django.utils import timezone

from rewards.domain.ledger import recording
from rewards.models import ledger as tables
from rewards.pure import codes
from rewards.pure.lots import Lot, Taking
from rewards.pure.steps import UUID_IN_LOWER_CASE
from rewards.pure.transfers import Account, Reservation, Transfer
from rewards.pure.view import Changes

FLAGS = (codes.DEBITS_MUST_NOT_EXCEED_CREDITS, codes.CREDITS_MUST_NOT_EXCEED_DEBITS)


def account_of(row: tables.Account) -> Account:
    """Return an account row as plain data."""
    return Account(
        code=row.code,
        flags=frozenset(flag for flag in FLAGS if getattr(row, flag)),
        debits_pending=row.debits_pending,
        debits_posted=row.debits_posted,
        credits_pending=row.credits_pending,
        credits_posted=row.credits_posted,
        is_closed=row.is_closed,
    )


def account_fields(account: Account) -> dict[str, Any]:
    """Return plain data as the fields of an account row."""
    return {
        "debits_pending": account.debits_pending,
        "debits_posted": account.debits_posted,
        "credits_pending": account.credits_pending,
        "credits_posted": account.credits_posted,
        "is_closed": account.is_closed,
        **{flag: flag in account.flags for flag in FLAGS},
    }


def account_row(account: Account) -> tables.Account:
    """Return plain data as an account row."""
    return tables.Account(code=account.code, **account_fields(account))


def transfer_of(row: tables.Transfer) -> Transfer:
    """Return a transfer row as plain data."""
    return Transfer(
        id=str(row.id),
        flags=frozenset(row.flags),
        debit=row.debit,
        credit=row.credit,
        kind=row.kind,
        amount=row.amount,
        fund=row.fund,
        pending_id=str(row.pending) if row.pending else None,
        timeout_minutes=row.timeout_minutes,
        expires_on=row.expires_on,
        reference=row.reference,
        reason=row.reason,
        by=row.by,
    )


def transfer_row(transfer: Transfer, at: datetime) -> tables.Transfer:
    """Return plain data, filled in, as a new transfer row."""
    return tables.Transfer(
        id=UUID(transfer.id),
        at=at,
        flags=sorted(transfer.flags),
        debit=transfer.debit or "",
        credit=transfer.credit or "",
        kind=transfer.kind or "",
        amount=transfer.amount or 0,
        fund=transfer.fund or "",
        pending=UUID(transfer.pending_id) if transfer.pending_id else None,
        timeout_minutes=transfer.timeout_minutes,
        expires_on=transfer.expires_on,
        reference=transfer.reference,
        reason=transfer.reason,
        by=transfer.by,
    )


def lot_of(row: tables.Lot) -> Lot:
    """Return a lot row as plain data."""
    return Lot(
        id=row.id, wallet=row.wallet, origin=row.origin, number=row.number, left=row.left, held=row.held,
        expired_points=row.expired_points, expires_on=row.expires_on,
    )  # fmt: skip


def taking_of(row: tables.Taking) -> Taking:
    """Return a taking row as plain data."""
    return Taking(
        transfer_id=str(row.transfer), position=row.position, lot_id=row.lot, amount=row.amount, returned=row.returned
    )


def reservation_of(row: tables.Reservation) -> Reservation:
    """Return a reservation row as plain data, its end in the union's zone."""
    ends_at = timezone.localtime(row.ends_at) if row.ends_at else None
    return Reservation(transfer_id=str(row.transfer), status=row.status, ends_at=ends_at)


class Rows:
    """A View of the database: the named things are read in one statement a table, anything else when it is asked for."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Any] = {}

    def load_accounts(self, accounts: Iterable[tables.Account]) -> None:
        for row in accounts:
            self._known["account", row.code] = account_of(row)

    def load(self, ids: set[str], pending_ids: set[str], wallets: set[str]) -> None:
        """Read at once: transfers and spent ids by id, reservations and takings by pending id, lots by wallet."""
        self._known |= {("transfer", key): None for key in ids | pending_ids}
        self._known |= {("failed", key): False for key in ids}
        for row in tables.Transfer.objects.filter(id__in=ids | pending_ids):
            self._known["transfer", str(row.id)] = transfer_of(row)
        for failed in tables.FailedTransfer.objects.filter(id__in=ids):
            self._known["failed", str(failed.id)] = True
        if pending_ids:
            self._known |= {("reservation", key): None for key in pending_ids}
            for held in tables.Reservation.objects.filter(transfer__in=pending_ids):
                self._known["reservation", str(held.transfer)] = reservation_of(held)
        self._load_lots(wallets)

    def _load_lots(self, wallets: set[str]) -> None:
        if not wallets:
            return
        self._known |= {("lots", wallet): [] for wallet in wallets}
        self._known |= {("last", wallet): 0 for wallet in wallets}
        lots = tables.Lot.objects.filter(wallet__in=wallets)
        for wallet, last in lots.order_by().values_list("wallet").annotate(Max("number")):
            self._known["last", wallet] = last
        for row in lots.exclude(left=0, held=0):
            self._known["lots", row.wallet].append(lot_of(row))

    def _ask(self, kind: str, key: str, read: Callable[[], Any]) -> Any:
        if (kind, key) not in self._known:
            self._known[kind, key] = read()
        return self._known[kind, key]

    def account(self, code: str) -> Account | None:
        def read() -> Account | None:
            row = tables.Account.objects.filter(pk=code).first()
            return account_of(row) if row else None

        found: Account | None = self._ask("account", code, read)
        return found

    def transfer(self, transfer_id: str) -> Transfer | None:
        def read() -> Transfer | None:
            if not UUID_IN_LOWER_CASE.fullmatch(transfer_id):
                return None  # a reference may be any text
            row = tables.Transfer.objects.filter(id=transfer_id).first()
            return transfer_of(row) if row else None

        found: Transfer | None = self._ask("transfer", transfer_id, read)
        return found

    def reservation(self, transfer_id: str) -> Reservation | None:
        def read() -> Reservation | None:
            row = tables.Reservation.objects.filter(pk=transfer_id).first()
            return reservation_of(row) if row else None

        found: Reservation | None = self._ask("reservation", transfer_id, read)
        return found

    def has_failed(self, transfer_id: str) -> bool:
        return bool(
            self._ask("failed", transfer_id, lambda: tables.FailedTransfer.objects.filter(pk=transfer_id).exists())
        )

    def undone_amount(self, transfer_id: str) -> int:
        def read() -> int:
            undoing = tables.Transfer.objects.filter(reference=transfer_id, kind__in=codes.UNDOING_KINDS)
            return undoing.aggregate(Sum("amount"))["amount__sum"] or 0

        found: int = self._ask("undone", transfer_id, read)
        return found

    def lots(self, wallet: str) -> Iterable[Lot]:
        def read() -> list[Lot]:
            return [lot_of(row) for row in tables.Lot.objects.filter(wallet=wallet).exclude(left=0, held=0)]

        found: list[Lot] = self._ask("lots", wallet, read)
        return found

    def lots_of_origin(self, origin: str) -> Iterable[Lot]:
        def read() -> list[Lot]:
            wallet = Subquery(
                tables.Lot.objects.filter(pk=origin).values("wallet")
            )  # points stay in their wallet's lots
            return [lot_of(row) for row in tables.Lot.objects.filter(wallet=wallet, origin=origin)]

        found: list[Lot] = self._ask("origin", origin, read)
        return found

    def lot(self, lot_id: str) -> Lot | None:
        def read() -> Lot | None:
            row = tables.Lot.objects.filter(pk=lot_id).first()
            return lot_of(row) if row else None

        found: Lot | None = self._ask("lot", lot_id, read)
        return found

    def last_lot_number(self, wallet: str) -> int:
        def read() -> int:
            return tables.Lot.objects.filter(wallet=wallet).aggregate(Max("number"))["number__max"] or 0

        found: int = self._ask("last", wallet, read)
        return found

    def takings(self, transfer_id: str) -> Sequence[Taking]:
        def read() -> list[Taking]:
            return [taking_of(row) for row in tables.Taking.objects.filter(transfer=transfer_id).order_by("position")]

        found: list[Taking] = self._ask("takings", transfer_id, read)
        return found


def write(changes: Changes, *, at: datetime) -> None:
    """Store what the rules decided, and the leaves of the log: at most eight statements, however many transfers."""
    if changes.accounts:
        tables.Account.objects.bulk_create(
            [account_row(account) for account in changes.accounts.values()],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["debits_pending", "debits_posted", "credits_pending", "credits_posted", "is_closed"],
        )
    if changes.transfers:
        new = [transfer_row(transfer, at) for transfer in changes.transfers.values()]
        recording.log_transfers(tables.Transfer.objects.bulk_create(new), at=at)
    if changes.reservations:
        tables.Reservation.objects.bulk_create(
            [
                tables.Reservation(transfer=UUID(held.transfer_id), status=held.status, ends_at=held.ends_at)
                for held in changes.reservations.values()
            ],
            update_conflicts=True, unique_fields=["transfer"], update_fields=["status", "ends_at"],
        )  # fmt: skip
    if changes.failed:
        tables.FailedTransfer.objects.bulk_create(
            [tables.FailedTransfer(id=UUID(key), code=code, at=at) for key, code in changes.failed.items()],
            ignore_conflicts=True,
        )
        recording.log_refusals(changes.failed, at=at)
    _write_lots(changes)


def _write_lots(changes: Changes) -> None:
    if changes.lots:
        names = ("id", "wallet", "origin", "number", "left", "held", "expired_points", "expires_on")
        tables.Lot.objects.bulk_create(
            [tables.Lot(**{name: getattr(lot, name) for name in names}) for lot in changes.lots.values()],
            update_conflicts=True, unique_fields=["id"], update_fields=["left", "held", "expired_points"],
        )  # fmt: skip
    if changes.takings:
        tables.Taking.objects.bulk_create(
            [
                tables.Taking(
                    transfer=UUID(taking.transfer_id), position=taking.position, lot=taking.lot_id,
                    amount=taking.amount, returned=taking.returned,
                )
                for taking in changes.takings.values()
            ],
            update_conflicts=True, unique_fields=["transfer", "position"], update_fields=["amount", "returned"],
        )  # fmt: skip
