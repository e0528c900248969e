"""The ledger's SQL functions on PostgreSQL: one statement posts a batch, releases a reservation, expires a wallet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from rewards.pure.transfers import Transfer


def are_there() -> bool:
    """Whether this database has them."""
    return connection.vendor == "postgresql"


def written(batch: Sequence[Transfer]) -> str:
    """Return a batch as `rewards_ledger_post` takes it."""
    return json.dumps([_fields(transfer) for transfer in batch], ensure_ascii=False)


def _fields(transfer: Transfer) -> dict[str, Any]:
    return {
        "id": transfer.id, "flags": sorted(transfer.flags), "debit": transfer.debit, "credit": transfer.credit,
        "kind": transfer.kind, "amount": transfer.amount, "fund": transfer.fund, "pending": transfer.pending_id,
        "timeout_minutes": transfer.timeout_minutes,
        "expires_on": transfer.expires_on.isoformat() if transfer.expires_on else None,
        "reference": transfer.reference, "reason": transfer.reason, "by": transfer.by,
    }  # fmt: skip


def post(batch: Sequence[Transfer], *, at: datetime) -> tuple[str, ...]:
    """Post a batch; one code per transfer. Outside a transaction the statement is its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rewards_ledger_post(%s::jsonb, %s, %s)", [written(batch), at, _zone()])
        (results,) = cursor.fetchone()
    return tuple(results)


def release(transfer_id: str, *, at: datetime) -> None:
    """Release a reservation whose time is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rewards_ledger_release(%s::uuid, %s, %s)", [transfer_id, at, _zone()])


def expire(wallet: str, *, at: datetime) -> None:
    """Expire what is left in the lots of a wallet that are past their day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rewards_ledger_expire(%s, %s, %s)", [wallet, at, _zone()])


def _zone() -> str:
    return timezone.get_current_timezone_name()
