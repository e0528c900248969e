"""The company as the pure core asks about it: people by employee number, read from the tables of people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from people.models import Employee
from people.queries import heads_upward, holders, holders_near


class CompanyDirectory:
    """Answers of one moment: each question is asked of the database once.

    Who has left is not found. Employees seen on the way are remembered, so that their keys cost no statement of their own.
    """

    def __init__(self, *, applicant: Employee, day: date, named: Iterable[str] = ()) -> None:
        self._applicant = applicant
        self._day = day
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
