"""Say what happened, once, inside the transaction in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from engine.events.models import Event

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import Employee


def record(subject: str, action: str, *, by: Employee | None, at: datetime | None = None, **data: Any) -> Event:
    """Append one event.

    Args:
        subject: `<kind>:<key>`, such as `contest:welding-2026`.
        action: `noun.verb-in-past`, such as `contest.result.published`.
        by: who did it; None for the system.
        at: when, aware UTC; now when left out.
        data: JSON-able facts a reader of the history needs.
    """
    return Event.objects.create(subject=subject, action=action, by=by, at=at or timezone.now(), data=data)
