"""What people choose to show of themselves."""

from __future__ import annotations

from django.db import transaction

from people.models import Employee


@transaction.atomic(savepoint=False)
def hide_name(*, employee: Employee, is_hidden: bool) -> None:
    """Hide or show a person's name on boards of points; results of contests are public by their rules."""
    Employee.objects.filter(pk=employee.pk).update(is_name_hidden=is_hidden)
