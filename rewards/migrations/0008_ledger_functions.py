"""On PostgreSQL one SQL function posts a transfer or a batch; every transfer posted before becomes a leaf of the log.

SQLite posts by the same rules in Python (rewards.pure). A change of a function is a migration of its own.
"""

import hashlib
import json
import secrets
from datetime import UTC
from pathlib import Path

from django.db import migrations

FILES = ("ledger_words", "ledger_effects", "ledger_decide", "ledger_post")
FOLDER = Path(__file__).parent / "sql"
BACK = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'rewards\\_ledger\\_%' LOOP
        EXECUTE 'DROP FUNCTION ' || found.name || ' CASCADE';
    END LOOP;
END $$;
DROP TYPE rewards_ledger_ask;
"""


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in FILES:
            schema_editor.execute((FOLDER / f"{name}.sql").read_text(encoding="utf-8"), params=None)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACK, params=None)


def log_transfers(apps, schema_editor):
    """Write the transfers of before into the log, in the order they were posted."""
    transfers, leaves = apps.get_model("rewards", "Transfer"), apps.get_model("proof", "Leaf")
    batch = []
    for row in transfers.objects.order_by("number").iterator(2000):
        record = {
            "number": row.number, "id": str(row.id),
            "at": row.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
            "flags": row.flags, "debit": row.debit, "credit": row.credit, "kind": row.kind, "amount": row.amount,
            "fund": row.fund, "pending_id": str(row.pending) if row.pending else None,
            "timeout_minutes": row.timeout_minutes, "expires_on": row.expires_on.isoformat() if row.expires_on else None,
            "reference": row.reference, "reason": row.reason, "by": row.by,
        }  # fmt: skip
        text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        salt = secrets.token_bytes(16)
        data = hashlib.sha256(salt + text).digest()
        batch.append(leaves(kind="transfer", key=str(row.id), record=text, salt=salt, data=data, at=row.at))
        if len(batch) == 2000:
            leaves.objects.bulk_create(batch)
            batch = []
    leaves.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [('rewards', '0007_published_rules'), ('proof', '0002_append_only')]
    operations = [
        migrations.RunPython(forwards, backwards),
        migrations.RunPython(log_transfers, migrations.RunPython.noop),
    ]
