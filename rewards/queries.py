"""Reads about points that more than one caller needs; each says its number of SQL statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Employee, Unit
from people.queries import roles_of
from rewards.models import Item, LeaveGrant, ManualAward, Redemption
from rewards.models.ledger import Account, Lot, Transfer
from rewards.pure import codes


@dataclass(frozen=True)
class Balance:
    """A wallet: points to spend, points reserved, and what expires next."""

    available: int
    reserved: int
    expiring: int = 0
    expires_on: date | None = None


def balance(employee: Employee, *, on: date | None = None) -> Balance:
    """Return a person's wallet on a day. 2 SQL statements."""
    day = on or timezone.localdate()
    code = f"wallet:{employee.number}"
    account = Account.objects.filter(pk=code).first()
    if account is None:
        return Balance(0, 0)
    usable = Q(expires_on__isnull=True) | Q(expires_on__gte=day)
    lots = Lot.objects.filter(usable, wallet=code, left__gt=0).order_by("expires_on").values_list("left", "expires_on")
    rows = list(lots)
    first = min((expires for _left, expires in rows if expires), default=None)
    expiring = sum(left for left, expires in rows if expires == first) if first else 0
    return Balance(sum(left for left, _expires in rows), account.debits_pending, expiring, first)


@dataclass(frozen=True)
class WalletLine:
    """One line of a wallet: signed points as the person sees them."""

    at: datetime
    points: int
    kind: str
    text: str
    is_pending: bool
    expires_on: date | None


def wallet_lines(employee: Employee) -> QuerySet[Transfer]:
    """Return the transfers of a wallet, newest first, to be paged and given to `as_lines`. Reservations that ended by a
    void or a timeout are left out with their voids: nothing happened."""
    code = f"wallet:{employee.number}"
    mine = Transfer.objects.filter(Q(debit=code) | Q(credit=code)).order_by("-number")
    return mine.exclude(amount=0)


def as_lines(rows: list[Transfer], employee: Employee) -> list[WalletLine]:
    """Turn transfers into lines; no statement of its own."""
    code = f"wallet:{employee.number}"
    return [
        WalletLine(
            at=row.at,
            points=(row.amount if row.credit == code else -row.amount),
            kind=_kind(row),
            text=row.reason or "",
            is_pending=codes.PENDING in row.flags or codes.VOID in row.flags,
            expires_on=row.expires_on if row.credit == code else None,
        )
        for row in rows
    ]


def _kind(row: Transfer) -> str:
    if codes.PENDING in row.flags:
        return "reserved"
    return "released" if codes.VOID in row.flags else row.kind


def offered() -> QuerySet[Item]:
    """Return what the mall shows."""
    return Item.objects.filter(is_published=True)


def redemptions_visible_to(person: Employee) -> QuerySet[Redemption]:
    """Return the redemptions this person may see: exactly those `rewards.view_redemption` allows."""
    if not person.is_active:
        return Redemption.objects.none()
    if roles_of(person, timezone.localdate()) & {"hr", "auditor", "administrator"}:
        return Redemption.objects.all()
    return Redemption.objects.filter(employee=person)


def granted_leave(*, words: str = "", unit: Unit | None = None, month: str = "") -> QuerySet[LeaveGrant]:
    """Return granted leave for HR, newest first, filtered by name or number, unit and month (2026-11)."""
    rows = LeaveGrant.objects.select_related("employee__unit__parent", "redemption__item")
    if words:
        rows = rows.filter(Q(employee__name__icontains=words) | Q(employee__number__startswith=words))
    if unit is not None:
        rows = rows.filter(employee__unit__path__startswith=unit.path)
    if len(month) == 7 and month[:4].isdigit() and month[5:].isdigit() and 1 <= int(month[5:]) <= 12:
        rows = rows.filter(granted_at__year=int(month[:4]), granted_at__month=int(month[5:]))
    return rows


@dataclass(frozen=True)
class BudgetLine:
    """A unit's budget: granted, awarded, left."""

    unit: str
    code: str
    granted: int
    awarded: int
    left: int


def budget_lines() -> list[BudgetLine]:
    """Return every budget by unit. 2 SQL statements."""
    names = dict(Unit.objects.values_list("code", "name"))
    rows = Account.objects.filter(code__startswith="budget:").order_by("code")
    return [
        BudgetLine(
            unit=names.get(row.code.removeprefix("budget:"), row.code.removeprefix("budget:")),
            code=row.code.removeprefix("budget:"),
            granted=row.credits_posted,
            awarded=row.debits_posted,
            left=row.credits_posted - row.debits_posted - row.debits_pending,
        )
        for row in rows
    ]


