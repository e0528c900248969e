"""Reads of the catalogue's desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from people.models import Employee
from rewards.models import CourseSession, Item, Redemption
from rewards.models.ledger import Transfer
from rewards.queries.stock import left_of, with_seats, with_stock

SHOWN_CORRECTIONS = 10


def items(*, state: str = "", kind: str = "", words: str = "") -> QuerySet[Item]:
    """Return items with `left` and `times` (how often asked for), filtered."""
    rows = with_stock(Item.objects.select_related("category")).annotate(times=Count("redemptions"))
    if state in Item.State.values:
        rows = rows.filter(state=state)
    if kind in Item.Kind.values:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(category__name=words))
    return rows.order_by("-state", "kind", "points", "pk")


def left(item: Item) -> int | None:
    """Return the free pieces, None where there is no stock. 1 SQL statement."""
    return left_of([item.stock_account])[item.stock_account] if item.is_limited else None


@dataclass(frozen=True)
class Correction:
    """One line of a stock's history: pieces in (+) or out (−), why, by whom."""

    at: datetime
    change: int
    reason: str
    by: str


def corrections(item: Item) -> list[Correction]:
    """Return the newest corrections of an item's stock. 2 SQL statements."""
    account = item.stock_account
    moved = Transfer.objects.filter(Q(debit=account) | Q(credit=account), kind="adjust").order_by("-number")
    rows = list(moved[:SHOWN_CORRECTIONS])
    names = dict(Employee.objects.filter(number__in=[row.by for row in rows if row.by]).values_list("number", "name"))
    return [
        Correction(row.at, row.amount if row.credit == account else -row.amount, row.reason or "", names.get(row.by or "", ""))
        for row in rows
    ]  # fmt: skip


def sessions(item: Item) -> QuerySet[CourseSession]:
    """Return a course's sessions with `left` (free seats) and `waiting` (people in line), newest first."""
    waiting = Count("redemptions", filter=Q(redemptions__state=Redemption.State.WAITLISTED))
    return with_seats(item.sessions.all()).annotate(waiting=waiting).order_by("-starts_at")
