"""Keep the list of funds: what they are called, what their points may buy and how long they live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee
from rewards.models import Fund, Item
from rewards.pure.expiry import months_later
from rewards.pure.transfers import DEFAULT_FUND
from rewards.queries.funds import fund_of_code

MOST_MONTHS = 120
RESERVED = frozenset({"stock"})
"""Funds the ledger keeps pieces and seats in: no points."""


class CodeTaken(ValidationError):
    """There is a fund of this code with another content, or the code is not for points."""

    def __init__(self) -> None:
        super().__init__({"code": _("This code is taken. Choose another one.")}, code="code-taken")


class BuysThem(ValidationError):
    """Items that are paid from the fund are of a kind it would no longer buy."""

    def __init__(self, titles: Sequence[str]) -> None:
        message = _("The catalogue has items of other kinds paid from this fund: %(titles)s. Change them first.")
        super().__init__({"kinds": message % {"titles": "、".join(titles[:5])}}, code="buys-them")


class NoSuchFund(ValidationError):
    """The fund is not there, or closed."""

    def __init__(self) -> None:
        super().__init__({"fund": _("This fund is not there, or closed. Choose another one.")}, code="no-such-fund")


class MayNotBuy(ValidationError):
    """The points of the fund may not buy this kind of item."""

    def __init__(self, fund: Fund) -> None:
        message = _("Points of the fund %(fund)s may not buy this kind of item.") % {"fund": fund}
        super().__init__({"fund": message}, code="may-not-buy")


@transaction.atomic(savepoint=False)
def save(*, code: str, is_new: bool, by: Employee, at: datetime, **fields: Any) -> Fund:
    """Make a fund or change it; made twice with the same content it is one.

    Args:
        fields: name, name_en, purpose, kinds, expiry_months, is_open. The code never changes: accounts are named by it.

    Raises:
        CodeTaken, BuysThem; ValidationError: by field.
    """
    row = Fund.objects.select_for_update(no_key=True).filter(pk=code).first()
    if is_new and row is not None:
        if any(getattr(row, name) != value for name, value in fields.items()):
            raise CodeTaken
        return row
    if is_new and code in RESERVED | {DEFAULT_FUND}:
        raise CodeTaken
    is_new = row is None
    row = row or Fund(code=code)
    for name, value in fields.items():
        setattr(row, name, value)
    if row.is_default:
        row.is_open = True
    row.full_clean(validate_unique=False, exclude=() if is_new else ("code",))
    if row.expiry_months > MOST_MONTHS:
        raise ValidationError({"expiry_months": _("At most %(n)s months.") % {"n": MOST_MONTHS}})
    _demand_kinds(row)
    row.save(force_insert=is_new)
    record(row.subject, "fund.created" if is_new else "fund.changed", by=by, at=at, name=row.name, kinds=row.kinds,
           expiry_months=row.expiry_months, is_open=row.is_open)  # fmt: skip
    return row


def _demand_kinds(row: Fund) -> None:
    if not row.kinds:
        return
    if set(row.kinds) - set(Item.Kind.values):
        raise ValidationError({"kinds": _("Choose from the list.")})
    paid = Item.objects.filter(fund="" if row.is_default else row.code).exclude(state=Item.State.ENDED)
    titles = list(paid.exclude(kind__in=row.kinds).values_list("title", flat=True)[:6])
    if titles:
        raise BuysThem(titles)


def demand(code: str) -> Fund:
    """Return a fund that points may be given from. 1 SQL statement.

    Raises:
        NoSuchFund: it is not there, or closed.
    """
    found = fund_of_code(code)
    if found is None or not found.is_open:
        raise NoSuchFund
    return found


def demand_buys(code: str, kind: str) -> None:
    """Refuse an item that its fund may not pay for; the fund's row is locked, so that both cannot change at once.

    Raises:
        NoSuchFund, MayNotBuy: see there.
    """
    row = Fund.objects.select_for_update(no_key=True).filter(pk=code or DEFAULT_FUND).first()
    if row is None and code not in {"", DEFAULT_FUND}:
        raise NoSuchFund
    if row is not None and not row.may_buy(kind):
        raise MayNotBuy(row)


def last_day(code: str, *, at: datetime) -> date | None:
    """Return until when points given now from a fund live; None: for ever. 1 SQL statement."""
    found = fund_of_code(code)
    months = found.expiry_months if found else 0
    return months_later(timezone.localdate(at), months) if months else None
