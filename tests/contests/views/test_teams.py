"""Pages of teams: a unit registers one, a substitute steps in, others may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests.models import Contest, Registration
from engine.approvals.models import Approval
from tests.factories.people import Company
from tests.factories.teams import make_people, make_team_contest, register


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = make_team_contest(company)
    Contest.objects.filter(pk=contest.pk).update(registration_closes_at=timezone.now() + timedelta(days=1))
    return contest


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(company: Company, *numbers: str, waiting: str = "") -> dict[str, Any]:
    data = {
        "unit": company.team.pk, "name": "甲班一队", "phone": "13800138000", "note": "",
        "member-TOTAL_FORMS": "2", "member-INITIAL_FORMS": "2", "substitute-TOTAL_FORMS": "3",
        "substitute-INITIAL_FORMS": "0", "substitute-0-number": waiting,
    }  # fmt: skip
    for place, number in enumerate(numbers):
        data |= {f"member-{place}-number": number, f"member-{place}-role": "操作手" if place else "队长"}
    return data


def test_a_unit_registers_its_team_and_the_union_is_asked(company: Company, contest: Contest) -> None:
    mate, reserve = make_people(company, "队员", "替补")
    client = signed_in(company.worker)
    assert client.get(f"/contests/{contest.code}/registration/").url.endswith("/registration/team/")  # type: ignore[attr-defined]
    assert company.worker.number in client.get(f"/contests/{contest.code}/registration/team/").content.decode()

    answer = client.post(
        f"/contests/{contest.code}/registration/team/",
        form(company, company.worker.number, mate.number, waiting=reserve.number),
    )

    row = Registration.objects.get()
    assert answer.status_code == 302
    assert [(one.employee, one.role, one.is_substitute) for one in row.team.all()] == [
        (company.worker, "队长", False), (mate, "操作手", False), (reserve, "", True),
    ]  # fmt: skip
    assert "甲班一队" in Approval.objects.get(subject=row.subject).title
    page = signed_in(mate).get(f"/contests/{contest.code}/").content.decode()
    assert "甲班一队" in page
    assert "替补" in page


def test_a_wrong_team_is_said_in_the_form_and_what_was_typed_stays(company: Company, contest: Contest) -> None:
    answer = signed_in(company.worker).post(
        f"/contests/{contest.code}/registration/team/", form(company, company.worker.number, "没有这个人")
    )

    assert answer.status_code == 422
    assert "没有这个人" in answer.content.decode()
    assert not Registration.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_captain_and_the_organiser_let_a_substitute_step_in_nobody_else(company: Company, contest: Contest) -> None:
    captain, mate, reserve, other = make_people(company, "队长", "队员", "替补", "第二替补")
    row = register(contest, company.team, [captain, mate], [reserve, other])
    key = {one.employee_id: one.pk for one in row.team.all()}
    address = f"/contests/registrations/{row.pk}/team/"
    data = {"leaving": key[mate.pk], "entering": key[reserve.pk], "reason": "手伤"}

    answers = {
        name: signed_in(person).post(f"{address}substitution/", data).status_code
        for name, person in {**company.personas, "mate": mate}.items()
        if name not in {"organiser", "union_chair", "administrator"}
    }

    assert answers == dict.fromkeys(answers, 404) | {"mate": 403, "auditor": 403}
    assert row.team.filter(left_at=None).count() == 4
    signed_in(captain).post(f"{address}substitution/", data)
    assert row.team.filter(left_at=None).count() == 3
    signed_in(company.organiser).post(f"{address}substitution/", data)
    assert row.team.filter(left_at=None).count() == 3
    assert "手伤" in signed_in(captain).get(address).content.decode()


def test_a_team_is_read_by_its_people_and_who_organises_it(company: Company, contest: Contest) -> None:
    captain, mate = make_people(company, "队长", "队员")
    row = register(contest, company.team, [captain, mate])

    allowed = {
        name
        for name, person in {**company.personas, "mate": mate, "captain": captain}.items()
        if signed_in(person).get(f"/contests/registrations/{row.pk}/team/").status_code == 200
    }

    assert allowed == {"mate", "captain", "organiser", "union_chair", "administrator", "auditor"}


@pytest.mark.parametrize("count", [0, 3])
def test_a_teams_page_needs_the_same_statements_for_any_number(company: Company, contest: Contest, count: int) -> None:
    people = make_people(company, *"甲乙丙丁戊"[: 2 + count])
    row = register(contest, company.team, people[:2], people[2:])
    client = signed_in(people[0])

    with CaptureQueriesContext(connection) as asked:
        client.get(f"/contests/registrations/{row.pk}/team/")

    assert len(asked) == 6
