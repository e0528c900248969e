"""The company as the pure core asks about it: people by employee number, read from the tables of people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from engine.approvals.models import Panel
from people.models import Employee, Substitute
from people.queries import heads_upward, holders, holders_near


class CompanyDirectory:
    """Answers of one moment: each question is asked of the database once.

    Who has left is not found. Employees seen on the way are remembered, so that their keys cost no statement of their own.
    """

    def __init__(
        self, *, applicant: Employee, at: datetime, named: Iterable[str] = (), is_without_substitutes: bool = False
    ) -> None:
        self._applicant = applicant
        self._at = at
        self._day = timezone.localdate(at)
        self._standing: dict[str, list[Substitute]] | None = {} if is_without_substitutes else None
        self._named = set(named)  # numbers a policy names, looked up together
        self._known: dict[str, Employee | None] = {applicant.number: applicant}
        self._answers: dict[tuple[str, ...], list[str]] = {}

    def exists(self, person: str) -> bool:
        """Whether the person is employed."""
        self._look_up({person} | self._named)
        found = self._known[person]
        return found is not None and found.is_active and found.left_on is None

    def heads_above(self, person: str) -> Sequence[str]:
        """Unit heads above a person, nearest first."""
        employee = self._employee(person)
        return self._once(("heads", person), lambda: heads_upward(employee) if employee else [])

    def holders(self, role: str) -> Sequence[str]:
        """Everybody who holds the role today, by number."""
        return self._once(("holders", role), lambda: holders(role, self._day))

    def holders_near(self, role: str, person: str) -> Sequence[str]:
        """Holders in the person's unit, else in the nearest unit above that has one, else of the whole company."""
        employee = self._employee(person)
        if employee is None or employee.unit is None:
            return self.holders(role)
        unit = employee.unit
        return self._once(("near", role, person), lambda: holders_near(role, unit, self._day))

    def administrators(self) -> Sequence[str]:
        """Holders of the role administrator; without one, the person `admin`."""
        return self.holders("administrator") or ["admin"]

    def panel(self, name: str) -> Sequence[str]:
        """The members of a panel in their drawn order, who has left excepted."""
        if ("panel", name) not in self._answers:
            panel = Panel.objects.filter(name=name).first()
            members = panel.members if panel else []
            self._look_up(set(members))
            self._answers["panel", name] = [number for number in members if self.exists(number)]
        return self._answers["panel", name]

    def substitutes(self, person: str, policy: str) -> Sequence[str]:
        """Who stands for a person now; all substitutions in force are read at once, by one statement."""
        if self._standing is None:
            self._standing = {}
            for row in in_force(self._at).select_related("person", "to").order_by("pk"):
                self._standing.setdefault(row.person.number, []).append(row)
                self._known[row.to.number] = row.to
        rows = self._standing.get(person, [])
        return [row.to.number for row in rows if row.to.is_active and (not row.policies or policy in row.policies)]

    def hour_clock(self, minute: int) -> int:
        """Minutes of the wall clock: an hour between two urgings is an hour, at night too."""
        return int(self._at.timestamp() // 60)

    def keys(self, numbers: Iterable[str]) -> list[int]:
        """Return the primary keys of people, in the order of their numbers; who does not exist is left out."""
        wanted = sorted(numbers)
        self._look_up(set(wanted))
        return [found.pk for number in wanted if (found := self._known[number]) is not None]

    def _employee(self, number: str) -> Employee | None:
        self._look_up({number})
        return self._known[number]

    def _look_up(self, numbers: set[str]) -> None:
        if missing := numbers - self._known.keys():
            found = {row.number: row for row in Employee.objects.select_related("unit").filter(number__in=missing)}
            self._known |= {number: found.get(number) for number in missing}

    def _once(self, question: tuple[str, ...], ask: object) -> list[str]:
        if question not in self._answers:
            people = list(ask())  # type: ignore[operator]
            self._known |= {person.number: person for person in people}
            self._answers[question] = [person.number for person in people]
        return self._answers[question]


def in_force(at: datetime) -> QuerySet[Substitute]:
    """Return the substitutions in force at a moment."""
    return Substitute.objects.filter(Q(until_at=None) | Q(until_at__gt=at), from_at__lte=at)
