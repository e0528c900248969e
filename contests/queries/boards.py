"""What boards of contests, events and seasons ask: who controls them, and which row is one's own."""

from __future__ import annotations

from typing import Any

from contests.models import Contest, Event
from contests.queries.owners import own_entry
from contests.queries.people import unit_text
from contests.queries.unit_tables import row_id


def controls(person: Any, key: str) -> bool:
    """Return whether the person freezes and reveals this contest's board: its chief judge."""
    contest = Contest.objects.filter(pk=int(key)).first()
    return contest is not None and person.has_perm("contests.chair_contest", contest)


def own_row(key: str, person: Any) -> str:
    """Return the id of the person's own row, '' when they do not take part. Two statements."""
    contest = Contest.objects.filter(pk=int(key)).first()
    entry = own_entry(person, contest) if contest is not None else None
    return f"e{entry.code}" if entry else ""


def controls_event(person: Any, key: str) -> bool:
    """Return whether the person freezes and reveals an event's board: who runs the event."""
    return bool(person.has_perm("contests.manage_event", Event.objects.filter(pk=int(key)).first()))


def own_unit(key: str, person: Any) -> str:
    """Return the id of the row of the person's own unit; it may not be on the board. Two statements."""
    unit = unit_text(person)
    return row_id(unit) if unit else ""
