"""Requests for leave as those who decide see them: days, who covers, who else is away, what is left."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.approvals import queries as approvals
from engine.approvals.models import Approval
from engine.approvals.subjects import Brief
from people.models import Employee
from rewards.models import LeaveRequest
from rewards.models.ledger import Lot
from rewards.pure import leave
from rewards.queries.leave import Ground, Limit, away, ground, used

MOST = 200


@dataclass(frozen=True)
class Row:
    """One request on the desk."""

    pk: int  # the approval's
    key: UUID  # the redemption's
    name: str
    number: str
    unit: str
    item: str
    half_days: int
    days: str
    cover: str
    misses_cover: bool
    suggested: str
    suggested_number: str
    absent: str
    is_full: bool
    black_out: str
    this_year: int
    balance: int
    points: int
    round: int
    asked_at: datetime
    note: str
    due_at: datetime | None = None
    is_overdue: bool = False
    numbers: str = field(default="[]")


def waiting(person: Employee, *, at: datetime, words: str = "") -> list[Row]:
    """Return the requests for leave that wait for somebody, the longest waiting first. 4 SQL statements for any number."""
    rows = approvals.narrowed(approvals.waiting_for(person), policy="leave-redemption", words=words)
    found = list(rows[:MOST])
    keys = {row.subject.removeprefix("redemption:"): row for row in found if row.subject.startswith("redemption:")}
    held = ground(employees=[row.applicant for row in found], at=at, keys=keys)
    requests = {str(row.pk): row for row in held.requests}
    money = balances([row.applicant.number for row in found], on=timezone.localdate(at))
    return [_row(approval, requests[key], held, money, at=at) for key, approval in keys.items() if key in requests]


def _row(approval: Approval, request: LeaveRequest, held: Ground, money: Mapping[str, int], *, at: datetime) -> Row:
    redemption, person = request.redemption, approval.applicant
    quota = fullest(request, held)
    rule = getattr(redemption.item, "leave_rule", None)
    mine = [row for row in held.requests if row.redemption.employee_id == person.pk]
    numbers = [(_("Half days"), request.half_days), (_("Points"), redemption.points)]
    return Row(
        pk=approval.pk,
        key=redemption.pk,
        name=person.name,
        number=person.number,
        unit=person.unit.name if person.unit else "",
        item=redemption.item.title,
        half_days=request.half_days,
        days=days_text(request),
        cover=request.cover.name if request.cover else "",
        suggested=request.suggested.name if request.suggested and request.cover is None else "",
        suggested_number=request.suggested.number if request.suggested else "",
        misses_cover=bool(rule and rule.needs_cover and request.wanted_on and request.cover is None),
        absent=f"{quota[1]}/{quota[2]}" if quota else "",
        is_full=bool(quota and quota[1] >= quota[2]),
        black_out=black_out(request, held),
        this_year=used(mine, path="", item=None, year=timezone.localdate(at).year),
        balance=money.get(person.number, 0),
        points=redemption.points,
        round=approval.round,
        asked_at=redemption.asked_at,
        note=redemption.note,
        due_at=approval.due_at,
        is_overdue=approval.due_at is not None and approval.due_at < at,
        numbers=json.dumps(numbers, ensure_ascii=False),
    )


def fullest(request: LeaveRequest, held: Ground) -> tuple[str, int, int] | None:
    """Return (unit, how many others are away, how many may be) where and when it is tightest; None without a quota."""
    path, halves = request.unit.path if request.unit else "", leave.read(request.halves)
    others = [row for row in held.requests if row.pk != request.pk]
    found = []
    for row in held.limits:
        if row.what == "quota" and path.startswith(row.path) and halves:
            gone = away(others, row.path, but=request.redemption.employee.number)
            most = max(len(gone.get(half, ())) for half in halves)
            found.append((row.unit, most, row.number or 0))
    return min(found, key=lambda row: row[2] - row[1], default=None)


def quota_text(quota: tuple[str, int, int]) -> str:
    """Return the tightest quota in words."""
    unit, gone, most = quota
    return _("%(unit)s: %(gone)s of at most %(most)s are away") % {"unit": unit, "gone": gone, "most": most}


def black_out(request: LeaveRequest, held: Ground) -> str:
    """Return why the days are black-out days by now, '' when they are not."""
    path, days = request.unit.path if request.unit else "", {half.day for half in leave.read(request.halves)}
    closed = [row for row in held.limits if row.what == "black-out" and path.startswith(row.path)]
    return next((row.reason for row in closed if any(_holds(row, day) for day in days)), "")


def _holds(row: Limit, day: date) -> bool:
    return bool(row.from_on and row.until_on and row.from_on <= day <= row.until_on)


def days_text(request: LeaveRequest) -> str:
    """Return the wished days in words, '' without any."""
    halves = leave.read(request.halves)
    if not halves:
        return ""
    words = {False: _("morning"), True: _("afternoon")}
    first, last = halves[0], halves[-1]
    if len(halves) == 1:
        return f"{first.day:%m-%d} {words[first.is_afternoon]}"
    if first.day == last.day:
        return f"{first.day:%m-%d}"
    begins = f" {words[True]}" if first.is_afternoon else ""
    ends = "" if last.is_afternoon else f" {words[False]}"
    return f"{first.day:%m-%d}{begins} – {last.day:%m-%d}{ends}"


def balances(numbers: Iterable[str], *, on: date) -> dict[str, int]:
    """Return employee number → points to spend on a day. 1 SQL statement."""
    usable = Q(expires_on=None) | Q(expires_on__gte=on)
    rows = Lot.objects.filter(usable, wallet__in=[f"wallet:{number}" for number in numbers], left__gt=0)
    return {
        wallet.removeprefix("wallet:"): left
        for wallet, left in rows.order_by().values_list("wallet").annotate(Sum("left"))
    }


@dataclass(frozen=True)
class Absence:
    """Somebody else of the shop in one of the wished half days."""

    name: str
    number: str
    unit: str
    days: str
    is_decided: bool


def absences(request: LeaveRequest, held: Ground, *, path: str) -> list[Absence]:
    """Return who else of a unit, or below it, has or asks for leave in the wished half days; no statement."""
    wanted, mine = set(leave.read(request.halves)), request.redemption.employee_id
    return [
        Absence(
            row.redemption.employee.name, row.redemption.employee.number, row.unit.name if row.unit else "",
            days_text(row), row.redemption.state != "reserved",
        )
        for row in held.requests
        if row.pk != request.pk and row.redemption.employee_id != mine
        and row.unit and row.unit.path.startswith(path) and wanted & set(leave.read(row.halves))
    ]  # fmt: skip


def facts(request: LeaveRequest, *, at: datetime) -> list[tuple[str, object]]:
    """Return what an approver should know of a wish beside its item and points. 2 SQL statements."""
    employee = request.redemption.employee
    held = ground(employees=[employee], at=at, keys=[request.pk])
    found: list[tuple[str, object]] = [(_("Half days"), request.half_days)]
    if days := days_text(request):
        found.append((_("Wanted on"), days))
    if closed := black_out(request, held):
        found.append((_("Black-out days"), closed))
    if (quota := fullest(request, held)) is not None:
        found.append((_("Cover quota"), quota_text(quota)))
    if request.halves:
        path = "/".join(employee.unit.ancestor_codes[:3]) + "/" if employee.unit else ""
        others = [f"{row.name} ({row.days})" for row in absences(request, held, path=path)]
        found.append((_("Also away"), "、".join(others[:8]) or _("nobody")))
    found.append((_("Who covers"), request.cover.name if request.cover else _("nobody named")))
    if request.suggested and request.cover is None:
        found.append((_("The applicant suggests"), request.suggested.name))
    mine = [row for row in held.requests if row.redemption.employee_id == employee.pk]
    found.append((_("Half days this year"), used(mine, path="", item=None, year=timezone.localdate(at).year)))
    return found


def briefs(keys: Sequence[str], *, at: datetime) -> dict[str, list[Brief]]:
    """Return redemption → days, cover and quota of each that is one of leave: what a yes to many at once rests on. At most
    3 SQL statements for any number.
    """
    wanted = {UUID(key) for key in keys}
    wishes = LeaveRequest.objects.filter(redemption__in=wanted).select_related("redemption__employee__unit")
    people = {row.redemption.employee_id: row.redemption.employee for row in wishes}
    held = ground(employees=people.values(), at=at, keys=wanted) if people else Ground()
    return {str(row.pk): _brief(row, held) for row in held.requests if row.pk in wanted}


def _brief(request: LeaveRequest, held: Ground) -> list[Brief]:
    found = [Brief(_("Wanted on"), days_text(request) or _("days not chosen yet"))]
    if closed := black_out(request, held):
        found.append(Brief(_("Black-out days"), closed, is_warning=True))
    rule = getattr(request.redemption.item, "leave_rule", None)
    needs = bool(rule and rule.needs_cover and request.wanted_on)
    if request.cover is not None:
        found.append(Brief(_("Who covers"), request.cover.name))
    elif request.suggested is not None:
        words = _("suggested: %(name)s") % {"name": request.suggested.name}
        found.append(Brief(_("Who covers"), words, is_warning=needs))
    elif request.wanted_on is not None:
        found.append(Brief(_("Who covers"), _("nobody named"), is_warning=needs))
    if (quota := fullest(request, held)) is not None:
        found.append(Brief(_("Cover quota"), quota_text(quota), is_warning=quota[1] >= quota[2]))
    return found


def candidates(request: LeaveRequest, rows: Iterable[Employee], held: Ground) -> list[tuple[Employee, str]]:
    """Return who may cover, each with why they cannot ('' when they can); those who can come first."""
    wanted = set(leave.read(request.halves))
    gone: dict[str, set[leave.Half]] = defaultdict(set)
    covers: dict[str, set[leave.Half]] = defaultdict(set)
    for row in held.requests:
        gone[row.redemption.employee.number] |= set(leave.read(row.halves))
        if row.cover is not None and row.pk != request.pk:
            covers[row.cover.number] |= set(leave.read(row.halves))
    found = [
        (
            row,
            _("away")
            if gone[row.number] & wanted
            else _("covers somebody else")
            if covers[row.number] & wanted
            else "",
        )
        for row in rows
    ]
    return sorted(found, key=lambda pair: bool(pair[1]))
