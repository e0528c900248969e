"""Registrations as their owner and the organiser see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from contests.models import Contest, Entry, Registration, Teammate
from contests.queries.contests import waitlist_place
from contests.queries.seal_keys import tag_of
from people.models import Employee
from people.queries import roles_of

State = Registration.State


def visible_to(person: Employee) -> QuerySet[Registration]:
    """Return the registrations this person may see: exactly those `contests.view_registration` allows."""
    if not person.is_active:
        return Registration.objects.none()
    roles = roles_of(person, timezone.localdate())
    if roles & {"union_chair", "administrator", "auditor"}:
        return Registration.objects.all()
    seen = Q(employee=person) | Q(pk__in=Teammate.objects.filter(employee=person, left_at=None).values("registration"))
    if "organiser" in roles:
        seen |= Q(contest__organiser=person)
    return Registration.objects.filter(seen)


@dataclass(frozen=True)
class MyRegistration:
    """One of my contests: where my registration stands, my code once drawn, my rank once public."""

    contest_code: str
    title: str
    contest_state: str
    contest_state_label: str
    held_from_on: date | None
    state: str
    state_label: str
    reason: str
    waitlist_place: int | None
    registration_id: int
    entry_code: str
    start_order: int | None
    rank: int | None
    total: str


def mine(person: Employee) -> list[MyRegistration]:
    """Return this person's registrations, newest first. Two statements, one more for each waitlisted one."""
    mine = Q(employee=person) | Q(pk__in=Teammate.objects.filter(employee=person, left_at=None).values("registration"))
    rows = list(Registration.objects.filter(mine).select_related("contest").order_by("-applied_at"))
    tags = [tag_of(row.contest.code, row.employee_id) for row in rows if row.contest.is_sealed]
    own = Q(employee=person) | Q(pk__in=Teammate.objects.filter(employee=person, left_at=None).values("entry"))
    own = own | Q(owner_tag__in=tags) if tags else own
    entries = {entry.contest_id: entry for entry in Entry.objects.filter(own).select_related("result", "contest")}
    return [_mine(row, entries.get(row.contest_id)) for row in rows]


def _mine(row: Registration, entry: Entry | None) -> MyRegistration:
    result = getattr(entry, "result", None) if entry else None
    return MyRegistration(
        contest_code=row.contest.code,
        title=row.contest.title,
        contest_state=row.contest.state,
        contest_state_label=row.contest.get_state_display(),
        held_from_on=row.contest.held_from_on,
        state=row.state,
        state_label=row.get_state_display(),
        reason=row.reason,
        waitlist_place=waitlist_place(row) if row.state == State.WAITLISTED else None,
        registration_id=row.pk,
        entry_code=entry.code if entry else "",
        start_order=entry.start_order if entry else None,
        rank=result.rank if result else None,
        total=format(result.total, "f") if result else "",
    )


@dataclass(frozen=True)
class ReviewRow:
    """One registration in the organiser's review list."""

    registration_id: int
    number: str
    name: str
    unit: str
    trade: str
    skill_level: str
    phone: str
    note: str
    state: str
    state_label: str
    reason: str
    team: str
    people: int
    applied_at: datetime
    decided_at: datetime | None


def of_contest(contest: Contest, *, state: str = "", words: str = "") -> QuerySet[Registration]:
    """Return a contest's registrations in the order of application, to be paged and given to `review_rows`. One statement."""
    rows = contest.registrations.select_related("employee__unit", "employee__trade").order_by("applied_at", "id")
    rows = rows.annotate(people=Count("team", filter=Q(team__left_at=None)))
    if state:
        rows = rows.filter(state=state)
    if words.strip():
        word = words.strip()
        rows = rows.filter(
            Q(employee__name__icontains=word)
            | Q(employee__number__startswith=word)
            | Q(employee__unit__name__icontains=word)
            | Q(team_name__icontains=word)
        )
    return rows


def review_rows(registrations: QuerySet[Registration] | list[Registration]) -> list[ReviewRow]:
    """Turn registrations of `of_contest` into plain rows; no statement of its own."""
    return [
        ReviewRow(
            registration_id=row.pk,
            number=row.employee.number,
            name=row.employee.name,
            unit=row.employee.unit.name if row.employee.unit else "",
            trade=row.employee.trade.name if row.employee.trade else "",
            skill_level=row.employee.get_skill_level_display(),
            phone=row.phone,
            note=row.note,
            state=row.state,
            state_label=row.get_state_display(),
            reason=row.reason,
            team=row.team_name,
            people=row.people,  # type: ignore[attr-defined]  # counted by `of_contest`
            applied_at=row.applied_at,
            decided_at=row.decided_at,
        )
        for row in registrations
    ]
