"""Awards in sets touch each account and each index as rarely as the rules allow; what a lot came from is found by its wallet.

100,000 awards wrote more indexes than rows: two of them (lots by origin, accounts by the beginning of their code) serve so few
reads that others serve them as well. SQLite needs the columns only.
"""

from pathlib import Path

from django.db import migrations, models

SETS = (Path(__file__).parent / "sql" / "ledger_awards.sql").read_text(encoding="utf-8")
TAKE_SETS = "    IF size > 1 AND rewards_ledger_post_awards(items, moment) THEN\n        RETURN array_fill('created'::text, ARRAY[size]);\n    END IF;\n"
BEFORE = "    PERFORM rewards_ledger_prepare(items, moment, zone);\n    IF size > 1 AND"
BY_ORIGIN = "FROM rewards_lot WHERE origin = undone.id::text"
BY_WALLET = "FROM rewards_lot WHERE wallet = undone.credit AND origin = undone.id::text"
SPARE = """
DO $$ DECLARE spare text; BEGIN
    FOR spare IN SELECT indexname FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename = 'rewards_account' AND indexname ~ '_like$' LOOP
        EXECUTE format('DROP INDEX %I', spare);
    END LOOP;
END $$;
ALTER TABLE rewards_account SET (fillfactor = 80);
"""


def change(schema_editor, name, old, new):
    """Replace a part of a function, whose settings stay."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [name])
        (text,) = cursor.fetchone()
    if text.count(old) != 1:
        raise ValueError(f"{name} is not the function this migration knows")
    schema_editor.execute(text.replace(old, new), params=None)


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(SPARE, params=None)
        schema_editor.execute(SETS, params=None)
        change(schema_editor, "rewards_ledger_post", BEFORE, TAKE_SETS + BEFORE)
        change(schema_editor, "rewards_ledger_left_to_undo", BY_ORIGIN, BY_WALLET)


def backwards(apps, schema_editor):
    """Post without sets of awards; the order of locks is right for both."""
    if schema_editor.connection.vendor == "postgresql":
        change(schema_editor, "rewards_ledger_post", TAKE_SETS, "")
        change(schema_editor, "rewards_ledger_left_to_undo", BY_WALLET, BY_ORIGIN)
        for name in ("post_awards", "write_awards", "can_pay"):
            schema_editor.execute(f"DROP FUNCTION rewards_ledger_{name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("rewards", "0018_suggested_cover")]

    operations = [
        migrations.RunPython(forwards, backwards),
        migrations.AlterField("lot", "origin", models.CharField(max_length=60)),
        migrations.AddIndex(
            "account",
            models.Index(fields=["code"], name="account_budget", condition=models.Q(code__startswith="budget:")),
        ),
    ]
