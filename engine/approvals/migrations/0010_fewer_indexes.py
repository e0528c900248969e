"""Deadlines are indexed where there are some, substitutes' ballots not at all: each index cost time at every act."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GONE = [
    "approvals_approval_due_at_72393fe3",
    "approvals_approval_wakes_at_34d920f5",
    "approvals_ballot_on_behalf_of_id_ae89851f",
]


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0009_calendar_of_deadlines'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Only the indexes change: SQLite need not make the tables, and the triggers on them, anew.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', migrations.RunSQL.noop) for name in GONE],
            state_operations=[
                migrations.AlterField(
                    model_name='approval',
                    name='due_at',
                    field=models.DateTimeField(blank=True, null=True, verbose_name='decide until'),
                ),
                migrations.AlterField(
                    model_name='approval',
                    name='wakes_at',
                    field=models.DateTimeField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='ballot',
                    name='on_behalf_of',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='instead of'),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='approval_due'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('wakes_at__isnull', False)), fields=['wakes_at'], name='approval_wakes'),
        ),
    ]
