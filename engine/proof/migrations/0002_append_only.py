"""The log is append-only, in both dialects: a leaf may get its index once and lose record and salt together, nothing else.

SQLite holds updates only: its test runner empties tables by DELETE, which a trigger would refuse.
"""

from django.db import migrations

FROZEN = ("proof_node", "proof_checkpoint")
POSTGRESQL = """
CREATE FUNCTION proof_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER proof_node_append_only BEFORE UPDATE OR DELETE ON proof_node FOR EACH ROW EXECUTE FUNCTION proof_append_only();
CREATE TRIGGER proof_checkpoint_append_only BEFORE UPDATE OR DELETE ON proof_checkpoint
    FOR EACH ROW EXECUTE FUNCTION proof_append_only();
CREATE TRIGGER proof_leaf_stays BEFORE DELETE ON proof_leaf FOR EACH ROW EXECUTE FUNCTION proof_append_only();
CREATE TRIGGER proof_leaf_append_only BEFORE UPDATE ON proof_leaf FOR EACH ROW WHEN (
    NEW.data IS DISTINCT FROM OLD.data OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.key IS DISTINCT FROM OLD.key
    OR (OLD."index" IS NOT NULL AND NEW."index" IS DISTINCT FROM OLD."index")
    OR (NEW.record IS NOT NULL AND NEW.record IS DISTINCT FROM OLD.record)
    OR (NEW.salt IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt)
) EXECUTE FUNCTION proof_append_only();
"""
POSTGRESQL_BACK = """
DROP TRIGGER proof_node_append_only ON proof_node;
DROP TRIGGER proof_checkpoint_append_only ON proof_checkpoint;
DROP TRIGGER proof_leaf_stays ON proof_leaf;
DROP TRIGGER proof_leaf_append_only ON proof_leaf;
DROP FUNCTION proof_append_only();
"""
SQLITE = (
    *(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in FROZEN
    ),
    """
    CREATE TRIGGER proof_leaf_append_only BEFORE UPDATE ON proof_leaf WHEN (
        NEW.data IS NOT OLD.data OR NEW.kind IS NOT OLD.kind OR NEW.key IS NOT OLD.key
        OR (OLD."index" IS NOT NULL AND NEW."index" IS NOT OLD."index")
        OR (NEW.record IS NOT NULL AND NEW.record IS NOT OLD.record)
        OR (NEW.salt IS NOT NULL AND NEW.salt IS NOT OLD.salt)
    ) BEGIN SELECT RAISE(ABORT, 'proof_leaf is append-only'); END
    """,
)
SQLITE_BACK = ("DROP TRIGGER proof_leaf_append_only", *(f"DROP TRIGGER {table}_append_only" for table in FROZEN))


def forwards(apps, schema_editor):
    for statement in (POSTGRESQL,) if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    for statement in (POSTGRESQL_BACK,) if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("proof", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
