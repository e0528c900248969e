"""Versions of results and of rules are append-only, in both dialects.

SQLite holds updates only: its test runner empties tables by DELETE, which a trigger would refuse.
"""

from django.db import migrations

TABLES = ("contests_resultversion", "contests_rulesversion")
POSTGRESQL = """
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{table} is append-only';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
"""
POSTGRESQL_BACK = """
DROP TRIGGER {table}_append_only ON {table};
DROP FUNCTION {table}_append_only();
"""
SQLITE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}
BEGIN
    SELECT RAISE(ABORT, '{table} is append-only');
END
"""
SQLITE_BACK = "DROP TRIGGER {table}_append_only"


def forwards(apps, schema_editor):
    for table in TABLES:
        sql = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
        schema_editor.execute(sql.format(table=table))


def backwards(apps, schema_editor):
    for table in TABLES:
        sql = POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK
        schema_editor.execute(sql.format(table=table))


class Migration(migrations.Migration):
    dependencies = [("contests", "0003_judging_nobody_can_doubt")]
    operations = [migrations.RunPython(forwards, backwards)]
