"""Where points went, in sums that tie to the ledger: granted, earned, spent, expired, by unit, reason and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from people.models import Employee, Unit
from rewards.models.ledger import Account, Transfer
from rewards.pure import codes
from rewards.pure.transfers import DEFAULT_FUND
from rewards.queries.movements import WALLET, owner_of, posted, within

COLUMNS = ("granted", "earned", "taken_back", "spent", "refunded", "expired")
MOST_REASONS = 20


@dataclass
class Sums:
    """Points by what happened to them. `earned`: from a budget to people; `taken_back`: reversed awards."""

    granted: int = 0
    earned: int = 0
    taken_back: int = 0
    spent: int = 0
    refunded: int = 0
    expired: int = 0

    def add(self, name: str, amount: int) -> None:
        """Add an amount to one of them."""
        setattr(self, name, getattr(self, name) + amount)

    @property
    def is_empty(self) -> bool:
        """Nothing happened."""
        return not any(getattr(self, each.name) for each in fields(self))

    @property
    def values(self) -> list[int]:
        """The sums in the order of COLUMNS."""
        return [getattr(self, name) for name in COLUMNS]


@dataclass(frozen=True)
class Line:
    """One row of a table: a unit, a reason, a month or a person."""

    label: str
    key: str
    sums: Sums


def column_of(row: Mapping[str, Any]) -> str:
    """Return in which column a movement counts, '' for none: stock and seats are no points, loans are not earned.

    A debt is lent and repaid between a wallet and its debt account: neither earns nor spends.
    """
    kind, debit, credit = row["kind"], row["debit"], row["credit"]
    if kind == codes.GRANT and credit.startswith("budget:"):
        return "granted"
    if kind == codes.AWARD and credit.startswith(WALLET):
        return "earned"
    if kind == codes.REVERSE and debit.startswith(WALLET):
        return "taken_back"
    if kind == codes.REDEEM and debit.startswith(WALLET):
        return "spent"
    if kind == codes.REFUND and credit.startswith(WALLET):
        return "refunded"
    return "expired" if kind == codes.EXPIRE and debit.startswith(WALLET) else ""


def movements(first: date, last: date) -> QuerySet[Transfer]:
    """Return the posted movements of a period that the page counts."""
    wallets = Q(debit__startswith=WALLET) | Q(credit__startswith=WALLET)
    return within(posted(), first, last).filter(wallets | Q(kind=codes.GRANT, credit__startswith="budget:")).order_by()


@dataclass(frozen=True)
class Report:
    """A period in sums: by unit below the one looked at, by reason, by month; `total` is all of them. `funds`: each fund, also those not chosen."""

    total: Sums
    units: list[Line]
    reasons: list[Line]
    months: list[Line]
    funds: list[Line]


def report(first: date, last: date, *, unit: Unit | None, units: Iterable[Unit], fund: str = "") -> Report:
    """Return a period of a unit, or of the company, in sums. 2 SQL statements; one row for each account, reason and month.

    Args:
        unit: looked at; None: the whole company, people and budgets without a unit included.
        units: every unit.
        fund: only this one; empty: all.
    """
    tree = list(units)
    place = _places(tree)
    rows = movements(first, last).annotate(month=TruncMonth("at"))
    grouped = rows.values("debit", "credit", "kind", "reason", "fund", "month").annotate(n=Sum("amount"))
    inside = unit.path if unit else ""
    total = Sums()
    by_fund: dict[str, Sums] = defaultdict(Sums)
    by_unit: dict[str, Sums] = defaultdict(Sums)
    by_reason: dict[str, Sums] = defaultdict(Sums)
    by_month: dict[str, Sums] = defaultdict(Sums)
    for row in grouped:
        name = column_of(row)
        path = place(row)
        if not name or not path.startswith(inside):
            continue
        of = row["fund"] or DEFAULT_FUND
        by_fund[of].add(name, row["n"])
        if fund not in {"", of}:
            continue
        total.add(name, row["n"])
        by_unit[_below(path, inside)].add(name, row["n"])
        if name != "granted":
            by_reason[row["reason"] or ""].add(name, row["n"])
        by_month[f"{row['month']:%Y-%m}"].add(name, row["n"])
    names = {row.path: row for row in tree}
    lines = [
        Line(names[path].name if path in names else "", names[path].code if path in names else "", sums)
        for path, sums in sorted(by_unit.items())
    ]
    weight = sorted(by_reason.items(), key=lambda pair: (-sum(pair[1].values), pair[0]))
    reasons = [Line(reason, reason, sums) for reason, sums in weight[:MOST_REASONS]]
    if weight[MOST_REASONS:]:
        rest = Sums()
        for _reason, sums in weight[MOST_REASONS:]:
            for column in COLUMNS:
                rest.add(column, getattr(sums, column))
        reasons.append(Line("…", "", rest))
    return Report(
        total,
        lines,
        reasons,
        [Line(month, month, by_month[month]) for month in sorted(by_month, reverse=True)],
        [Line(code, code, by_fund[code]) for code in sorted(by_fund, key=lambda code: (code != DEFAULT_FUND, code))],
    )


def _places(tree: list[Unit]) -> Any:
    """Return the function that says in which unit a movement counts: the person's of today, else the budget's."""
    paths = {row.code: row.path for row in tree}
    by_key = {row.pk: row.path for row in tree}
    people = {number: by_key.get(key, "") for number, key in Employee.objects.values_list("number", "unit")}

    def place(row: Mapping[str, Any]) -> str:
        number = owner_of(row["debit"]) or owner_of(row["credit"])
        if number:
            return people.get(number, "")
        code = row["credit"].removeprefix("budget:").partition("@")[0]
        return paths.get(code, "")

    return place


def _below(path: str, inside: str) -> str:
    """Return the unit one step below the one looked at in which a path lies, the one itself when there is none.

    Seen from above the company, that is the plants: the company's own row is what lies in none of them.
    """
    steps = inside.count("/") or 1
    parts = path.rstrip("/").split("/") if path else []
    return "/".join(parts[: steps + 1]) + "/" if parts else ""


@dataclass(frozen=True)
class PersonLine:
    """One movement of one person."""

    at: Any
    number: str
    name: str
    unit: str
    column: str
    reason: str
    points: int


def lines_of(unit: Unit, first: date, last: date, *, fund: str = "") -> QuerySet[Transfer]:
    """Return the movements of the people of a unit, and below it, newest first, to be paged and given to `person_lines`.
    2 SQL statements beside the rows."""
    numbers = set(Employee.objects.filter(unit__path__startswith=unit.path).values_list("number", flat=True))
    accounts = Account.objects.filter(code__startswith=WALLET).values_list("code", flat=True)
    wallets = [code for code in accounts if owner_of(code) in numbers]
    rows = (
        movements(first, last)
        if not fund
        else movements(first, last).filter(fund__in={fund, "" if fund == DEFAULT_FUND else fund})
    )
    return rows.filter(Q(debit__in=wallets) | Q(credit__in=wallets)).order_by("-number")


def person_lines(rows: Iterable[Transfer], *, hides: bool) -> list[PersonLine]:
    """Return movements with whose they are. 1 SQL statement.

    Args:
        hides: people who hide their name from boards stay without a name here.
    """
    found = list(rows)
    numbers = {owner_of(row.debit) or owner_of(row.credit) for row in found}
    people = {row.number: row for row in Employee.objects.filter(number__in=numbers).select_related("unit")}
    lines = []
    for row in found:
        number = owner_of(row.debit) or owner_of(row.credit)
        person = people.get(number)
        column = column_of({"kind": row.kind, "debit": row.debit, "credit": row.credit})
        if not column:
            continue
        is_hidden = hides and bool(getattr(person, "is_name_hidden", False))
        lines.append(
            PersonLine(
                row.at, "" if is_hidden else number, "" if is_hidden or person is None else person.name,
                person.unit.name if person and person.unit else "", column, row.reason or "", row.amount,
            )
        )  # fmt: skip
    return lines
