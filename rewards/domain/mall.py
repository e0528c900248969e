"""What is offered: items, their prices, sessions of courses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain import funds, stock
from rewards.domain.kinds import kind_of
from rewards.domain.kinds.course import HasNoSession
from rewards.models import Category, CourseSession, Item, ItemPicture, ItemPrice
from rewards.queries.stock import left_of

__all__ = ["FewerSeats", "FundStays", "HasNoSession", "KindStays", "duplicate", "publish", "save_item", "save_session"]

State = Item.State


class FewerSeats(ValidationError):
    """Seats already given cannot be taken away."""

    def __init__(self, taken: int) -> None:
        super().__init__(
            {"seats": _("%(taken)s seats are taken; there cannot be fewer.") % {"taken": taken}}, code="fewer-seats"
        )


class KindStays(ValidationError):
    """What somebody asked for cannot become another kind of thing."""

    def __init__(self) -> None:
        super().__init__(
            {"kind": _("Somebody has asked for it, so it stays what it is. Make a new item.")}, code="kind-stays"
        )


class FundStays(ValidationError):
    """What somebody paid for from one fund is given back into it."""

    def __init__(self) -> None:
        super().__init__(
            {"fund": _("Somebody has asked for it, so it stays in its fund. Make a new item.")}, code="fund-stays"
        )


@transaction.atomic(savepoint=False)
def save_item(
    *,
    item: Item | None,
    by: Employee,
    at: datetime,
    units: list[Unit] | None = None,
    category_name: str | None = None,
    **fields: Any,
) -> Item:
    """Make an item or change it; who asked before keeps the price they saw. A new price is kept beside the old ones.

    Args:
        units: for whom it is, with everything below them; empty: everybody. None: as it is.
        category_name: its shelf, made when there is none of that name; empty: no shelf. None: as it is.

    Raises:
        KindStays, FundStays, funds.MayNotBuy; ValidationError: by field.
    """
    item = Item() if item is None else Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    is_new, price = item.pk is None, item.points
    if not is_new and fields.get("kind", item.kind) != item.kind and item.redemptions.exists():
        raise KindStays
    if not is_new and fields.get("fund", item.fund) != item.fund and item.redemptions.exists():
        raise FundStays
    for name, value in fields.items():
        setattr(item, name, value)
    if category_name is not None:
        name = category_name.strip()[:30]
        item.category = Category.objects.get_or_create(name=name)[0] if name else None
    item.full_clean()
    funds.demand_buys(item.fund, item.kind)
    if kind_of(item).needs_stock:
        item.is_limited = True
    item.save()
    if units is not None:
        item.units.set(units)
    if item.is_limited:
        stock.open_stock(item)
    if is_new or item.points != price:
        ItemPrice.objects.create(item=item, points=item.points, since_at=at, set_by=by)
    changed = {} if is_new or item.points == price else {"points": item.points, "before": price}
    record(f"item:{item.pk}", "item.created" if is_new else "item.changed", by=by, at=at, title=item.title, **changed)
    return item


@transaction.atomic(savepoint=False)
def publish(*, item: Item, is_published: bool, by: Employee, at: datetime) -> Item:
    """Put an item into the mall or take it out.

    Raises:
        HasNoSession, HasNoPlace …: something of its kind is missing.
    """
    item = Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    if is_published:
        funds.demand_buys(item.fund, item.kind)
        kind_of(item).demand_complete(item, at=at)
    item.state = State.PUBLISHED if is_published else State.ENDED
    item.save(update_fields=["state"])
    record(f"item:{item.pk}", "item.published" if is_published else "item.retired", by=by, at=at)
    return item


@transaction.atomic(savepoint=False)
def duplicate(*, item: Item, by: Employee, at: datetime) -> Item:
    """Make a draft like an item, with its pictures, units and conditions; without its stock, sessions and history."""
    units, pictures = list(item.units.all()), list(item.pictures.all())
    copy = Item.objects.get(pk=item.pk)
    copy.pk, copy.state = None, State.DRAFT
    copy.title = _("%(title)s (copy)") % {"title": item.title[:70]}
    copy.save(force_insert=True)
    copy.units.set(units)
    for picture in pictures:
        picture.pk, picture.item = None, copy
    ItemPicture.objects.bulk_create(pictures)
    if copy.is_limited:
        stock.open_stock(copy)
    ItemPrice.objects.create(item=copy, points=copy.points, since_at=at, set_by=by)
    record(f"item:{copy.pk}", "item.created", by=by, at=at, title=str(copy.title), like=item.pk)
    return copy


@transaction.atomic(savepoint=False)
def save_session(
    *, item: Item, session: CourseSession | None, by: Employee, at: datetime, **fields: Any
) -> CourseSession:
    """Add a session to a course or change it; its free seats are an account of the ledger.

    Raises:
        FewerSeats: fewer seats than taken.
        ValidationError: by field.
    """
    held = CourseSession.objects.select_for_update(no_key=True)
    session = CourseSession(item=item) if session is None else held.get(pk=session.pk, item=item)
    is_new, seats = session.pk is None, session.seats or 0
    for name, value in fields.items():
        setattr(session, name, value)
    session.full_clean()
    session.sequence += 0 if is_new else 1
    session.save()
    stock.open_seats(session)
    try:
        stock.move(session.seats_account, session.seats - (0 if is_new else seats), by=by, at=at)
    except stock.NotSoMany:
        raise FewerSeats(seats - left_of([session.seats_account])[session.seats_account]) from None
    record(f"item:{item.pk}", "session.saved", by=by, at=at, session=session.pk, seats=session.seats)
    return session
