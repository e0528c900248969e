"""Reads about funds: which there are, what they are called."""

from __future__ import annotations

from django.db.models import Case, F, Sum, Value, When
from django.db.models.functions import StrIndex, Substr
from django.utils.translation import gettext as _

from rewards.models import Fund
from rewards.models.ledger import Account
from rewards.pure.transfers import DEFAULT_FUND


def all_funds() -> list[Fund]:
    """Return every fund, the default one first, also where nobody has named it. 1 SQL statement."""
    rows = {row.code: row for row in Fund.objects.all()}
    first = rows.pop(DEFAULT_FUND, None) or unnamed()
    return [first, *rows.values()]


def unnamed() -> Fund:
    """Return the default fund as it is before anybody names it."""
    return Fund(code=DEFAULT_FUND, name="通用积分", name_en="General points")


def fund_of_code(code: str) -> Fund | None:
    """Return a fund by code, '' for the default one. 1 SQL statement."""
    code = code or DEFAULT_FUND
    found = Fund.objects.filter(pk=code).first()
    return unnamed() if found is None and code == DEFAULT_FUND else found


def with_points() -> list[tuple[Fund, int]]:
    """Return every fund with the points people have in it. 2 SQL statements."""
    wallets = Account.objects.filter(code__startswith="wallet:")
    fund = Case(
        When(code__contains="@", then=Substr("code", StrIndex("code", Value("@")) + 1)), default=Value(DEFAULT_FUND)
    )
    points = Sum(F("credits_posted") - F("debits_posted"))
    held = dict(wallets.order_by().annotate(fund=fund).values_list("fund").annotate(points=points))
    return [(row, held.get(row.code, 0)) for row in all_funds()]


def choices(*, closed: bool = False) -> list[tuple[str, str]]:
    """Return (code, name) of the funds that may be chosen, closed ones too if asked. 1 SQL statement."""
    return [(row.code, str(row)) for row in all_funds() if row.is_open or closed]


def names() -> dict[str, str]:
    """Return code → name; '' is the default fund as well. 1 SQL statement."""
    found = {row.code: str(row) for row in all_funds()}
    return found | {"": found[DEFAULT_FUND]}


def name_of(code: str) -> str:
    """Return the name of a fund, its code where nobody named it; '' for the default one, which needs no word. At most 1
    SQL statement."""
    if code in {"", DEFAULT_FUND}:
        return ""
    return names().get(code, code)


def facts(code: str) -> list[tuple[str, object]]:
    """Return what approvers are told about the fund: nothing of the default one. At most 1 SQL statement."""
    name = name_of(code)
    return [(_("Fund"), name)] if name else []
