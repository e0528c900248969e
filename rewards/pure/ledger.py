"""The whole ledger in memory: the oracle of the one in the database, and what `ledger replay` runs on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rewards.pure import batch as batches
from rewards.pure import codes, sweeps
from rewards.pure.transfers import Account, canonical, implied_account, is_wallet
from rewards.pure.view import Changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from rewards.pure.lots import Lot, Taking
    from rewards.pure.transfers import Reservation, Transfer


class Store:
    """Rows in dictionaries: a View, filled by applying changes. A database may load its rows into one."""

    def __init__(self) -> None:
        self.rows = Changes()
        self._undone: dict[str, int] = defaultdict(int)
        self._live_lots: dict[str, dict[str, Lot]] = defaultdict(dict)
        self._last_lot_number: dict[str, int] = defaultdict(int)
        self._lot_ids_of_origin: dict[str, set[str]] = defaultdict(set)
        self._positions: dict[str, set[int]] = defaultdict(set)

    def apply(self, changes: Changes) -> None:
        """Write rows, new or replacing those with the same key; a transfer is applied once."""
        self.rows.update(changes)
        for transfer in changes.transfers.values():
            if transfer.is_undoing and transfer.reference is not None:
                self._undone[transfer.reference] += transfer.amount or 0
        for lot in changes.lots.values():
            self._lot_ids_of_origin[lot.origin].add(lot.id)
            self._last_lot_number[lot.wallet] = max(self._last_lot_number[lot.wallet], lot.number)
            if lot.left or lot.held:
                self._live_lots[lot.wallet][lot.id] = lot
            else:
                self._live_lots[lot.wallet].pop(lot.id, None)
        for transfer_id, position in changes.takings:
            self._positions[transfer_id].add(position)

    def account(self, code: str) -> Account | None:
        return self.rows.accounts.get(code)

    def transfer(self, transfer_id: str) -> Transfer | None:
        return self.rows.transfers.get(transfer_id)

    def reservation(self, transfer_id: str) -> Reservation | None:
        return self.rows.reservations.get(transfer_id)

    def has_failed(self, transfer_id: str) -> bool:
        return transfer_id in self.rows.failed

    def undone_amount(self, transfer_id: str) -> int:
        return self._undone.get(transfer_id, 0)

    def lots(self, wallet: str) -> Iterable[Lot]:
        return self._live_lots.get(wallet, {}).values()

    def lots_of_origin(self, origin: str) -> Iterable[Lot]:
        return [self.rows.lots[lot_id] for lot_id in self._lot_ids_of_origin.get(origin, ())]

    def lot(self, lot_id: str) -> Lot | None:
        return self.rows.lots.get(lot_id)

    def last_lot_number(self, wallet: str) -> int:
        return self._last_lot_number.get(wallet, 0)

    def takings(self, transfer_id: str) -> Iterable[Taking]:
        return [self.rows.takings[transfer_id, position] for position in self._positions.get(transfer_id, ())]


class Ledger:
    """An empty ledger whose clock stands at 00:00 of a day and moves only when told."""

    def __init__(self, today: date) -> None:
        self.store = Store()
        self.now = datetime(today.year, today.month, today.day)  # noqa: DTZ001 - the union's wall clock has no zone here

    def account(self, code: str) -> Account | None:
        """An account as it stands, empty if it is used without opening it; None if it must be opened first."""
        code = canonical(code)
        return self.store.account(code) or implied_account(code)

    def open(self, code: str, flags: frozenset[str] = frozenset()) -> None:
        """Open an account; the same again changes nothing. Raises ValueError if it has other flags."""
        account = self.account(code)
        if account is None:
            self._put(Account(code=canonical(code), flags=flags))
        elif account.flags != flags:
            raise ValueError(f"{code} is open already, with other flags")

    def close(self, code: str) -> None:
        """Close an account for all but voids, timeouts, expiry and repaying a debt. LookupError: no such account."""
        account = self.account(code)
        if account is None:
            raise LookupError(f"there is no account {code}")
        self._put(replace(account, is_closed=True))

    def post(self, batch: Sequence[Transfer]) -> tuple[str, ...]:
        """Send a batch; one code per transfer, in order."""
        outcome = batches.post(batch, self.store, at=self.now)
        self.store.apply(outcome.changes)
        return outcome.results

    def advance(self, minutes: int) -> None:
        """Let minutes pass; what ends meanwhile is released at its own moment. ValueError: back or off the calendar."""
        try:
            self._go_to(self.now + timedelta(minutes=minutes))
        except OverflowError:
            raise ValueError("the clock leaves the calendar") from None

    def go_to(self, day: date) -> None:
        """Go to 00:00 of a later day; nothing on the same day. ValueError: an earlier day."""
        if day != self.now.date():
            self._go_to(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - as above

    def expire(self) -> None:
        """Run the expiry of every wallet."""
        wallets = sorted(code for code in self.store.rows.accounts if is_wallet(code))
        for wallet in wallets:
            self.store.apply(sweeps.expire(wallet, self.store, at=self.now))

    def _go_to(self, moment: datetime) -> None:
        if moment < self.now:
            raise ValueError("the clock goes back")
        due = [
            (reservation.ends_at, number, reservation.transfer_id)
            for number, reservation in enumerate(self.store.rows.reservations.values())
            if reservation.status == codes.PENDING and reservation.ends_at is not None and reservation.ends_at <= moment
        ]
        for ends_at, _, transfer_id in sorted(due):
            self.now = ends_at
            self.store.apply(sweeps.time_out(transfer_id, self.store))
        self.now = moment

    def _put(self, account: Account) -> None:
        self.store.apply(Changes(accounts={account.code: account}))
