"""Whatever row of the ledger or of its log is changed behind its back: `ledger verify` finds it and names it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from engine.proof import sequencer
from rewards.domain import ledger
from rewards.pure.transfers import Transfer

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db
TABLES = ("rewards_transfer", "proof_leaf", "proof_node", "proof_checkpoint")


def key(number: int) -> str:
    return str(uuid.UUID(int=number, version=4))


def sent(number: int, *flags: str, debit: str = "", credit: str = "", kind: str = "", **fields: object) -> Transfer:
    return Transfer(
        id=key(number), flags=frozenset(flags), debit=debit or None, credit=credit or None, kind=kind or None, **fields
    )


@pytest.fixture
def history() -> None:
    """Everything a ledger knows: lots, reservations ended in each way, a debt repaid, an expiry, refusals, a closed account."""
    june, later = date(2026, 11, 25), AT + timedelta(days=10)
    ledger.open_account("stock:mug", flags=frozenset({"debits_must_not_exceed_credits"}), at=AT)
    for batch in (
        [sent(1, debit="mint", credit="budget:a", kind="grant", amount=500)],
        [sent(2, debit="budget:a", credit="wallet:1", kind="award", amount=30, reason="焊接第一名 \"金\" \\ \t", by="1001"),
         sent(3, debit="budget:a", credit="wallet:1", kind="award", amount=20, expires_on=june),
         sent(4, debit="budget:a", credit="wallet:2", kind="award", amount=9)],
        [sent(5, "pending", debit="wallet:1", credit="spent", kind="redeem", amount=25)],
        [sent(6, "post", pending_id=key(5), amount=21)],
        [sent(7, "pending", debit="wallet:1", credit="spent", kind="redeem", amount=5, timeout_minutes=60)],
        [sent(8, "pending", debit="wallet:2", credit="spent", kind="redeem", amount=2)],
        [sent(9, debit="wallet:2", credit="spent", kind="redeem", amount=7)],
        [sent(10, debit="wallet:2", credit="budget:a", kind="reverse", amount=8, reference=key(4))],
        [sent(11, debit="wallet:2", credit="spent", kind="redeem", amount=99)],
        [sent(12, debit="spent", credit="wallet:1", kind="refund", amount=3, reference=key(6))],
        [sent(13, debit="budget:a", credit="wallet:3", kind="award", amount=6, expires_on=june)],
        [sent(14, "balancing_debit", debit="wallet:9", credit="spent", kind="redeem", amount=5)],
        [sent(15, "pending", debit="wallet:1", credit="spent", kind="redeem", amount=1, timeout_minutes=10**6)],
    ):  # fmt: skip
        ledger.post(batch, at=AT)
    ledger.release_due(at=later)
    ledger.expire_lots(at=later)
    ledger.post([sent(16, debit="budget:a", credit="wallet:2", kind="award", amount=40)], at=later)
    ledger.close("wallet:3", at=later)
    sequencer.run(at=later)
    assert ledger.verify() is None


def tamper(statement: str) -> None:
    """Change something past the triggers, as whoever owns the database can."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement)
        assert cursor.rowcount != 0


