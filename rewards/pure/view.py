"""What a decision may look at, and a sheet of paper laid over it on which its effects are written.

The rules never touch storage: they read a `View` (rows a database has locked, or dictionaries) through an `Overlay`
and leave `Changes`, which whoever owns the storage then writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from rewards.pure.transfers import Account, Reservation, Transfer, implied_account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rewards.pure.lots import Lot, Taking


class View(Protocol):
    """What is stored. Ids are UUIDs in lower case, account codes canonical; None: there is no such thing."""

    def account(self, code: str) -> Account | None: ...
    def transfer(self, transfer_id: str) -> Transfer | None: ...
    def reservation(self, transfer_id: str) -> Reservation | None:
        """What became of a pending transfer."""

    def has_failed(self, transfer_id: str) -> bool:
        """Whether a refusal spent this id."""

    def undone_amount(self, transfer_id: str) -> int:
        """The points of all refunds and reverses that refer to this transfer."""

    def lots(self, wallet: str) -> Iterable[Lot]:
        """At least every lot of the wallet with something left or held, in any order."""

    def lots_of_origin(self, origin: str) -> Iterable[Lot]:
        """Every lot, empty ones too, that holds or held points earned by this transfer."""

    def lot(self, lot_id: str) -> Lot | None: ...
    def last_lot_number(self, wallet: str) -> int:
        """The largest `number` of a lot of this wallet, empty ones too; 0: none."""

    def takings(self, transfer_id: str) -> Iterable[Taking]:
        """What a transfer took from lots, in any order."""


@dataclass(slots=True)
class Changes:
    """Rows to write, whole and new or replacing those with the same key; `transfers` in the order they were posted.

    `failed` holds the ids spent by a refusal, with the code of that refusal.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    lots: dict[str, Lot] = field(default_factory=dict)
    takings: dict[tuple[str, int], Taking] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def update(self, later: Changes) -> None:
        """Lay later changes over these."""
        self.accounts.update(later.accounts)
        self.transfers.update(later.transfers)
        self.reservations.update(later.reservations)
        self.lots.update(later.lots)
        self.takings.update(later.takings)
        self.failed.update(later.failed)


class Overlay:
    """A View over another, with the changes made so far; thrown away, it leaves nothing behind."""

    def __init__(self, base: View) -> None:
        self.changes = Changes()
        self._base = base
        self._undone: dict[str, int] = {}
        self._lots_of_wallet: dict[str, dict[str, Lot]] = {}
        self._last_lot_number: dict[str, int] = {}
        self._lots_of_origin: dict[str, dict[str, Lot]] = {}
        self._takings_of_transfer: dict[str, dict[int, Taking]] = {}

    def account(self, code: str) -> Account | None:
        return self.changes.accounts.get(code) or self._base.account(code) or implied_account(code)

    def transfer(self, transfer_id: str) -> Transfer | None:
        return self.changes.transfers.get(transfer_id) or self._base.transfer(transfer_id)

    def reservation(self, transfer_id: str) -> Reservation | None:
        return self.changes.reservations.get(transfer_id) or self._base.reservation(transfer_id)

    def has_failed(self, transfer_id: str) -> bool:
        return transfer_id in self.changes.failed or self._base.has_failed(transfer_id)

    def undone_amount(self, transfer_id: str) -> int:
        return self._undone.get(transfer_id, 0) + self._base.undone_amount(transfer_id)

    def lots(self, wallet: str) -> list[Lot]:
        return _overlaid(self._base.lots(wallet), self._lots_of_wallet.get(wallet, {}))

    def lots_of_origin(self, origin: str) -> list[Lot]:
        return _overlaid(self._base.lots_of_origin(origin), self._lots_of_origin.get(origin, {}))

    def lot(self, lot_id: str) -> Lot | None:
        return self.changes.lots.get(lot_id) or self._base.lot(lot_id)

    def last_lot_number(self, wallet: str) -> int:
        return max(self._base.last_lot_number(wallet), self._last_lot_number.get(wallet, 0))

    def takings(self, transfer_id: str) -> list[Taking]:
        own = self._takings_of_transfer.get(transfer_id, {})
        base = [taking for taking in self._base.takings(transfer_id) if taking.position not in own]
        return sorted([*base, *own.values()], key=lambda taking: taking.position)

    def put_account(self, account: Account) -> None:
        self.changes.accounts[account.code] = account

    def put_transfer(self, transfer: Transfer) -> None:
        """Store a transfer, filled in; what it undoes is counted."""
        self.changes.transfers[transfer.id] = transfer
        if transfer.is_undoing and transfer.reference is not None:
            self._undone[transfer.reference] = self._undone.get(transfer.reference, 0) + (transfer.amount or 0)

    def put_reservation(self, reservation: Reservation) -> None:
        self.changes.reservations[reservation.transfer_id] = reservation

    def put_lot(self, lot: Lot) -> None:
        self.changes.lots[lot.id] = lot
        self._lots_of_wallet.setdefault(lot.wallet, {})[lot.id] = lot
        self._lots_of_origin.setdefault(lot.origin, {})[lot.id] = lot
        self._last_lot_number[lot.wallet] = max(self._last_lot_number.get(lot.wallet, 0), lot.number)

    def put_taking(self, taking: Taking) -> None:
        self.changes.takings[taking.transfer_id, taking.position] = taking
        self._takings_of_transfer.setdefault(taking.transfer_id, {})[taking.position] = taking

    def put_failed(self, transfer_id: str, code: str) -> None:
        self.changes.failed[transfer_id] = code

    def absorb(self, changes: Changes) -> None:
        """Take over the changes of an overlay laid upon this one."""
        for account in changes.accounts.values():
            self.put_account(account)
        for transfer in changes.transfers.values():
            self.put_transfer(transfer)
        for reservation in changes.reservations.values():
            self.put_reservation(reservation)
        for lot in changes.lots.values():
            self.put_lot(lot)
        for taking in changes.takings.values():
            self.put_taking(taking)
        self.changes.failed.update(changes.failed)


def _overlaid(base: Iterable[Lot], own: dict[str, Lot]) -> list[Lot]:
    return [lot for lot in base if lot.id not in own] + list(own.values())
