"""The company as the pure core asks about it: people by employee number, read from the tables of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone

from engine.approvals import hot, subjects
from engine.approvals.models import Panel
from people.models import Employee, Substitute
from people.queries import heads_upward, holders, holders_near


class CompanyDirectory:
    """Answers of one moment: each question is asked of the database once.

    Who has left is not found. Employees seen on the way are remembered, so that their keys cost no statement of their own.
    """

    def __init__(
        self, *, at: datetime, named: Iterable[str] = (), applicant: Employee | None = None,
        is_without_substitutes: bool = False, known: Mapping[str, tuple[int, bool] | None] | None = None,
        subject: str = "",
    ) -> None:  # fmt: skip
        self._at, self._subject = at, subject
        self._standing: dict[str, list[Substitute]] | None = {} if is_without_substitutes else None
        self._named = frozenset(named)  # numbers a policy names, looked up together
        self._employees: dict[str, Employee] = {}
        self._known: dict[str, tuple[int, bool] | None] = dict(known or {})  # number → key, and whether employed
        self._answers: dict[tuple[str, ...], list[str]] = {}
        if applicant is not None:
            self.meet(applicant)

    def meet(self, person: Employee) -> None:
        """Remember somebody the caller has read."""
        self._employees[person.number], self._known[person.number] = person, _seen(person)

    @cached_property
    def _day(self) -> date:
        return timezone.localdate(self._at)

    def exists(self, person: str) -> bool:
        """Whether the person is employed."""
        self._look_up({person} | self._named)
        found = self._known[person]
        return found is not None and found[1]

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

    def of_subject(self, name: str) -> Sequence[str]:
        """Whom the subject's own app calls by a name, who has left excepted."""
        if ("subject", name) not in self._answers:
            people = subjects.people(self._subject, name)
            self._look_up(set(people))
            self._answers["subject", name] = [number for number in people if self.exists(number)]
        return self._answers["subject", name]

    def substitutes(self, person: str, policy: str) -> Sequence[str]:
        """Who stands for a person now; all substitutions in force are read at once, by one statement."""
        if self._standing is None:
            self._standing = {}
            for row in in_force(self._at).select_related("person", "to").order_by("pk"):
                self._standing.setdefault(row.person.number, []).append(row)
                self._known[row.to.number] = _seen(row.to)
        rows = self._standing.get(person, [])
        return [row.to.number for row in rows if row.to.is_active and (not row.policies or policy in row.policies)]

    def hour_clock(self, minute: int) -> int:
        """Minutes of the wall clock: an hour between two urgings is an hour, at night too."""
        return int(self._at.timestamp() // 60)

    def keys(self, numbers: Iterable[str]) -> list[int]:
        """Return the primary keys of people, in the order of their numbers; who does not exist is left out."""
        wanted = sorted(numbers)
        self._look_up(set(wanted))
        return [found[0] for number in wanted if (found := self._known[number]) is not None]

    def keys_if_known(self, numbers: Iterable[str]) -> list[int]:
        """Return the primary keys of people, all of whom were seen on the way; nothing where one was not."""
        found = [self._known.get(number) for number in sorted(numbers)]
        return [key for key, _is_here in filter(None, found)] if all(found) else []

    def _employee(self, number: str) -> Employee | None:
        if number not in self._employees and (self._known.get(number, ()) is not None):
            found = Employee.objects.select_related("unit").filter(number=number).first()
            self._known[number] = None if found is None else _seen(found)
            if found is not None:
                self._employees[number] = found
        return self._employees.get(number)

    def _look_up(self, numbers: set[str]) -> None:
        if missing := numbers - self._known.keys():
            found = hot.people_by_number(missing)
            self._known |= {number: found.get(number) for number in missing}

    def _once(self, question: tuple[str, ...], ask: object) -> list[str]:
        if question not in self._answers:
            people = list(ask())  # type: ignore[operator]
            self._known |= {person.number: _seen(person) for person in people}
            self._answers[question] = [person.number for person in people]
        return self._answers[question]


def _seen(person: Employee) -> tuple[int, bool]:
    return person.pk, person.is_active and person.left_on is None


def in_force(at: datetime) -> QuerySet[Substitute]:
    """Return the substitutions in force at a moment."""
    return Substitute.objects.filter(Q(until_at=None) | Q(until_at__gt=at), from_at__lte=at)
