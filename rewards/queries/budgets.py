"""Reads about budgets: whose there are, what became of them, when they run out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Employee, Unit
from rewards.models import BulkAward, TopUp
from rewards.models.ledger import Account, Transfer
from rewards.pure import codes
from rewards.pure.budgets import runs_out_on
from rewards.pure.transfers import DEFAULT_FUND, fund_of, in_fund
from rewards.queries import funds

DAYS = 90
"""How far back a forecast looks."""


COMPANY_BUDGET = "budget:company"


def fund_for(unit: Unit | None) -> str:
    """Return the fund a unit's points come from where nobody chose one: that of its own budget, else of the nearest above
    ever granted points, else of the company's own; the default one where nobody was. 2 SQL statements.

    A unit granted points in several funds pays from the default one, else from the first by code. Closed funds pay nothing.
    """
    codes_upward = [f"budget:{code}" for code in reversed(unit.ancestor_codes)] if unit is not None else []
    places = [*codes_upward, COMPANY_BUDGET]
    open_funds = [row.code for row in funds.all_funds() if row.is_open]
    accounts = [in_fund(place, fund) for place in places for fund in open_funds]
    having = with_budget(accounts)
    return next((fund_of(code) for code in accounts if code in having), DEFAULT_FUND)


def with_budget(accounts: Collection[str]) -> set[str]:
    """Return which of these accounts were ever granted points. 1 SQL statement."""
    return set(Account.objects.filter(code__in=accounts, credits_posted__gt=0).values_list("code", flat=True))


@dataclass(frozen=True)
class BudgetRow:
    """A unit's budget in the tree: given, handed on to units below, awarded (less what came back), left, in points."""

    unit: str
    code: str
    depth: int
    given: int
    handed_on: int
    awarded: int
    left: int
    is_low: bool
    runs_out_on: date | None
    fund: str = ""

    @property
    def steps(self) -> range:
        """One for each budget above, for the page to draw."""
        return range(self.depth)


def budget_tree(*, at: datetime, below: Unit | None = None, fund: str = "") -> list[BudgetRow]:
    """Return every budget below a unit (None: all) as the tree of units has them, with the day each runs out, fund by fund.
    5 SQL statements.

    Args:
        fund: only this one; '' for all.
    """
    units = Unit.objects.order_by("path")
    if below is not None:
        units = units.filter(path__startswith=below.path)
    found = {unit.code: unit for unit in units}
    accounts = {row.code: row for row in Account.objects.filter(code__startswith="budget:")}
    between = Transfer.objects.filter(debit__startswith="budget:", credit__startswith="budget:").order_by()
    handed = dict(between.values_list("debit").annotate(Sum("amount")))
    since = at - timedelta(days=DAYS)
    recent = Transfer.objects.filter(kind=codes.AWARD, debit__startswith="budget:", at__gte=since).order_by()
    spent = dict(recent.values_list("debit").annotate(Sum("amount")))
    names = funds.names()
    order = {code: place for place, code in enumerate(names)}
    place = {code: number for number, code in enumerate(found)}
    shown = [code for code in accounts if fund in {"", fund_of(code)} and (below is None or _unit_code(code) in found)]
    shown.sort(key=lambda code: (order.get(fund_of(code), len(order)), place.get(_unit_code(code), len(place)), code))
    rows = []
    for code in shown:
        unit, account = found.get(_unit_code(code)), accounts[code]
        left = account.credits_posted - account.debits_posted - account.debits_pending
        rows.append(
            BudgetRow(
                unit=unit.name if unit else _unit_code(code), code=code.removeprefix("budget:"),
                depth=_depth(unit, fund_of(code), found, accounts), given=account.credits_posted,
                handed_on=handed.get(code, 0), awarded=account.debits_posted - handed.get(code, 0), left=left,
                is_low=left * 10 < account.credits_posted,
                runs_out_on=runs_out_on(left, spent.get(code, 0), DAYS, timezone.localdate(at)),
                fund=names.get(fund_of(code), fund_of(code)),
            )
        )  # fmt: skip
    return rows


def _unit_code(account: str) -> str:
    """Return the code of the unit a budget belongs to."""
    return account.removeprefix("budget:").partition("@")[0]


def _depth(unit: Unit | None, fund: str, found: dict[str, Unit], accounts: dict[str, Account]) -> int:
    """How many units above have a budget in the fund too."""
    if unit is None:
        return 0
    return sum(in_fund(f"budget:{code}", fund) in accounts and code in found for code in unit.ancestor_codes[:-1])


def top_ups_for(person: Employee) -> QuerySet[TopUp]:
    """Return the top-ups a person may see, newest first: their own, everybody's for those who answer for budgets."""
    rows = TopUp.objects.select_related("unit", "asked_by").order_by("-asked_at")
    return rows if person.has_perm("rewards.view_budgets") else rows.filter(asked_by=person)


def bulk_awards() -> QuerySet[BulkAward]:
    """Return every bulk award, newest first."""
    return BulkAward.objects.select_related("unit", "asked_by").order_by("-asked_at")


def describe_top_up(key: str) -> tuple[list[tuple[str, object]], str] | None:
    """Tell approvers which unit wants how many points, what it has, and who pays. At most 7 SQL statements."""
    row = TopUp.objects.select_related("unit__parent").filter(pk=key).first()
    if row is None:
        return None
    account = Account.objects.filter(pk=in_fund(f"budget:{row.unit.code}", row.fund)).first()
    left = account.credits_posted - account.debits_posted - account.debits_pending if account else 0
    facts: list[tuple[str, object]] = [
        (_("Unit"), row.unit.name), (_("Points"), f"{row.points:,}"), (_("Left now"), f"{left:,}"), *funds.facts(row.fund), (_("Reason"), row.reason),
    ]  # fmt: skip
    return facts, reverse("rewards:budgets") + f"?unit={row.unit.code}"


def describe_bulk_award(key: str) -> tuple[list[tuple[str, object]], str] | None:
    """Tell approvers who would get how many points. At most 2 SQL statements."""
    row = BulkAward.objects.select_related("unit").filter(pk=key).first()
    if row is None:
        return None
    facts: list[tuple[str, object]] = [
        (_("Unit"), row.unit.name), (_("People"), f"{row.people:,}"), (_("Points each"), f"{row.points:,}"),
        (_("Points in all"), f"{row.points * row.people:,}"), *funds.facts(row.fund), (_("Reason"), row.reason),
    ]  # fmt: skip
    return facts, reverse("rewards:bulk-award", args=[row.pk])
