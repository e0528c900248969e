"""What is offered: items, and sessions of courses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee
from rewards.models import CourseSession, Item


class HasNoSession(ValidationError):
    """A course without a future session cannot be bought."""

    def __init__(self) -> None:
        super().__init__(_("Add a session with seats first; then publish the course."), code="no-session")


class FewerSeats(ValidationError):
    """Seats already given cannot be taken away."""

    def __init__(self, taken: int) -> None:
        super().__init__(
            {"seats": _("%(taken)s seats are taken; there cannot be fewer.") % {"taken": taken}}, code="fewer-seats"
        )


@transaction.atomic(savepoint=False)
def save_item(*, item: Item | None, by: Employee, at: datetime, **fields: Any) -> Item:
    """Make an item or change it; who asked before keeps the price they saw.

    Raises:
        ValidationError: by field.
    """
    item = Item() if item is None else Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    is_new = item.pk is None
    for name, value in fields.items():
        setattr(item, name, value)
    item.full_clean()
    item.save()
    record(f"item:{item.pk}", "item.created" if is_new else "item.changed", by=by, at=at, title=item.title)
    return item


@transaction.atomic(savepoint=False)
def publish(*, item: Item, is_published: bool, by: Employee, at: datetime) -> Item:
    """Put an item into the mall or take it out.

    Raises:
        HasNoSession: a course without a session to come.
    """
    item = Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    sessions = item.sessions.filter(starts_at__gt=at, is_cancelled=False)
    if is_published and item.kind == Item.Kind.COURSE and not sessions.exists():
        raise HasNoSession
    item.is_published = is_published
    item.save(update_fields=["is_published"])
    record(f"item:{item.pk}", "item.published" if is_published else "item.retired", by=by, at=at)
    return item


@transaction.atomic(savepoint=False)
def save_session(
    *, item: Item, session: CourseSession | None, by: Employee, at: datetime, **fields: Any
) -> CourseSession:
    """Add a session to a course or change it.

    Raises:
        FewerSeats: fewer seats than taken.
        ValidationError: by field.
    """
    held = CourseSession.objects.select_for_update(no_key=True)
    session = CourseSession(item=item) if session is None else held.get(pk=session.pk, item=item)
    if fields.get("seats", session.seats) < session.seats_taken:
        raise FewerSeats(session.seats_taken)
    for name, value in fields.items():
        setattr(session, name, value)
    session.full_clean()
    session.save()
    record(f"item:{item.pk}", "session.saved", by=by, at=at, session=session.pk, seats=session.seats)
    return session
