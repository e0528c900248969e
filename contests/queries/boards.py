"""What a contest's board asks of the contest: who controls it, and which row is one's own."""

from __future__ import annotations

from typing import Any

from contests.models import Contest
from contests.queries.owners import own_entry


def controls(person: Any, key: str) -> bool:
    """Return whether the person freezes and reveals this contest's board: its chief judge."""
    contest = Contest.objects.filter(pk=int(key)).first()
    return contest is not None and person.has_perm("contests.chair_contest", contest)


def own_row(key: str, person: Any) -> str:
    """Return the id of the person's own row, '' when they do not take part. Two statements."""
    contest = Contest.objects.filter(pk=int(key)).first()
    entry = own_entry(person, contest) if contest is not None else None
    return f"e{entry.code}" if entry else ""