TRANSFER = "UPDATE rewards_transfer SET {} WHERE number = (SELECT min(number) + 1 FROM rewards_transfer)"
LEAF = "UPDATE proof_leaf SET {} WHERE id = (SELECT min(id) + 2 FROM proof_leaf)"
EXPIRED_LOT = "WHERE expired_points > 0"
WAYS = {
    "more points in an award": TRANSFER.format("amount = amount + 1"),
    "another payer": TRANSFER.format("debit = 'budget:b'"),
    "another receiver": TRANSFER.format("credit = 'wallet:3'"),
    "another reason": TRANSFER.format("reason = 'other'"),
    "another author": TRANSFER.format("by = '1002'"),
    "another last day": TRANSFER.format("expires_on = '2029-01-01'"),
    "another kind": TRANSFER.format("kind = 'adjust'"),
    "another moment": TRANSFER.format("at = '2026-01-01 00:00:00+00:00'"),
    "a transfer gone": "DELETE FROM rewards_transfer WHERE kind = 'refund'",
    "a repayment gone": "DELETE FROM rewards_transfer WHERE credit LIKE 'debt:%'",
    "a transfer nobody posted": "INSERT INTO rewards_transfer (id, at, flags, debit, credit, kind, amount, fund, timeout_minutes) "
    "VALUES ('0e0e0e0e0e0e4e0e8e0e0e0e0e0e0e0e', '2026-11-20 04:00:00+00:00', '[]', 'budget:a', 'wallet:1', 'award', 5, 'default', 0)",
    "order of two transfers": "UPDATE rewards_transfer SET number = number + 1000 WHERE kind = 'refund'",
    "points in an account": "UPDATE rewards_account SET credits_posted = credits_posted + 1 WHERE code = 'wallet:1'",
    "points reserved": "UPDATE rewards_account SET credits_pending = credits_pending + 1 WHERE code = 'spent'",
    "a limit lifted": "UPDATE rewards_account SET debits_must_not_exceed_credits = false WHERE code = 'wallet:1'",
    "a limit of an opened account lifted": "UPDATE rewards_account SET debits_must_not_exceed_credits = false WHERE code = 'stock:mug'",
    "a closed account open again": "UPDATE rewards_account SET is_closed = false WHERE code = 'wallet:3'",
    "an account gone": "DELETE FROM rewards_account WHERE code = 'wallet:1'",
    "an account nobody opened": "INSERT INTO rewards_account SELECT 'secret', 0, 0, 0, 0, false, false, false",
    "a reservation ended": "UPDATE rewards_reservation SET status = 'expired' WHERE status = 'pending'",
    "a reservation that lasts longer": "UPDATE rewards_reservation SET ends_at = '2031-01-01 00:00:00+00:00' WHERE status = 'expired'",
    "a reservation gone": "DELETE FROM rewards_reservation WHERE status = 'posted'",
    "points moved between lots": 'UPDATE rewards_lot SET "left" = "left" + CASE WHEN number = 1 THEN -1 ELSE 1 END '
    "WHERE wallet = 'wallet:1' AND number IN (1, 2)",
    "points held that are not": 'UPDATE rewards_lot SET "left" = "left" + 1, held = held - 1 WHERE held > 0',
    "a lot that lives longer": f"UPDATE rewards_lot SET expires_on = '2031-01-01' {EXPIRED_LOT}",
    "points that never expired": f"UPDATE rewards_lot SET expired_points = 0 {EXPIRED_LOT}",
    "a lot of another award": f"UPDATE rewards_lot SET origin = 'x' {EXPIRED_LOT}",
    "a lot gone": f"DELETE FROM rewards_lot {EXPIRED_LOT}",
    "a taking of less": "UPDATE rewards_taking SET amount = amount - 1 WHERE amount > 5",
    "a taking that came back": "UPDATE rewards_taking SET returned = 0 WHERE returned > 0",
    "a taking gone": "DELETE FROM rewards_taking WHERE returned > 0",
    "a spent id free again": "DELETE FROM rewards_failedtransfer",
    "a refusal with another code": "UPDATE rewards_failedtransfer SET code = 'exceeds_debits'",
    "an id spent by nobody": "INSERT INTO rewards_failedtransfer (id, code, at) "
    "VALUES ('0e0e0e0e0e0e4e0e8e0e0e0e0e0e0e0e', 'exceeds_credits', '2026-11-20 04:00:00+00:00')",
    "a record in the log": LEAF.format("record = salt"),
    "a hash in the log": LEAF.format("data = salt"),
    "a leaf gone": "DELETE FROM proof_leaf WHERE kind = 'transfer' AND id = (SELECT min(id) + 2 FROM proof_leaf)",
    "two leaves that changed places": 'UPDATE proof_leaf SET "index" = 1000 - "index"',
    "a node of the tree": "UPDATE proof_node SET hash = (SELECT salt FROM proof_leaf ORDER BY id LIMIT 1) WHERE level = 1 AND position = 0",
    "a checkpoint": "UPDATE proof_checkpoint SET root = (SELECT salt FROM proof_leaf ORDER BY id LIMIT 1)",
}


@pytest.mark.parametrize("way", WAYS)
def test_verify_finds_what_was_changed_behind_its_back(
    history: None, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(WAYS[way])

    with pytest.raises(SystemExit) as ended:
        call_command("ledger", "verify")

    assert ended.value.code == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_verify_names_the_first_wrong_record(history: None) -> None:
    tamper(TRANSFER.format("amount = amount + 1"))

    wrong = ledger.verify()

    assert wrong is not None
    assert (wrong.record, wrong.text) == (f"transfer {key(2)}", "is not what the log says")


def test_verify_accepts_a_record_that_was_erased(history: None) -> None:
    from engine.proof.domain import erase

    assert erase(kind="transfer", key=key(2)) == 1

    assert ledger.verify() is None


def test_export_is_the_canonical_records_in_tree_order(history: None, capsys: pytest.CaptureFixture[str]) -> None:
    from engine.proof.models import Leaf

    call_command("ledger", "export")

    lines = capsys.readouterr().out.splitlines()
    stored = Leaf.objects.filter(kind="transfer").order_by("index").values_list("record", flat=True)
    assert lines == [bytes(record).decode() for record in stored]
    assert '"reason":"焊接第一名 \\"金\\" \\\\ \\t"' in lines[1]
