"""What the ledger does by itself, in bounded batches, safe when two workers run it at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from rewards.domain.ledger import functions, rows
from rewards.domain.ledger.posting import prepared
from rewards.models import ledger as tables
from rewards.pure import codes, sweeps
from rewards.pure.transfers import accounts_to_lock, debt_of, in_fund_of

BATCH = 200


def release_due(*, at: datetime) -> int:
    """Release the reservations whose time is over, each in its own transaction; return how many were looked at."""
    over = tables.Reservation.objects.filter(status=codes.PENDING, ends_at__lte=at).order_by("ends_at")
    ids = list(over.values_list("transfer", flat=True)[:BATCH])
    release = functions.release if functions.are_there() else _release
    for transfer_id in ids:
        release(str(transfer_id), at=at)
    return len(ids)


@transaction.atomic(savepoint=False)
def _release(transfer_id: str, *, at: datetime) -> None:
    transfer = rows.transfer_of(tables.Transfer.objects.get(id=transfer_id))
    prepared(accounts_to_lock([transfer], lambda _: None), at=at)


def expire_lots(*, at: datetime) -> int:
    """Expire what is left of lots past their day, wallet by wallet; return the number of wallets."""
    day = timezone.localdate(at)
    due = tables.Lot.objects.filter(left__gt=0, expires_on__lt=day).order_by("wallet")
    wallets = list(due.values_list("wallet", flat=True).distinct()[:BATCH])
    run = functions.expire if functions.are_there() else _expire
    for wallet in wallets:
        run(wallet, at=at)
    return len(wallets)


@transaction.atomic(savepoint=False)
def _expire(wallet: str, *, at: datetime) -> None:
    view = prepared([debt_of(wallet), wallet, in_fund_of("expired", wallet)], at=at)
    rows.write(sweeps.expire(wallet, view, at=timezone.localtime(at)), at=at)
