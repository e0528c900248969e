"""The ledger's SQL functions read by index whatever the planner believes.

Their plans are made once a session. Made before the tables were counted (a new installation, the first bulk award), a plan
that reads whole tables cost 100,000 awards 38 s and more instead of 9. Every read of theirs has an index.
"""

from django.db import migrations

FUNCTIONS = ("rewards_ledger_post", "rewards_ledger_release", "rewards_ledger_expire")


def alter(schema_editor, clause):
    if schema_editor.connection.vendor == "postgresql":
        for name in FUNCTIONS:
            schema_editor.execute(f"ALTER FUNCTION {name} {clause} enable_seqscan{' = off' if clause == 'SET' else ''}")


def forwards(apps, schema_editor):
    alter(schema_editor, "SET")


def backwards(apps, schema_editor):
    alter(schema_editor, "RESET")


class Migration(migrations.Migration):
    dependencies = [("rewards", "0013_revised_happenings")]

    operations = [migrations.RunPython(forwards, backwards)]