def leave_totals(rows: QuerySet[LeaveGrant]) -> dict[str, int]:
    """Return {people, half_days} of filtered leave. 1 SQL statement."""
    return rows.order_by().aggregate(people=Count("employee", distinct=True), half_days=Sum("half_days"))


def describe_redemption(key: str) -> tuple[list[tuple[str, object]], str] | None:
    """Tell approvers what a redemption is: item, day, points, what is left. 4 SQL statements."""
    row = Redemption.objects.select_related("item", "session", "employee__unit").filter(pk=key).first()
    if row is None:
        return None
    facts: list[tuple[str, object]] = [
        (_("Item"), row.item.title),
        (_("Points"), f"{row.points:,}"),
        (_("Unit"), row.employee.unit.name if row.employee.unit else "—"),
    ]
    if row.wanted_on is not None:
        half = _("afternoon") if row.is_afternoon else _("morning")
        facts.append((_("Wanted on"), f"{row.wanted_on} {half if row.item.half_days == 1 else ''}".strip()))
    if row.session is not None:
        facts.append((_("Session"), f"{timezone.localtime(row.session.starts_at):%Y-%m-%d %H:%M} {row.session.place}"))
    year = timezone.localdate().year
    granted = LeaveGrant.objects.filter(employee=row.employee, granted_at__year=year)
    facts.append((_("Half days granted this year"), granted.aggregate(Sum("half_days"))["half_days__sum"] or 0))
    if row.note:
        facts.append((_("Note"), row.note))
    return facts, reverse("rewards:redemption", args=[row.pk])


def every_transfer() -> Iterator[Transfer]:
    """Return every transfer in the order posted, read in pieces."""
    return Transfer.objects.order_by("number").iterator(2000)


def proposals_for(person: Employee) -> QuerySet[ManualAward]:
    """Return the manual awards a person may see, newest first: their own, everybody's for those who answer for points."""
    rows = ManualAward.objects.select_related("proposed_by", "budget_unit").order_by("-asked_at")
    return rows if person.has_perm("rewards.view_budgets") else rows.filter(proposed_by=person)


def describe_manual_award(key: str) -> tuple[list[tuple[str, object]], str] | None:
    """Tell approvers who would get how many points, from whose budget. 2 SQL statements."""
    row = ManualAward.objects.select_related("budget_unit").filter(pk=key).first()
    if row is None:
        return None
    names = dict(Employee.objects.filter(number__in=[line[0] for line in row.lines]).values_list("number", "name"))
    facts: list[tuple[str, object]] = [
        (_("Reason"), row.reason),
        (_("Points"), f"{row.points:,}"),
        (_("Paid by the budget of"), row.budget_unit.name if row.budget_unit else _("the company")),
        (_("For"), "、".join(f"{names.get(number, number)} {points:,}" for number, points in row.lines)),
    ]
    return facts, reverse("rewards:award", args=[row.pk])


@dataclass(frozen=True)
class Paid:
    """One award an event paid: whose wallet, from which account; `undone` has been taken back, `lapsed` has expired."""

    id: str
    number: str
    debit: str
    amount: int
    undone: int
    lapsed: int

    @property
    def points(self) -> int:
        """What the person has of it; what expired they had."""
        return self.amount - self.undone

    @property
    def reversible(self) -> int:
        """What may still be taken back: what has expired counts as taken back (spec/ledger.md)."""
        return self.points - self.lapsed


def paid_by(events: Sequence[str], *, on: date) -> list[Paid]:
    """Return the awards of these events in the order they were posted, as of a day. 3 SQL statements."""
    awards = list(Transfer.objects.filter(reference__in=events, kind=codes.AWARD).order_by("number"))
    ids = [str(row.id) for row in awards]
    undoing = Transfer.objects.filter(reference__in=ids, kind__in=codes.UNDOING_KINDS).order_by()
    undone = dict(undoing.values_list("reference").annotate(Sum("amount")))
    lapsed: dict[str, int] = {}
    for lot in Lot.objects.filter(origin__in=ids):
        is_past = lot.expires_on is not None and lot.expires_on < on
        lapsed[lot.origin] = lapsed.get(lot.origin, 0) + lot.expired_points + (lot.left if is_past else 0)
    return [
        Paid(key, row.credit.removeprefix("wallet:"), row.debit, row.amount, undone.get(key, 0), lapsed.get(key, 0))
        for row, key in zip(awards, ids, strict=True)
    ]
