"""Ballots and published policies never change, in both dialects.

SQLite holds updates only: its test runner empties tables by DELETE, which a trigger would refuse.
"""

from django.db import migrations

TABLES = ("approvals_ballot", "approvals_policy")
POSTGRESQL = """
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{table} is append-only';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
"""
POSTGRESQL_BACK = "DROP TRIGGER {table}_append_only ON {table}; DROP FUNCTION {table}_append_only();"
SQLITE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}
BEGIN
    SELECT RAISE(ABORT, '{table} is append-only');
END
"""
SQLITE_BACK = "DROP TRIGGER {table}_append_only"


def run(postgresql, sqlite):
    def go(apps, schema_editor):
        statement = postgresql if schema_editor.connection.vendor == "postgresql" else sqlite
        for table in TABLES:
            schema_editor.execute(statement.format(table=table))

    return go


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]
    operations = [migrations.RunPython(run(POSTGRESQL, SQLITE), run(POSTGRESQL_BACK, SQLITE_BACK))]
