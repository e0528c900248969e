"""Operations are append-only, in both dialects.

SQLite holds updates only: its test runner empties tables by DELETE, which a trigger would refuse.
"""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION contests_operation_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'contests_operation is append-only';
END $$;
CREATE TRIGGER contests_operation_append_only BEFORE UPDATE OR DELETE ON contests_operation
    FOR EACH ROW EXECUTE FUNCTION contests_operation_append_only();
"""
POSTGRESQL_BACK = """
DROP TRIGGER contests_operation_append_only ON contests_operation;
DROP FUNCTION contests_operation_append_only();
"""
SQLITE = """
CREATE TRIGGER contests_operation_append_only BEFORE UPDATE ON contests_operation
BEGIN
    SELECT RAISE(ABORT, 'contests_operation is append-only');
END
"""
SQLITE_BACK = "DROP TRIGGER contests_operation_append_only"


def forwards(apps, schema_editor):
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def backwards(apps, schema_editor):
    schema_editor.execute(POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("contests", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
