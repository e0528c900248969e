"""The ledger's SQL functions read no whole table, also where the planner knows nothing of the tables yet."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.utils import timezone

from rewards.domain import ledger
from rewards.pure.transfers import Transfer
from tests.rewards.pure.files import uid

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(datetime(2026, 3, 1, 12))
READS = """
SELECT relname, seq_scan FROM pg_stat_xact_user_tables
WHERE relname LIKE 'rewards\\_%' OR relname LIKE 'proof\\_%'
"""


def whole_reads() -> dict[str, int]:
    """Table → how often this transaction has read it from one end to the other."""
    with connection.cursor() as cursor:
        cursor.execute(READS)
        return dict(cursor.fetchall())


def award(number: int, kind: str = "award", **fields: object) -> Transfer:
    return Transfer(id=uid(f"{kind} {number}"), debit="mint", credit=f"wallet:{number}", kind=kind, amount=5, **fields)  # type: ignore[arg-type]


def test_no_table_is_read_whole() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    before = whole_reads()

    ledger.post([award(number) for number in range(50)], at=NOON)  # in sets
    ledger.post([award(99)], at=NOON)  # one award
    pending = frozenset({"pending"})
    spending = [
        Transfer(id=uid(f"r {n}"), flags=pending, debit=f"wallet:{n}", credit="spent", kind="redeem", amount=3)
        for n in range(5)
    ]
    ledger.post(spending, at=NOON)  # one by one
    ledger.post([Transfer(id=uid("p"), flags=frozenset({"post"}), pending_id=uid("r 0"))], at=NOON)
    ledger.post([Transfer(id=uid("v"), flags=frozenset({"void"}), pending_id=uid("r 1"))], at=NOON)
    taken = Transfer(id=uid("c"), debit="wallet:2", credit="mint", kind="reverse", amount=5, reference=uid("award 2"))
    assert ledger.post([taken], at=NOON) == ("created",)  # lends

    after = whole_reads()
    assert after["rewards_transfer"] == before.get("rewards_transfer", 0)
    assert {name: count for name, count in after.items() if count > before.get(name, 0)} == {}
