"""Leave asked for and granted before it was handed over: each gets its wish, each grant its row of the outbox."""

from datetime import timedelta

from django.db import migrations


def fill(apps, schema_editor):
    redemption = apps.get_model("rewards", "Redemption")
    request = apps.get_model("rewards", "LeaveRequest")
    grant = apps.get_model("rewards", "LeaveGrant")
    hand_over = apps.get_model("rewards", "HandOver")
    rows = redemption.objects.filter(item__kind="leave", leave_request=None).select_related("item", "employee")
    made = []
    for row in rows.iterator(500):
        days = (row.item.half_days + 1) // 2 if row.wanted_on else 0
        # Calendar days: which days were worked is not asked again for what was decided long ago.
        halves = [
            f"{(row.wanted_on + timedelta(days=(place + row.is_afternoon) // 2)).isoformat()}"
            f"{'p' if (place + row.is_afternoon) % 2 else 'a'}"
            for place in range(row.item.half_days if row.wanted_on else 0)
        ]
        made.append(request(
            redemption=row, unit_id=row.employee.unit_id, half_days=row.item.half_days, wanted_on=row.wanted_on,
            ends_on=row.wanted_on + timedelta(days=max(0, days - 1)) if row.wanted_on else None,
            is_afternoon=row.is_afternoon, halves=halves,
        ))
    request.objects.bulk_create(made, batch_size=500)
    waiting = grant.objects.filter(hand_overs=None)
    hand_over.objects.bulk_create(
        [hand_over(grant=row, verb="grant", created_at=row.granted_at, due_at=row.granted_at) for row in waiting],
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("rewards", "0009_leave_entitlement")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
