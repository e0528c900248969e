"""Play stored transfers again by the pure rules, and compare what they make with what is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from rewards.domain.ledger import rows
from rewards.models import ledger as tables
from rewards.pure import codes, sweeps
from rewards.pure.effects import carry_out, derived_id, move_from_lot
from rewards.pure.ledger import Store
from rewards.pure.precedence import judge
from rewards.pure.transfers import Account, Transfer, implied_account
from rewards.pure.view import Changes, Overlay

PIECE = 2000


@dataclass(frozen=True)
class Wrong:
    """The first wrong record: which, and what was expected."""

    record: str
    text: str


class Replayed:
    """The ledger that the transfers make, one after the other."""

    def __init__(self) -> None:
        self._store = Store()
        self._loans: dict[str, Transfer] = {}
        self._waiting: dict[str, dict[str, datetime]] = defaultdict(dict)
        """account → the reservations that will time out there → when"""

    def open(self, code: str, flags: frozenset[str]) -> None:
        """Open an account before anything is played."""
        self._store.apply(Changes(accounts={code: Account(code=code, flags=flags)}))

    def play(self, row: tables.Transfer) -> Wrong | None:
        """Play one stored transfer; None when the rules allow it exactly as it is stored."""
        transfer, at = rows.transfer_of(row), timezone.localtime(row.at)
        self._release(transfer, at)
        name = f"transfer {transfer.id}"
        known = self._store.transfer(transfer.id)
        if known is not None:  # made by the ledger itself, by an earlier transfer or a timeout
            return None if known == transfer else Wrong(name, "is not what follows from its cause")
        if transfer.id == derived_id("loan", transfer.reference or ""):
            self._loans[transfer.id] = transfer
            return None
        if transfer.id == derived_id("expire", transfer.reference or ""):
            return self._expire(transfer, at)
        asked = transfer
        if codes.BALANCING_DEBIT in transfer.flags and not transfer.amount:
            asked = replace(transfer, amount=1)  # it took all there was, which was nothing
        book = Overlay(self._store)
        verdict = judge(asked, book, at=at)
        if verdict.code != codes.CREATED or verdict.transfer is None:
            return Wrong(name, f"is against the rules: {verdict.code}")
        if verdict.transfer != transfer:
            return Wrong(name, "the rules make something else of it")
        carry_out(verdict, book, at=at)
        self._apply(book.changes)
        return None

    def _expire(self, transfer: Transfer, at: datetime) -> Wrong | None:
        book = Overlay(self._store)
        lot = book.lot(transfer.reference or "")
        if lot is None or not lot.is_past(at.date()) or lot.left != transfer.amount or lot.wallet != transfer.debit:
            return Wrong(f"transfer {transfer.id}", "expires what is not there")
        move_from_lot(transfer, lot, book)
        self._apply(book.changes)
        return None

    def _release(self, transfer: Transfer, at: datetime) -> None:
        """Let the reservations of these accounts end whose time is over by then, the earliest first."""
        over = {
            key: ends_at
            for code in (transfer.debit, transfer.credit)
            for key, ends_at in self._waiting.get(code or "", {}).items()
            if ends_at <= at
        }
        for key in sorted(over, key=over.__getitem__):
            self._time_out(key)

    def _time_out(self, key: str) -> None:
        reserved = self._store.transfer(key)
        for code in (reserved.debit, reserved.credit) if reserved is not None else ():
            self._waiting[code or ""].pop(key, None)
        self._apply(sweeps.time_out(key, self._store))

    def _apply(self, changes: Changes) -> None:
        self._store.apply(changes)
        for key, held in changes.reservations.items():
            reserved = self._store.transfer(key)
            for code in (reserved.debit, reserved.credit) if reserved is not None else ():
                if held.status == codes.PENDING and held.ends_at is not None:
                    self._waiting[code or ""][key] = held.ends_at
                else:
                    self._waiting[code or ""].pop(key, None)

    def wrong_rows(self) -> Wrong | None:
        """Compare every row with what the transfers made; to be asked when all are played."""
        for key, loan in self._loans.items():
            if self._store.transfer(key) != loan:
                return Wrong(f"transfer {key}", "lends points for nothing")
        for row in tables.Reservation.objects.filter(status="expired").order_by("ends_at").iterator(PIECE):
            held = self._store.reservation(str(row.transfer))
            if held is not None and held.status == codes.PENDING and held.ends_at is not None:
                if held.ends_at > timezone.now():
                    return Wrong(f"reservation {row.transfer}", "ended before its time")
                self._time_out(str(row.transfer))
        made = self._store.rows
        return (
            _missing_transfer(made.transfers)
            or _wrong("account", tables.Account, _account, {**_empty(), **made.accounts})
            or _wrong("reservation", tables.Reservation, rows.reservation_of, made.reservations)
            or _wrong("lot", tables.Lot, rows.lot_of, made.lots)
            or _wrong("taking", tables.Taking, rows.taking_of, made.takings)
        )


def _account(row: tables.Account) -> Account:
    """Return an account but for its being closed, which the log tells."""
    return replace(rows.account_of(row), is_closed=False)


def _empty() -> dict[str, Account]:
    """Return the accounts that are there without having moved: as empty as their code implies."""
    implied = [implied_account(code) for code in tables.Account.objects.values_list("code", flat=True)]
    return {account.code: account for account in implied if account is not None}


def _missing_transfer(made: dict[str, Transfer]) -> Wrong | None:
    """Name the first transfer that the ledger must have posted by itself and that is not there."""
    derived = [
        key for key, transfer in made.items() if transfer.reference is not None and transfer.kind == codes.ADJUST
    ]
    for start in range(0, len(derived), 500):
        part = derived[start : start + 500]
        present = {str(key) for key in tables.Transfer.objects.filter(id__in=part).values_list("id", flat=True)}
        for key in part:
            if key not in present:
                return Wrong(f"transfer {key}", "is missing: it follows from another")
    return None


def _wrong(noun: str, model: Any, read: Any, made: dict[Any, Any]) -> Wrong | None:
    """Compare a table with what it must be."""
    seen = 0
    for row in model.objects.order_by("pk").iterator(PIECE):
        found = read(row)
        expected = made.get(_key(found))
        if expected is None:
            return Wrong(f"{noun} {row}", "comes from no transfer")
        if expected != found:
            return Wrong(f"{noun} {row}", f"the transfers make {_difference(expected, found)}")
        seen += 1
    if seen == len(made):
        return None
    present = {_key(read(row)) for row in model.objects.iterator(PIECE)}
    missing = next(key for key in made if key not in present)
    return Wrong(f"{noun} {missing}", "is missing")


def _key(found: Any) -> Any:
    for name in ("code", "id"):
        if hasattr(found, name):
            return getattr(found, name)
    return (found.transfer_id, found.position) if hasattr(found, "position") else found.transfer_id


def _difference(expected: Any, found: Any) -> str:
    names: Iterable[str] = type(expected).__dataclass_fields__
    return ", ".join(
        f"{name} {getattr(expected, name)}" for name in names if getattr(expected, name) != getattr(found, name)
    )
