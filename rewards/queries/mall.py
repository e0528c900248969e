"""Reads of the mall: what is offered to whom, cards, one item, my redemptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from people.models import Employee, Unit
from rewards.models import Category, Item, ItemPicture, Redemption
from rewards.models.ledger import Lot
from rewards.pure.eligibility import Buyer, lacks, service_months
from rewards.queries.buyers import conditions_of, sentences
from rewards.queries.stock import with_stock

SORTS = {"price": ("points", "pk"), "-price": ("-points", "pk"), "new": ("-pk",), "popular": ("-times", "points", "pk")}
PICTURES = Prefetch("pictures", ItemPicture.objects.defer("content", "thumbnail"))
ALIVE = (
    Redemption.State.WAITLISTED,
    Redemption.State.RESERVED,
    Redemption.State.READY,
    Redemption.State.FULFILLED,
)


def _mine(employee: Employee) -> Q:
    """The units an employee belongs to, from the own team to the company."""
    return Q(code__in=employee.unit.ancestor_codes) if employee.unit else Q(pk__in=())


def offered_to(employee: Employee, *, on: date) -> QuerySet[Item]:
    """Return what the mall shows a person on a day: published, in its days, not hidden from their unit."""
    rows = Item.objects.filter(state=Item.State.PUBLISHED)
    rows = rows.filter(Q(offered_from_on=None) | Q(offered_from_on__lte=on))
    rows = rows.filter(Q(offered_until_on=None) | Q(offered_until_on__gte=on))
    return rows.filter(Q(is_hidden_from_others=False) | Q(Exists(_units_of_mine(employee))))


def _units_of_mine(employee: Employee) -> QuerySet[Any]:
    links = Item.units.through.objects.filter(item=OuterRef("pk"))
    return links.filter(unit__in=Unit.objects.filter(_mine(employee)))


def available_by_fund(employee: Employee, *, on: date) -> dict[str, int]:
    """Return fund → points to spend; the default fund is "". 1 SQL statement."""
    code = f"wallet:{employee.number}"
    lots = Lot.objects.filter(Q(wallet=code) | Q(wallet__startswith=f"{code}@"), left__gt=0)
    found: dict[str, int] = {"": 0}
    for wallet, left in lots.filter(Q(expires_on=None) | Q(expires_on__gte=on)).values_list("wallet", "left"):
        fund = wallet.partition("@")[2]
        found[fund] = found.get(fund, 0) + left
    return found


def within_reach(
    rows: QuerySet[Item], buyer: Buyer, employee: Employee, funds: dict[str, int], *, on: date
) -> QuerySet[Item]:
    """Filter what the person can have now: enough points, all conditions met, something left. `rows` have `left`."""
    months = service_months(buyer.joined_on, on) if buyer.joined_on else 0
    enough = Q(pk__in=())
    for fund, points in funds.items():
        enough |= Q(fund=fund, points__lte=points)
    return rows.filter(
        enough, Q(is_limited=False) | Q(left__gt=0), min_service_months__lte=max(0, months),
        min_skill_level__lte=buyer.skill_level, min_earned_points__lte=buyer.earned_points,
    ).filter(Q(units=None) | Q(Exists(_units_of_mine(employee))))  # fmt: skip


def shown(rows: QuerySet[Item], *, words: str, category: int | None, kind: str, sort: str) -> QuerySet[Item]:
    """Filter, sort and load what cards need: `left`, `times`, pictures, units. 3 SQL statements for any number."""
    rows = with_stock(rows).annotate(times=Count("redemptions", filter=Q(redemptions__state__in=ALIVE), distinct=True))
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(description__icontains=words))
    if category is not None:
        rows = rows.filter(category=category)
    if kind in Item.Kind.values:
        rows = rows.filter(kind=kind)
    return rows.order_by(*SORTS.get(sort, SORTS["price"])).prefetch_related(PICTURES, "units")


@dataclass(frozen=True)
class Card:
    """An item as the mall shows it: why this person cannot have it now, in words; empty: they can."""

    item: Item
    picture: ItemPicture | None
    missing_points: int
    why_not: list[str]
    fund: str = ""

    @property
    def is_gone(self) -> bool:
        """Nothing is left of it."""
        return self.item.is_limited and not getattr(self.item, "left", 0)


def cards(
    items: Iterable[Item], buyer: Buyer, funds: dict[str, int], *, on: date, names: Mapping[str, str] | None = None
) -> list[Card]:
    """Return cards; no statement of its own when units and pictures are prefetched.

    Args:
        names: fund → name, for items that are not of the default fund.
    """
    return [
        Card(
            item=item,
            picture=next(iter(item.pictures.all()), None),
            missing_points=max(0, item.points - funds.get(item.fund, 0)),
            why_not=sentences(lacks(conditions_of(item), buyer, on=on)),
            fund=(names or {}).get(item.fund, item.fund) if item.fund else "",
        )
        for item in items
    ]


def shelves(employee: Employee, *, on: date) -> QuerySet[Category]:
    """Return the categories something is offered in."""
    return Category.objects.filter(Exists(offered_to(employee, on=on).filter(category=OuterRef("pk"))))


@dataclass(frozen=True)
class Sacrifice:
    """What buying takes: points that would have expired on a day are used first."""

    points: int
    expires_on: date | None


def taken_first(employee: Employee, item: Item, *, on: date) -> list[Sacrifice]:
    """Return the points a purchase would take, by the day they expire, in the ledger's order. 1 SQL statement."""
    code = f"wallet:{employee.number}" + (f"@{item.fund}" if item.fund else "")
    lots = list(Lot.objects.filter(wallet=code, left__gt=0).filter(Q(expires_on=None) | Q(expires_on__gte=on)))
    lots.sort(key=lambda lot: (lot.expires_on is None, lot.expires_on or date.max, lot.number))
    found: dict[date | None, int] = {}
    wanted = item.points
    for lot in lots:
        take = min(wanted, lot.left)
        if take:
            found[lot.expires_on] = found.get(lot.expires_on, 0) + take
        wanted -= take
    return [Sacrifice(points, expires_on) for expires_on, points in found.items()]


