"""Reads about leave: what a wish is judged against, who is away, what was granted; each says its SQL statements."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, DateField, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from people.models import Employee, Unit
from people.pure.calendar import WorkingCalendar
from people.queries import within, working_calendar
from rewards.models import BlackOut, CoverQuota, Item, LeaveRequest, Redemption, UnitCap
from rewards.pure import leave

COUNTING = (Redemption.State.RESERVED, Redemption.State.FULFILLED)
MOST_COLLEAGUES = 200  # as many stand in a choice
KEPT_DAYS = 31  # how long past wishes and black-outs are still looked at


@dataclass(frozen=True)
class Limit:
    """One row of what units set: a yearly cap, a cover quota or black-out days; `path` is the unit's."""

    what: str
    path: str
    unit: str
    number: int | None = None
    item: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    reason: str = ""


@dataclass
class Ground:
    """Everything leave is judged by, read once for many requests."""

    limits: list[Limit] = field(default_factory=list)
    requests: list[LeaveRequest] = field(default_factory=list)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working calendar; 2 SQL statements, when somebody asks."""
        return working_calendar()


def limits(codes: Iterable[str], *, since: date) -> list[Limit]:
    """Return the caps, quotas and black-out days of units. 1 SQL statement."""
    near = Q(unit__code__in=list(codes))
    nothing: dict[str, Any] = {
        "number": Cast(Value(None), BigIntegerField()), "item_key": Cast(Value(None), BigIntegerField()),
        "begins": Cast(Value(None), DateField()), "ends": Cast(Value(None), DateField()),
        "why": Cast(Value(""), CharField()),
    }  # fmt: skip
    names = ("what", "path", "name", *nothing)

    def rows(found: Any, what: str, **given: Any) -> Any:
        of_unit = {"what": Value(what), "path": F("unit__path"), "name": F("unit__name")}
        return found.filter(near).order_by().annotate(**of_unit, **(nothing | given)).values_list(*names)

    caps = rows(UnitCap.objects, "cap", number=Cast(F("half_days"), BigIntegerField()),
                item_key=Cast(F("item"), BigIntegerField()))  # fmt: skip
    quotas = rows(CoverQuota.objects, "quota", number=Cast(F("most_away"), BigIntegerField()))
    closed = rows(BlackOut.objects.filter(until_on__gte=since), "black-out", begins=F("from_on"), ends=F("until_on"),
                  why=F("reason"))  # fmt: skip
    return sorted((Limit(*row) for row in caps.union(quotas, closed, all=True)), key=lambda row: (row.what, row.path))


def ground(*, employees: Iterable[Employee], at: datetime, keys: Iterable[object] = ()) -> Ground:
    """Read what leave of these people is judged by. 2 SQL statements for any number of people.

    Args:
        keys: ids of redemptions that are wanted whatever their days.
    """
    today = timezone.localdate(at)
    people = [person for person in employees if person.unit]
    codes = {code for person in people for code in person.unit.ancestor_codes}  # type: ignore[union-attr]
    near = Q(pk__in=list(keys))
    for code in {person.unit.ancestor_codes[0] for person in people}:  # type: ignore[union-attr]
        near |= Q(unit__path__startswith=f"{code}/")
    since = today - timedelta(days=KEPT_DAYS)
    recent = Q(ends_on__gte=since) | Q(redemption__asked_at__gte=_new_year(today)) | Q(pk__in=list(keys))
    rows = LeaveRequest.objects.filter(near & recent, redemption__state__in=COUNTING)
    joined = rows.select_related(
        "redemption__item__leave_rule", "redemption__employee__unit", "unit", "cover", "suggested"
    )
    return Ground(limits(codes, since=since), list(joined))


def _new_year(today: date) -> datetime:
    return timezone.make_aware(datetime.combine(date(today.year, 1, 1), time()))


def facts_of(held: Ground, *, item: Item, employee: Employee, at: datetime, but: object = None) -> leave.Facts:
    """Return what a wish of one person is judged against; no statement beside the calendar's.

    Args:
        but: id of a redemption that is not counted: the one being judged.
    """
    today, path = timezone.localdate(at), employee.unit.path if employee.unit else ""
    others = [row for row in held.requests if row.pk != but]
    mine = [row for row in held.limits if path.startswith(row.path)]
    return leave.Facts(
        today=today,
        last_on=last_day(item.valid_months, today),
        is_working=held.calendar.is_working,
        person_cap=_person_cap(item, [row for row in others if row.redemption.employee_id == employee.pk], today),
        unit_caps=tuple(
            leave.Cap(row.unit, row.number or 0, used(others, path=row.path, item=row.item, year=today.year))
            for row in mine
            if row.what == "cap" and row.item in {None, item.pk}
        ),
        black_outs=tuple(
            leave.BlackOut(row.unit, row.from_on, row.until_on, row.reason)
            for row in mine
            if row.what == "black-out" and row.from_on and row.until_on
        ),
        quotas=tuple(
            leave.Quota(row.unit, row.number or 0, away(others, row.path, but=employee.number))
            for row in mine
            if row.what == "quota"
        ),
    )


def _person_cap(item: Item, rows: list[LeaveRequest], today: date) -> leave.Cap | None:
    rule = getattr(item, "leave_rule", None)
    if rule is None or rule.person_cap_half_days is None:
        return None
    return leave.Cap(item.title, rule.person_cap_half_days, used(rows, path="", item=item.pk, year=today.year))


def used(rows: Iterable[LeaveRequest], *, path: str, item: int | None, year: int) -> int:
    """Return how many half days were asked for in a year by people of a unit, or below it; no statement."""
    return sum(
        row.half_days
        for row in rows
        if timezone.localdate(row.redemption.asked_at).year == year
        and (not path or (row.unit and row.unit.path.startswith(path)))
        and item in {None, row.redemption.item_id}
    )


def away(rows: Iterable[LeaveRequest], path: str, *, but: str = "") -> Mapping[leave.Half, frozenset[str]]:
    """Return half → numbers of those of a unit, or below it, who have or ask for leave in it; no statement."""
    found: dict[leave.Half, set[str]] = defaultdict(set)
    for row in rows:
        if row.unit and row.unit.path.startswith(path) and row.redemption.employee.number != but:
            for half in leave.read(row.halves):
                found[half].add(row.redemption.employee.number)
    return {half: frozenset(numbers) for half, numbers in found.items()}


def covering(rows: Iterable[LeaveRequest], *, but: object = None) -> Mapping[leave.Half, frozenset[str]]:
    """Return half → numbers of those who cover somebody in it; no statement."""
    found: dict[leave.Half, set[str]] = defaultdict(set)
    for row in rows:
        if row.cover is not None and row.pk != but:
            for half in leave.read(row.halves):
                found[half].add(row.cover.number)
    return {half: frozenset(numbers) for half, numbers in found.items()}


def last_day(months: int, today: date) -> date:
    """Return the last day of an entitlement granted today: the same day so many months later, or that month's last."""
    years, month = divmod(today.month - 1 + months, 12)
    year = today.year + years
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Outlook:
    """What somebody sees before asking: black-out days to come, what is left of each yearly cap, the last day, and who
    might cover the shift."""

    closed: tuple[leave.BlackOut, ...]
    mine: leave.Cap | None
    units: tuple[leave.Cap, ...]
    last_on: date
    colleagues: tuple[Employee, ...]


def outlook(facts: leave.Facts, employee: Employee) -> Outlook:
    """Return what a person should know before asking. 2 SQL statements."""
    near = near_first(colleagues(employee), employee)[:MOST_COLLEAGUES]
    return Outlook(leave.closed_ahead(facts), facts.person_cap, facts.unit_caps, facts.last_on, tuple(near))


def near_first(rows: Any, employee: Employee) -> Any:
    """Order people: those of the person's own unit first."""
    is_far = Case(When(unit=employee.unit, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(is_far, "unit__path", "number")


def colleagues(employee: Employee) -> Any:
    """Return who may cover for somebody: active people of the same shop, ordered by unit. At most 1 SQL statement to
    find the shop."""
    rows = Employee.objects.filter(is_active=True).exclude(pk=employee.pk).select_related("unit")
    unit = employee.unit
    if unit is None:
        return rows.none()
    shop = unit if unit.kind == Unit.Kind.SHOP else None
    if shop is None:
        shop = Unit.objects.filter(code__in=unit.ancestor_codes, kind=Unit.Kind.SHOP).first()
    return rows.filter(within(shop or unit)).order_by("unit__path", "number")
