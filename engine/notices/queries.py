"""Reads of notices."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, Count, QuerySet, Value, When

from engine.notices.models import Notice
from people.models import Employee


def notices_of(person: Employee) -> QuerySet[Notice]:
    """Return what a person was told, unread first, then the newest."""
    return Notice.objects.filter(person=person).order_by(
        Case(When(read_at=None, then=Value(0)), default=Value(1)), "-created_at", "pk"
    )


def unread() -> QuerySet[Notice]:
    """Return what nobody has read yet."""
    return Notice.objects.filter(read_at=None)


def unread_counts(people: Iterable[int]) -> dict[int, int]:
    """Return person → how many unread notices, for many people at once. One statement."""
    rows = Notice.objects.filter(person__in=list(people), read_at=None).order_by()
    return {row["person"]: row["n"] for row in rows.values("person").annotate(n=Count("pk"))}
