"""A person's points: what came from where, which lots end when, statements by month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Employee
from rewards.models.ledger import Lot, Reservation, Transfer
from rewards.pure import codes
from rewards.pure import statement as statements
from rewards.pure.transfers import DEFAULT_FUND, fund_of, in_fund
from rewards.queries.movements import (
    WALLET,
    first_moment,
    next_month,
    of_wallets,
    owner_of,
    posted,
    still_reserved,
)  # fmt: skip

KINDS = ("award", "redeem", "refund", "expire", "reverse", "adjust", "reserved")


@dataclass(frozen=True)
class Line:
    """One line of a wallet: signed points as the person sees them, where they came from, who decided."""

    id: str
    at: datetime
    points: int
    kind: str
    text: str
    source: str
    by: str
    expires_on: date | None
    fund: str = DEFAULT_FUND

    @property
    def is_pending(self) -> bool:
        """Reserved, not yet gone."""
        return self.kind == "reserved"


def lines(employee: Employee, *, kind: str = "", month: date | None = None, fund: str = "") -> QuerySet[Transfer]:
    """Return the movements of somebody's wallets and what is reserved, newest first, to be paged and given to `shown`."""
    mine = of_wallets(employee.number, fund)
    if kind == "reserved":
        rows = still_reserved().filter(mine)
    elif kind in KINDS:
        rows = posted().filter(mine, kind=kind)
    else:
        ended = Reservation.objects.exclude(status=codes.PENDING)
        rows = Transfer.objects.filter(mine, amount__gt=0).exclude(id__in=ended.values("transfer"))
        rows = rows.exclude(pending__in=Reservation.objects.filter(status="voided").values("transfer"))
    if month is not None:
        rows = rows.filter(at__gte=first_moment(month), at__lt=first_moment(next_month(month)))
    return rows.order_by("-number")


def shown(rows: Iterable[Transfer], employee: Employee) -> list[Line]:
    """Return movements as lines. 1 SQL statement, for the names of those who decided."""
    found = list(rows)
    numbers = {row.by for row in found if row.by}
    names = dict(Employee.objects.filter(number__in=numbers).values_list("number", "name")) if numbers else {}
    return [_line(row, employee, names) for row in found]


def _line(row: Transfer, employee: Employee, names: dict[str, str]) -> Line:
    gains = owner_of(row.credit) == employee.number
    wallet = row.credit if gains else row.debit
    return Line(
        id=str(row.id),
        at=row.at,
        points=row.amount if gains else -row.amount,
        kind="reserved" if codes.PENDING in row.flags else row.kind,
        text=row.reason or "",
        source=source_of(row.reference or ""),
        by=names.get(row.by or "", ""),
        expires_on=row.expires_on if gains else None,
        fund=fund_of(wallet),
    )


def source_of(reference: str) -> str:
    """Return in words what kind of thing points came from; the thing itself is in the reason."""
    words = {
        "contest": _("contest"), "manual-award": _("manual award"), "redemption": _("mall"), "rule": _("rule"),
        "mentoring": _("mentoring"), "suggestion": _("suggestion"), "drill": _("drill"),
    }  # fmt: skip
    head = reference.partition(":")[0]
    return words.get(head, words.get(head.partition("-")[0], ""))


@dataclass(frozen=True)
class LotLine:
    """Points that came together and end together."""

    expires_on: date | None
    left: int
    held: int
    text: str
    came_on: date | None
    days_left: int | None
    fund: str = DEFAULT_FUND


def lots(employee: Employee, *, on: date) -> list[LotLine]:
    """Return the lots with something left, those that end first before, never-ending last. 2 SQL statements."""
    code = f"{WALLET}{employee.number}"
    mine = Q(wallet=code) | Q(wallet__startswith=f"{code}@")
    alive = Q(expires_on=None) | Q(expires_on__gte=on) | Q(held__gt=0)
    rows = list(Lot.objects.filter(mine, alive).exclude(left=0, held=0))
    origins = {str(row.id): row for row in Transfer.objects.filter(id__in=[row.origin for row in rows])}
    rows.sort(key=lambda row: (row.expires_on is None, row.expires_on or date.max, row.number))
    return [
        LotLine(
            expires_on=row.expires_on,
            left=row.left,
            held=row.held,
            text=(origins[row.origin].reason or "") if row.origin in origins else "",
            came_on=timezone.localdate(origins[row.origin].at) if row.origin in origins else None,
            days_left=(row.expires_on - on).days if row.expires_on else None,
            fund=fund_of(row.wallet),
        )
        for row in rows
    ]


def ends(rows: Iterable[LotLine]) -> list[tuple[str, int]]:
    """Return month → points that end in it, in order; no statement."""
    found: dict[str, int] = {}
    for row in rows:
        if row.expires_on is not None and row.left:
            month = f"{row.expires_on:%Y-%m}"
            found[month] = found.get(month, 0) + row.left
    return sorted(found.items())


def expiring(*, after: date, until: date) -> list[tuple[str, date, int]]:
    """Return (employee number, last day, points) of what ends from one day to another, both included. 1 SQL statement."""
    rows = Lot.objects.filter(left__gt=0, expires_on__gte=after, expires_on__lte=until, wallet__startswith=WALLET)
    found: dict[tuple[str, date], int] = {}
    for wallet, day, left in rows.order_by().values_list("wallet", "expires_on").annotate(Sum("left")):
        if day is not None:
            found[owner_of(wallet), day] = found.get((owner_of(wallet), day), 0) + left
    return [
        (number, day, left) for (number, day), left in sorted(found.items(), key=lambda pair: (pair[0][1], pair[0][0]))
    ]


def months(employee: Employee) -> list[str]:
    """Return the months with movements, newest first. 1 SQL statement."""
    rows = posted().filter(of_wallets(employee.number)).datetimes("at", "month", order="DESC")
    return [f"{moment:%Y-%m}" for moment in rows]


def statement(employee: Employee, month: date, *, fund: str = "") -> statements.Statement:
    """Return a month's statement, in one fund or over all of them. 4 SQL statements."""
    mine, number = of_wallets(employee.number, fund), employee.number
    begin, end = first_moment(month), first_moment(next_month(month))
    before = posted().filter(mine, at__lt=begin)
    code = f"{WALLET}{number}"
    into, out = Q(credit=code) | Q(credit__startswith=f"{code}@"), Q(debit=code) | Q(debit__startswith=f"{code}@")
    if fund:
        into, out = Q(credit=in_fund(code, fund)), Q(debit=in_fund(code, fund))
    credited = before.filter(into).aggregate(n=Sum("amount"))["n"] or 0
    debited = before.filter(out).aggregate(n=Sum("amount"))["n"] or 0
    rows = posted().filter(mine, at__gte=begin, at__lt=end).order_by("number")
    found = [
        statements.Line(
            at=f"{timezone.localtime(line.at):%Y-%m-%d %H:%M}", kind=line.kind, text=line.text, source=line.source,
            by=line.by, points=line.points, valid_until=line.expires_on.isoformat() if line.expires_on else "",
        )
        for line in shown(rows, employee)
    ]  # fmt: skip
    return statements.state(
        number=number,
        name=employee.name,
        month=f"{month:%Y-%m}",
        opening=credited - debited,
        lines=found,
        fund=fund,
    )


def is_over(month: date, *, at: datetime) -> bool:
    """Return whether a month has ended, so that its statement does not change any more."""
    return at >= first_moment(next_month(month))
