"""A contest of teams, for tests: two people a team, entries drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contests.domain import draw, judging, registration, teams
from contests.models import Contest, Registration
from people.models import Employee, Unit
from tests.factories.contests import AT, make_contest, publish
from tests.factories.people import Company, make_employee, make_unit


def make_team_contest(company: Company, **fields: Any) -> Contest:
    """Open for registration; teams of two."""
    return publish(make_contest(company, **({"team_size": 2, "quota": None} | fields)), company)


def make_people(company: Company, *names: str, unit: Unit | None = None) -> list[Employee]:
    return [make_employee(unit or company.team, trade=company.trade, name=name) for name in names]


def other_plant(company: Company) -> Unit:
    plant = make_unit("rolling", "轧钢厂", parent=company.root, kind="plant")
    return make_unit("rolling-1", "丙班", parent=plant)


def register(
    contest: Contest, unit: Unit, people: Sequence[Employee], substitutes: Sequence[Employee] = (), *, name: str = "一队",
    is_confirmed: bool = True,
) -> Registration:  # fmt: skip
    row = teams.register(
        contest=contest, unit=unit, name=name, members=[(person, "") for person in people],
        substitutes=[(person, "") for person in substitutes], by=people[0], at=AT,
    )  # fmt: skip
    return registration.confirm(registration_id=row.pk, by=None, at=AT) if is_confirmed else row


def begin(contest: Contest, company: Company, *, until: str = "judging") -> Contest:
    registration.close(contest=contest, by=company.organiser, at=AT)
    contest = draw.draw(contest=contest, seed="open", code_seed="secret", by=company.organiser, at=AT)
    return judging.start(contest=contest, by=company.organiser, at=AT) if until == "judging" else contest
