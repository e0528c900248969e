"""Transfers are never changed and never deleted, in both dialects."""

from django.db import migrations

MESSAGE = "transfers are append-only: post another one"
POSTGRESQL = f"""
CREATE FUNCTION rewards_transfer_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{MESSAGE}';
END $$;
CREATE TRIGGER rewards_transfer_append_only BEFORE UPDATE OR DELETE ON rewards_transfer
    FOR EACH ROW EXECUTE FUNCTION rewards_transfer_append_only();
"""
POSTGRESQL_BACK = """
DROP TRIGGER rewards_transfer_append_only ON rewards_transfer;
DROP FUNCTION rewards_transfer_append_only();
"""
SQLITE = [
    f"CREATE TRIGGER rewards_transfer_no_{verb.lower()} BEFORE {verb} ON rewards_transfer "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for verb in ("UPDATE", "DELETE")
]
SQLITE_BACK = ["DROP TRIGGER rewards_transfer_no_update", "DROP TRIGGER rewards_transfer_no_delete"]


def run(schema_editor, postgresql, sqlite):
    for statement in [postgresql] if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


def forwards(apps, schema_editor):
    run(schema_editor, POSTGRESQL, SQLITE)


def backwards(apps, schema_editor):
    run(schema_editor, POSTGRESQL_BACK, SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("rewards", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
