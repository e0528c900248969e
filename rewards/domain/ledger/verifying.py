"""Recompute everything from the transfers and name the first row that is wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from rewards.models import ledger as tables
from rewards.pure import codes
from rewards.pure.transfers import fund_of, is_wallet

COUNTERS = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")


@dataclass(frozen=True)
class Wrong:
    """The first wrong record: which, and what was expected."""

    record: str
    text: str


def verify() -> Wrong | None:
    """Return None when accounts, reservations, lots and sums agree with the transfers, else the first wrong record."""
    counted, wrong = _counted()
    return wrong or _wrong_account(counted) or _wrong_lots() or _unbalanced_fund()


def _counted() -> tuple[dict[str, dict[str, int]], Wrong | None]:
    """Walk the transfers in order and count each account's four integers."""
    counted: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTERS, 0))
    open_reservations: dict[str, tuple[str, str, int]] = {}
    ended: dict[str, str] = {}
    for row in tables.Transfer.objects.order_by("number").iterator(2000):
        flags = set(row.flags)
        if flags & {codes.POST, codes.VOID}:
            held = open_reservations.pop(str(row.pending), None)
            if held is None:
                return counted, Wrong(f"transfer {row.id}", f"ends {row.pending}, which is no open reservation")
            _add(counted, held[0], held[1], -held[2], "pending")
            ended[str(row.pending)] = "posted" if codes.POST in flags else "voided"
            if codes.POST in flags:
                _add(counted, row.debit, row.credit, row.amount, "posted")
        elif codes.PENDING in flags:
            open_reservations[str(row.id)] = (row.debit, row.credit, row.amount)
            _add(counted, row.debit, row.credit, row.amount, "pending")
        else:
            _add(counted, row.debit, row.credit, row.amount, "posted")
    return counted, _wrong_reservation(open_reservations, ended, counted)


def _add(counted: dict[str, dict[str, int]], debit: str, credit: str, amount: int, kind: str) -> None:
    counted[debit][f"debits_{kind}"] += amount
    counted[credit][f"credits_{kind}"] += amount


def _wrong_reservation(
    still_open: dict[str, tuple[str, str, int]], ended: dict[str, str], counted: dict[str, dict[str, int]]
) -> Wrong | None:
    """Compare the reservations' rows; those that timed out are released from the counts."""
    for row in tables.Reservation.objects.order_by("transfer").iterator(2000):
        key = str(row.transfer)
        if row.status == "expired" and key in still_open:
            debit, credit, amount = still_open.pop(key)
            _add(counted, debit, credit, -amount, "pending")
        elif row.status != (codes.PENDING if key in still_open else ended.get(key)):
            return Wrong(f"reservation {key}", f"says {row.status}, the transfers say otherwise")
    return None


def _wrong_account(counted: dict[str, dict[str, int]]) -> Wrong | None:
    for row in tables.Account.objects.order_by("code").iterator(2000):
        for name in COUNTERS:
            expected = counted[row.code][name] if row.code in counted else 0
            if getattr(row, name) != expected:
                return Wrong(f"account {row.code}", f"{name} is {getattr(row, name)}, the transfers make {expected}")
    present = set(tables.Account.objects.values_list("code", flat=True))
    missing = sorted(set(counted) - present)
    return Wrong(f"account {missing[0]}", "has transfers but no row") if missing else None


def _wrong_lots() -> Wrong | None:
    """Σ left = credits_posted − debits_posted − debits_pending and Σ held = debits_pending, for every wallet."""
    sums = {
        row["wallet"]: (row["left__sum"], row["held__sum"])
        for row in tables.Lot.objects.order_by().values("wallet").annotate(Sum("left"), Sum("held"))
    }
    for row in tables.Account.objects.filter(code__startswith="wallet:").order_by("code").iterator(2000):
        left, held = sums.get(row.code, (0, 0))
        if left != row.credits_posted - row.debits_posted - row.debits_pending:
            return Wrong(f"lots of {row.code}", f"hold {left}, the account has another balance")
        if held != row.debits_pending:
            return Wrong(f"lots of {row.code}", f"reserve {held}, the account {row.debits_pending}")
    return None


def _unbalanced_fund() -> Wrong | None:
    """What is debited is credited, fund by fund."""
    totals: dict[str, int] = defaultdict(int)
    for row in tables.Account.objects.all().iterator(2000):
        totals[fund_of(row.code)] += row.debits_posted - row.credits_posted
        if is_wallet(row.code) and row.credits_posted < row.debits_posted + row.debits_pending:
            return Wrong(f"account {row.code}", "has spent more than it has")
    wrong = sorted(fund for fund, total in totals.items() if total)
    return Wrong(f"fund {wrong[0]}", f"is out of balance by {totals[wrong[0]]}") if wrong else None
