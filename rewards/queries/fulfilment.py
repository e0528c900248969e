"""Reads of the desk that hands things out: what is to be handed out, what was, how the stock stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from rewards.models import Item, Redemption
from rewards.models.ledger import Account

State = Redemption.State


def to_hand_out(*, words: str = "", place: str = "", is_done: bool = False) -> QuerySet[Redemption]:
    """Return what waits to be collected, oldest first; or what was handed out, newest first."""
    rows = Redemption.objects.select_related("item", "employee__unit__parent", "handed_by")
    rows = rows.filter(handed_at__isnull=False) if is_done else rows.filter(state=State.READY)
    if words:
        rows = rows.filter(
            Q(employee__name__icontains=words) | Q(employee__number__startswith=words) | Q(item__title__icontains=words)
        )
    if place:
        rows = rows.filter(handed_place=place) if is_done else rows.filter(item__pickup_place=place)
    return rows.order_by("-handed_at") if is_done else rows.order_by("decided_at", "pk")


def places() -> list[str]:
    """Return the places things are collected at. 1 SQL statement."""
    rows = Item.objects.exclude(pickup_place="").order_by("pickup_place").values_list("pickup_place", flat=True)
    return list(rows.distinct())


@dataclass(frozen=True)
class StockLine:
    """One item's stock in pieces: brought in and still here or sold, free, reserved for who waits for approval, to hand out."""

    item: Item
    free: int
    reserved: int
    to_hand_out: int
    handed_out: int

    @property
    def on_shelf(self) -> int:
        """What a count must find: everything not handed out."""
        return self.free + self.reserved + self.to_hand_out


def stock_lines() -> list[StockLine]:
    """Return every item with a stock. 2 SQL statements."""
    rows = list(
        Item.objects.filter(is_limited=True).select_related("category").annotate(
            waiting=Count("redemptions", filter=Q(redemptions__state=State.READY)),
            handed=Count("redemptions", filter=Q(redemptions__handed_at__isnull=False)),
        ).order_by("-state", "kind", "title")
    )  # fmt: skip
    accounts = {row.code: row for row in Account.objects.filter(code__in=[item.stock_account for item in rows])}
    lines = []
    for item in rows:
        account = accounts.get(item.stock_account)
        free = account.credits_posted - account.debits_posted - account.debits_pending if account else 0
        lines.append(StockLine(item, free, account.debits_pending if account else 0, item.waiting, item.handed))
    return lines
