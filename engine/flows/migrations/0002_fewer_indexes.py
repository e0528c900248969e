"""Indexes of viewflow's tables that nothing here looks anything up by are gone: each cost time at every step.

What is left finds a task by its key, its process, its state, or the time it is due.
"""

from django.db import migrations

UNUSED = [
    "viewflow_process_artifact_content_type_id_8e40f778",  # another begins with it
    "viewflow_process_seed_content_type_id_d648268f",
    "viewflow_task_artifact_content_type_id_50385e8d",
    "viewflow_task_created_7518aa4b",
    "viewflow_task_external_task_id_2f93bc2f",
    "viewflow_task_external_task_id_2f93bc2f_like",
    "viewflow_task_owner_id_01b087bd",
    "viewflow_task_owner_permission_content_type_id_5fc72a99",
    "viewflow_task_seed_content_type_id_bed3f17b",
    "viewflow_task_status_ffb4516b_like",
]


class Migration(migrations.Migration):

    dependencies = [
        ('flows', '0001_initial'),
        ('viewflow', '0015_task_scheduled'),
    ]

    operations = [migrations.RunSQL(f'DROP INDEX IF EXISTS "{name}"', migrations.RunSQL.noop) for name in UNUSED]
