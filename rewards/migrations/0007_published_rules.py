"""Published versions of award rules never change, in both dialects."""

from django.db import migrations

MESSAGE = "a published rule never changes: make another version"
COLUMNS = ("rule_id", "number", "event", "definition", "budget", "fund", "expiry_months", "badge", "published_at")
POSTGRESQL = f"""
CREATE FUNCTION rewards_published_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{MESSAGE}';
END $$;
CREATE TRIGGER rewards_published_rule BEFORE UPDATE ON rewards_ruleversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL AND (
        {" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in COLUMNS)}))
    EXECUTE FUNCTION rewards_published_rule();
"""
POSTGRESQL_BACK = """
DROP TRIGGER rewards_published_rule ON rewards_ruleversion;
DROP FUNCTION rewards_published_rule();
"""
SQLITE = f"""
CREATE TRIGGER rewards_published_rule BEFORE UPDATE ON rewards_ruleversion
    WHEN OLD.published_at IS NOT NULL AND ({" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in COLUMNS)})
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END
"""
SQLITE_BACK = "DROP TRIGGER rewards_published_rule"


def forwards(apps, schema_editor):
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def backwards(apps, schema_editor):
    schema_editor.execute(POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("rewards", "0006_award_rules")]
    operations = [migrations.RunPython(forwards, backwards)]
