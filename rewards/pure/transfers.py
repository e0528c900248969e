"""Accounts and transfers: plain data, and what the code of an account says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rewards.pure import codes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

DEFAULT_FUND: Final = "default"
SHARED: Final = frozenset({"mint", "budget", "spent", "expired"})
"""Accounts many people draw from: locked last and held shortest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One movement of points, as asked for or, with everything filled in, as stored.

    `amount` in points; `debit` and `credit` are canonical account codes; ids are UUIDs in lower case.
    None means left out: only a post or a void may leave out `debit`, `credit`, `kind` and `amount`.
    """

    id: str
    flags: frozenset[str] = frozenset()
    debit: str | None = None
    credit: str | None = None
    kind: str | None = None
    amount: int | None = None
    fund: str | None = None
    pending_id: str | None = None
    timeout_minutes: int = 0
    expires_on: date | None = None
    reference: str | None = None
    reason: str | None = None
    by: str | None = None

    @property
    def is_pending(self) -> bool:
        return codes.PENDING in self.flags

    @property
    def is_resolution(self) -> bool:
        """A post or a void: it ends a reservation."""
        return codes.POST in self.flags or codes.VOID in self.flags

    @property
    def is_posted(self) -> bool:
        """Moved points for good, so that a refund or a reverse may refer to it."""
        return not self.is_pending and codes.VOID not in self.flags

    @property
    def is_undoing(self) -> bool:
        return self.kind in codes.UNDOING_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Four integers, in points, never one balance."""

    code: str
    flags: frozenset[str] = frozenset()
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0
    is_closed: bool = False

    @property
    def balance_points(self) -> int:
        """What could still be debited, lots past their day included; negative where nothing forbids it."""
        return self.credits_posted - self.debits_posted - self.debits_pending

    @property
    def owed_points(self) -> int:
        """The same seen from the other side: what could still be credited to a debt."""
        return self.debits_posted - self.credits_posted - self.credits_pending


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What became of a pending transfer: `pending`, `posted`, `voided` or `expired` (timed out).

    `ends_at` is the moment its timeout releases it, in the union's time zone; None: never.
    """

    transfer_id: str
    status: str = codes.PENDING
    ends_at: datetime | None = None


def canonical(code: str) -> str:
    """The one spelling of an account code: the fund `default` is not written."""
    return code.removesuffix("@" + DEFAULT_FUND)


def fund_of(code: str) -> str:
    """The fund an account belongs to: what follows the last `@`, else `default`."""
    _, separator, fund = code.rpartition("@")
    return fund if separator else DEFAULT_FUND


def in_fund(code: str, fund: str) -> str:
    """An account in a fund; '' is the default one."""
    return f"{code}@{fund}" if fund not in {"", DEFAULT_FUND} else code


def is_wallet(code: str) -> bool:
    """Whether the points of this account lie in lots."""
    return _kind_of(code) == "wallet"


def is_debt(code: str) -> bool:
    return _kind_of(code) == "debt"


def debt_of(wallet: str) -> str:
    """The debt account of the owner of a wallet, in the same fund."""
    return "debt:" + wallet.removeprefix("wallet:")


def wallet_of(debt: str) -> str:
    """The wallet of the person who owes, in the same fund."""
    return "wallet:" + debt.removeprefix("debt:")


def in_fund_of(code: str, wallet: str) -> str:
    """A shared account (`expired`, `spent` …) in the fund of a wallet."""
    return canonical(f"{code}@{fund_of(wallet)}")


def implied_account(code: str) -> Account | None:
    """The account that is used without opening it, empty; None for any code that must be opened.

    Only mint and debts may be debited without points; a debt never takes back more than it lent.
    """
    kind = _kind_of(code)
    if kind is None:
        return None
    if kind == "mint":
        return Account(code=code)
    if kind == "debt":
        return Account(code=code, flags=frozenset({codes.CREDITS_MUST_NOT_EXCEED_DEBITS}))
    return Account(code=code, flags=frozenset({codes.DEBITS_MUST_NOT_EXCEED_CREDITS}))


def accounts_to_lock(batch: Iterable[Transfer], stored: Callable[[str], Transfer | None]) -> list[str]:
    """Every account a batch may touch, in the order to lock them: people's by code, then the shared ones by code.

    `stored(id)` gives the stored transfer with that id, if any: a post or void works on its reservation's accounts.
    The debt beside each wallet is part of it: points that become available repay it at once.
    """
    touched: set[str] = set()
    for transfer in batch:
        reservation = stored(transfer.pending_id) if transfer.pending_id and transfer.is_resolution else None
        for named in (transfer, reservation):
            if named is not None:
                touched.update(code for code in (named.debit, named.credit) if code is not None)
    touched.update([debt_of(code) for code in touched if is_wallet(code)])
    touched.update([wallet_of(code) for code in touched if is_debt(code)])
    return sorted(touched, key=lock_order)


def is_shared(code: str) -> bool:
    """Whether many people draw from this account."""
    return _kind_of(code) in SHARED


def lock_order(code: str) -> tuple[bool, str]:
    """The place of an account in the order of locks: people's by code, then the shared ones by code."""
    return (is_shared(code), code)


def _kind_of(code: str) -> str | None:
    """mint, budget, wallet, debt, spent or expired; None for any other code."""
    name, separator, fund = code.rpartition("@")
    if not separator:
        name = code
    elif not fund:
        return None
    kind, colon, owner = name.partition(":")
    if kind in {"mint", "spent", "expired"} and not colon:
        return kind
    if kind in {"budget", "wallet", "debt"} and owner:
        return kind
    return None
