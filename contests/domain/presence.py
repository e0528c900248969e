"""What judges' tablets say of themselves between marks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contests.models import Sheet, Tablet


@transaction.atomic(savepoint=False)
def report(*, sheet: Sheet, device: str, unsent: int, at: datetime) -> None:
    """Store that a tablet was seen now, and how many operations wait on it. One statement, no lock."""
    row = Tablet(sheet=sheet, device=device[:64], seen_at=at, unsent=min(max(unsent, 0), 100_000))
    Tablet.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["sheet", "device"], update_fields=["seen_at", "unsent"]
    )
