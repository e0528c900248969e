"""Two people change a team at once, two teams want the same person: one of them does."""

from __future__ import annotations

from functools import partial

import pytest

from contests.domain import teams
from contests.domain.registration import AlreadyRegistered
from contests.domain.teams import NoPlace
from contests.models import Registration, Teammate
from tests.factories.contests import AT
from tests.factories.people import make_company
from tests.factories.teams import make_people, make_team_contest, register
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_substitute_the_same_member_at_once_do_it_once() -> None:
    company = make_company()
    contest = make_team_contest(company)
    captain, mate, reserve, other = make_people(company, "队长", "队员", "替补", "第二替补")
    row = register(contest, company.team, [captain, mate], [reserve, other])
    key = {one.employee_id: one.pk for one in row.team.all()}

    answers = at_once(
        *(
            partial(teams.substitute, registration=row, leaving=key[mate.pk], entering=key[one.pk], reason="手伤",
                    by=by, at=AT)
            for one, by in ((reserve, captain), (other, company.organiser), (reserve, company.organiser))
        )
    )  # fmt: skip

    assert sorted(type(answer).__name__ for answer in answers) == ["NoPlace", "NoPlace", "Teammate"]
    assert any(isinstance(answer, NoPlace) for answer in answers)
    present = [one for one in Teammate.objects.all() if one.takes_part]
    assert len(present) == 2
    assert Teammate.objects.filter(stepped_in_for=key[mate.pk]).count() == 1


def test_two_teams_that_name_the_same_person_at_once_get_one_of_them() -> None:
    company = make_company()
    contest = make_team_contest(company)
    first, second, wanted = make_people(company, "甲", "乙", "丙")

    answers = at_once(
        *(
            partial(register, contest, company.team, [captain, wanted], name=captain.name, is_confirmed=False)
            for captain in (first, second)
        )
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyRegistered", "Registration"]
    assert any(isinstance(answer, AlreadyRegistered) for answer in answers)
    assert Registration.objects.count() == 1
