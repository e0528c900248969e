"""Reads about points that more than one caller needs; each says its number of SQL statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Employee, Unit
from people.queries import roles_of
from rewards.models import Item, LeaveGrant, LeaveRequest, ManualAward, Redemption
from rewards.models.ledger import Account, Lot, Transfer
from rewards.pure import codes
from rewards.pure.transfers import DEFAULT_FUND, fund_of
from rewards.queries import funds, leave_desk
from rewards.queries.movements import owner_of


@dataclass(frozen=True)
class Balance:
    """A wallet: points to spend, points reserved, and what expires next; `others` are those of the person's other funds."""

    available: int
    reserved: int
    expiring: int = 0
    expires_on: date | None = None
    fund: str = ""
    name: str = ""
    others: tuple[Balance, ...] = ()


def balance(employee: Employee, *, on: date | None = None) -> Balance:
    """Return a person's wallet on a day, with those in other funds. 2 SQL statements, 3 with other funds."""
    day = on or timezone.localdate()
    code = f"wallet:{employee.number}"
    held = dict(
        Account.objects.filter(Q(code=code) | Q(code__startswith=f"{code}@")).values_list("code", "debits_pending")
    )
    if not held:
        return Balance(0, 0)
    usable = Q(expires_on__isnull=True) | Q(expires_on__gte=day)
    rows = Lot.objects.filter(usable, Q(wallet=code) | Q(wallet__startswith=f"{code}@"), left__gt=0)
    lots: dict[str, list[tuple[int, date | None]]] = {}
    for wallet, left, expires_on in rows.values_list("wallet", "left", "expires_on"):
        lots.setdefault(wallet, []).append((left, expires_on))
    names = funds.names() if set(held) - {code} else {}
    found = {
        fund_of(wallet): _wallet(lots.get(wallet, []), held[wallet], fund_of(wallet), names) for wallet in sorted(held)
    }
    first = found.pop(DEFAULT_FUND, Balance(0, 0, fund=DEFAULT_FUND, name=names.get(DEFAULT_FUND, "")))
    return replace(first, others=tuple(found.values()))


def _wallet(lots: list[tuple[int, date | None]], reserved: int, fund: str, names: dict[str, str]) -> Balance:
    first = min((expires for _left, expires in lots if expires), default=None)
    expiring = sum(left for left, expires in lots if expires == first) if first else 0
    return Balance(sum(left for left, _expires in lots), reserved, expiring, first, fund, names.get(fund, fund))


def any_budget() -> bool:
    """Return whether a unit has ever been given points. 1 SQL statement."""
    return Account.objects.filter(pk__startswith="budget:").exists()


def offered() -> QuerySet[Item]:
    """Return what the mall shows."""
    return Item.objects.filter(state=Item.State.PUBLISHED)


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


def leave_totals(rows: QuerySet[LeaveGrant]) -> dict[str, int]:
    """Return {people, half_days} of filtered leave. 1 SQL statement."""
    return rows.order_by().aggregate(people=Count("employee", distinct=True), half_days=Sum("half_days"))


def describe_redemption(key: str) -> tuple[list[tuple[str, object]], str] | None:
    """Tell approvers what a redemption is: item, day, points, who covers, who else is away. At most 5 SQL statements."""
    row = Redemption.objects.select_related("item", "session", "employee__unit").filter(pk=key).first()
    if row is None:
        return None
    facts: list[tuple[str, object]] = [
        (_("Item"), row.item.title),
        (_("Points"), f"{row.points:,}"),
        *funds.facts(row.item.fund),
    ]
    wish = LeaveRequest.objects.filter(redemption=row).select_related(
        "redemption__employee__unit", "redemption__item", "cover", "unit"
    )
    request = wish.first() if row.item.kind == Item.Kind.LEAVE else None
    if request is not None:
        facts += leave_desk.facts(request, at=timezone.now())
    if row.session is not None:
        facts.append((_("Session"), f"{timezone.localtime(row.session.starts_at):%Y-%m-%d %H:%M} {row.session.place}"))
    if row.note:
        facts.append((_("Note"), row.note))
    page = "rewards:redemption" if request is None else "rewards:leave-request"
    return facts, reverse(page, args=[row.pk])


def proposals_for(person: Employee) -> QuerySet[ManualAward]:
    """Return the manual awards a person may see, newest first: their own, everybody's for those who answer for points."""
    rows = ManualAward.objects.select_related("proposed_by", "budget_unit").order_by("-asked_at")
    return rows if person.has_perm("rewards.view_budgets") else rows.filter(proposed_by=person)


MOST_SHOWN = 20


def describe_manual_award(key: str) -> tuple[list[tuple[str, object]], str] | None:
    """Tell approvers who would get how many points, from whose budget. At most 3 SQL statements."""
    row = ManualAward.objects.select_related("budget_unit").filter(pk=key).first()
    if row is None:
        return None
    shown = row.lines[:MOST_SHOWN]
    names = dict(Employee.objects.filter(number__in=[line[0] for line in shown]).values_list("number", "name"))
    people = "、".join(f"{names.get(line[0], line[0])} {line[1]:,}" for line in shown)
    if len(row.lines) > len(shown):
        people = _("%(people)s … %(n)s people in all") % {"people": people, "n": f"{len(row.lines):,}"}
    facts: list[tuple[str, object]] = [
        (_("Reason"), row.reason),
        (_("Points"), f"{row.points:,}"),
        *funds.facts(row.fund),
        (_("Paid by the budget of"), row.budget_unit.name if row.budget_unit else _("the company")),
        (_("For"), people),
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
    for lot in Lot.objects.filter(wallet__in={row.credit for row in awards}, origin__in=ids):
        is_past = lot.expires_on is not None and lot.expires_on < on
        lapsed[lot.origin] = lapsed.get(lot.origin, 0) + lot.expired_points + (lot.left if is_past else 0)
    return [
        Paid(key, owner_of(row.credit), row.debit, row.amount, undone.get(key, 0), lapsed.get(key, 0))
        for row, key in zip(awards, ids, strict=True)
    ]
