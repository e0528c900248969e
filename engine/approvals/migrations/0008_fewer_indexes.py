"""Indexes that another begins with, or that only LIKE would use, are gone: each cost time at every act."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TRIGGER = """
CREATE TRIGGER approvals_ballot_append_only BEFORE UPDATE ON approvals_ballot
BEGIN
    SELECT RAISE(ABORT, 'approvals_ballot is append-only');
END
"""


def trigger_again(apps, schema_editor):
    """SQLite makes a table anew to alter it, and its triggers go with the old one."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS approvals_ballot_append_only")
        schema_editor.execute(TRIGGER)


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0007_attachment'),
        ('viewflow', '0015_task_scheduled'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='approval',
            name='applicant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to=settings.AUTH_USER_MODEL, verbose_name='applicant'),
        ),
        migrations.AlterField(
            model_name='approval',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('running', 'being decided'), ('returned', 'returned to the applicant'), ('suspended', 'suspended'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('void', 'void')], max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='approval',
            name='subject',
            field=models.CharField(max_length=120),
        ),
        migrations.AlterField(
            model_name='ballot',
            name='approval',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ballots', to='approvals.approval'),
        ),
        migrations.AlterField(
            model_name='ballot',
            name='person',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ballots', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='cc',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='copied_approvals', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='waiting',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='waiting_approvals', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['subject'], name='approval_subject'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['status'], name='approval_status'),
        ),
        migrations.RunPython(trigger_again, trigger_again),
    ]
