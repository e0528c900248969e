"""The log's triggers, tighter: id and time of a leaf stay, record and salt go together, the log never shrinks,
cosignatures are append-only, a witness keeps name and key.

SQLite holds updates only: its test runner empties tables by DELETE, which a trigger would refuse.
"""

from django.db import migrations

LEAF = """
    NEW.id {differs} OLD.id OR NEW.at {differs} OLD.at OR NEW.data {differs} OLD.data
    OR NEW.kind {differs} OLD.kind OR NEW.key {differs} OLD.key
    OR (OLD."index" IS NOT NULL AND NEW."index" {differs} OLD."index")
    OR (NEW.record IS NULL) <> (NEW.salt IS NULL)
    OR (NEW.record IS NOT NULL AND NEW.record {differs} OLD.record)
    OR (NEW.salt IS NOT NULL AND NEW.salt {differs} OLD.salt)
"""
HEAD = "NEW.size < OLD.size OR NEW.id {differs} OLD.id"
WITNESS = "NEW.name {differs} OLD.name OR NEW.key {differs} OLD.key"
CONDITIONS = {"leaf": LEAF, "head": HEAD, "cosignature": "", "witness": WITNESS}
STAYING = ("head", "cosignature", "witness")


def postgresql():
    yield "DROP TRIGGER proof_leaf_append_only ON proof_leaf"
    for table, condition in CONDITIONS.items():
        when = f"WHEN ({condition.format(differs='IS DISTINCT FROM')})" if condition else ""
        yield (
            f"CREATE TRIGGER proof_{table}_append_only BEFORE UPDATE ON proof_{table} FOR EACH ROW {when} "
            "EXECUTE FUNCTION proof_append_only()"
        )
    for table in STAYING:
        yield (
            f"CREATE TRIGGER proof_{table}_stays BEFORE DELETE ON proof_{table} FOR EACH ROW "
            "EXECUTE FUNCTION proof_append_only()"
        )


def sqlite():
    yield "DROP TRIGGER proof_leaf_append_only"
    for table, condition in CONDITIONS.items():
        when = f"WHEN ({condition.format(differs='IS NOT')})" if condition else ""
        yield (
            f"CREATE TRIGGER proof_{table}_append_only BEFORE UPDATE ON proof_{table} {when} "
            f"BEGIN SELECT RAISE(ABORT, 'proof_{table} is append-only'); END"
        )


def forwards(apps, schema_editor):
    for statement in postgresql() if schema_editor.connection.vendor == "postgresql" else sqlite():
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    """Take the new triggers away; the leaf keeps the tighter one."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in STAYING:
        place = f" ON proof_{table}" if is_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER proof_{table}_append_only{place}")
        if is_postgresql:
            schema_editor.execute(f"DROP TRIGGER proof_{table}_stays{place}")


class Migration(migrations.Migration):
    dependencies = [("proof", "0003_witness")]
    operations = [migrations.RunPython(forwards, backwards)]