def my_redemptions(employee: Employee, *, state: str = "", kind: str = "") -> QuerySet[Redemption]:
    """Return what somebody asked for, newest first; `state`: open, collect, done, over or nothing."""
    rows = Redemption.objects.filter(employee=employee).select_related("item", "session", "employee__unit")
    wanted = STATES.get(state)
    if wanted:
        rows = rows.filter(state__in=wanted)
    if kind in Item.Kind.values:
        rows = rows.filter(item__kind=kind)
    return rows


STATES: dict[str, tuple[str, ...]] = {
    "open": (Redemption.State.WAITLISTED, Redemption.State.RESERVED),
    "collect": (Redemption.State.READY,),
    "done": (Redemption.State.FULFILLED,),
    "over": (Redemption.State.REFUSED, Redemption.State.CANCELLED, Redemption.State.REFUNDED),
}


def place_in_line(redemption: Redemption) -> int:
    """Return how many stand before somebody in the line of a session, plus one. 1 SQL statement."""
    line = Redemption.objects.filter(session=redemption.session_id, state=Redemption.State.WAITLISTED)
    earlier = Q(asked_at__lt=redemption.asked_at) | Q(asked_at=redemption.asked_at, pk__lt=redemption.pk)
    return line.filter(earlier).count() + 1


def honours() -> QuerySet[Redemption]:
    """Return granted honours, newest first: the wall of honour. Only what the person was given, never the points."""
    rows = Redemption.objects.filter(item__kind=Item.Kind.HONOUR, state=Redemption.State.FULFILLED)
    return rows.select_related("item", "employee__unit__parent").order_by("-decided_at", "pk")
