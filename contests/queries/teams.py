"""Teams: who stands in them, who may register one, whose entry is whose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from contests.models import Contest, Registration, Teammate
from people.models import Employee, Unit

STANDING = (Registration.State.APPLIED, Registration.State.CONFIRMED, Registration.State.WAITLISTED)
# Who takes part: not left, and no substitute who still waits.
PRESENT = Q(left_at=None) & (Q(is_substitute=False) | Q(stepped_in_for__isnull=False))


def units_of(person: Employee) -> list[Unit]:
    """Return the units somebody may register a team for: their own up to the plant, and what they head. Two statements."""
    codes = person.unit.ancestor_codes if person.unit else []
    mine = Q(code__in=codes) & ~Q(kind=Unit.Kind.COMPANY)
    return list(Unit.objects.filter(mine | Q(head=person)).order_by("path"))


def taken(contest: Contest, people: Sequence[Employee]) -> list[str]:
    """Return the names of people who stand in a registration of this contest already, alone or in a team. Two statements."""
    rows = Registration.objects.filter(contest=contest, state__in=STANDING)
    alone = rows.filter(employee__in=people).values_list("employee__name", flat=True)
    mates = Teammate.objects.filter(registration__in=rows, employee__in=people, left_at=None)
    return sorted({*alone, *mates.values_list("employee__name", flat=True)})


def of_person(person: Employee, contest: Contest) -> Q:
    """Return the condition `the registration of this contest is the person's, alone or in a team`."""
    mine = Q(employee=person)
    if contest.team_size > 1:
        mates = Teammate.objects.filter(employee=person, left_at=None, registration__contest=contest)
        mine |= Q(pk__in=mates.values("registration"))
    return mine


@dataclass(frozen=True)
class Mate:
    """One person of a team; `state` is present · waiting (a substitute) · left."""

    pk: int
    name: str
    number: str
    unit: str
    role: str
    is_captain: bool
    state: str
    reason: str


def mates_of(registration: Registration) -> list[Mate]:
    """Return a team's people, who takes part first. One statement."""
    order = {"present": 0, "waiting": 1, "left": 2}
    rows = registration.team.select_related("employee__unit").order_by("pk")
    found = [
        Mate(
            pk=row.pk, name=row.employee.name, number=row.employee.number,
            unit=row.employee.unit.name if row.employee.unit else "", role=row.role,
            is_captain=row.employee_id == registration.employee_id, reason=row.reason,
            state="left" if row.left_at else "present" if row.takes_part else "waiting",
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda mate: (order[mate.state], not mate.is_captain))


def members(entries: Iterable[int]) -> Mapping[int, list[Employee]]:
    """Return entry → the people who take part in its team, the captain first. One statement."""
    rows = present(entries).select_related("employee__unit", "entry")
    found: dict[int, list[Employee]] = {}
    for row in sorted(rows, key=lambda row: (row.entry is None or row.employee_id != row.entry.employee_id, row.pk)):
        found.setdefault(row.entry_id or 0, []).append(row.employee)
    return found


def present(entries: Iterable[int]) -> QuerySet[Teammate]:
    """Return the rows of those who take part in these entries' teams."""
    return Teammate.objects.filter(PRESENT, entry__in=list(entries))
