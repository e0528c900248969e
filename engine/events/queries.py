"""What happened to a thing, for its page and for the audit."""

from __future__ import annotations

from django.db.models import QuerySet

from engine.events.models import Event


def history(subject: str) -> QuerySet[Event]:
    """Return the events of a subject `<kind>:<key>`, oldest first, with who did them. One statement."""
    return Event.objects.filter(subject=subject).select_related("by").order_by("pk")


def latest(subject: str, action: str) -> Event | None:
    """Return the last event of one kind of a subject."""
    return history(subject).filter(action=action).last()
