"""What of the ledger is a leaf of the log, and as which record; the leaf is written with the row, in one transaction.

transfer: every transfer, key its id · refusal: an id spent by a refusal · account: opened or closed by hand.
On PostgreSQL the same bytes are made by `rewards_ledger_record`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import F

from engine.proof.domain import append, append_all
from engine.proof.models import Leaf
from engine.proof.pure.canonical import canonical
from rewards.models import ledger as tables

TRANSFER = "transfer"
REFUSAL = "refusal"
ACCOUNT = "account"


def moment(at: datetime) -> str:
    """Return a moment as records write it: UTC, microseconds."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def record_of(row: tables.Transfer) -> dict[str, Any]:
    """Return a stored transfer as the record that is hashed."""
    return {
        "number": row.number, "id": str(row.id), "at": moment(row.at), "flags": row.flags,
        "debit": row.debit, "credit": row.credit, "kind": row.kind, "amount": row.amount, "fund": row.fund,
        "pending_id": str(row.pending) if row.pending else None, "timeout_minutes": row.timeout_minutes,
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "reference": row.reference, "reason": row.reason, "by": row.by,
    }  # fmt: skip


def refusal_record(key: str, code: str, at: datetime) -> dict[str, Any]:
    """Return a spent id as the record that is hashed."""
    return {"id": key, "code": code, "at": moment(at)}


def read(leaf: Leaf) -> dict[str, Any] | None:
    """Return what a leaf says; None when it was erased or is no JSON object any more."""
    try:
        record = json.loads(bytes(leaf.record)) if leaf.record is not None else None
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def log_transfers(rows: Sequence[tables.Transfer], *, at: datetime) -> None:
    """Write new transfers, which have their numbers, into the log."""
    append_all([(TRANSFER, str(row.id), record_of(row)) for row in rows], at=at)


def log_refusals(failed: dict[str, str], *, at: datetime) -> None:
    """Write newly spent ids into the log."""
    append_all([(REFUSAL, key, refusal_record(key, code, at)) for key, code in failed.items()], at=at)


def log_account(row: tables.Account, act: str, *, at: datetime) -> None:
    """Write into the log that an account was opened (with its flags) or closed."""
    flags = [
        name for name in ("credits_must_not_exceed_debits", "debits_must_not_exceed_credits") if getattr(row, name)
    ]
    append(
        kind=ACCOUNT, key=f"{act}:{row.code}"[:100], record={"code": row.code, act: moment(at), "flags": flags}, at=at
    )


def exported() -> Iterator[str]:
    """Yield every transfer as its canonical record, in tree order; those that wait for their place come last.

    A record that was erased (a person's right) leaves its id.
    """
    leaves = Leaf.objects.filter(kind=TRANSFER).order_by(F("index").asc(nulls_last=True), "id")
    for leaf in leaves.iterator(2000):
        text = bytes(leaf.record) if leaf.record is not None else canonical({"erased": True, "id": leaf.key})
        yield text.decode()
