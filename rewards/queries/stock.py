"""Reads of stock and free seats, from the ledger's accounts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import CharField, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from rewards.models import CourseSession, Item
from rewards.models.ledger import Account

FREE = F("credits_posted") - F("debits_posted") - F("debits_pending")


def left_of(codes: Iterable[str]) -> dict[str, int]:
    """Return account → what is free in it, 0 where none is open. 1 SQL statement."""
    wanted = list(codes)
    found = dict(Account.objects.filter(pk__in=wanted).annotate(free=FREE).values_list("code", "free"))
    return {code: found.get(code, 0) for code in wanted}


def _left(prefix: str) -> Subquery:
    code = Concat(Value(prefix), Cast(OuterRef("pk"), CharField()), Value("@stock"))
    account = Account.objects.filter(code=code).annotate(free=FREE)
    return Subquery(account.values("free")[:1], output_field=IntegerField())


def with_stock(items: QuerySet[Item]) -> QuerySet[Item]:
    """Annotate items with `left`: free pieces, None where there is no stock."""
    return items.annotate(left=_left("stock:"))


def with_seats(sessions: QuerySet[CourseSession]) -> QuerySet[CourseSession]:
    """Annotate sessions with `left`: free seats."""
    return sessions.annotate(left=_left("seats:"))
