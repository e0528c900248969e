"""frontend/pages/setup.py: what an empty company still needs."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontend.pages.setup import steps
from people.domain import start
from people.models import Employee
from tests.factories.people import Company, give_role, make_employee, make_trade, make_unit


@pytest.mark.django_db
def test_steps_are_done_one_after_the_other() -> None:
    person = start.begin(
        code=start.setup_code(), company="集团", number="1", name="周波", password="jin-bang-2026", on=date(2020, 1, 1)
    )
    before = [step.is_done for step in steps()[:5]]

    make_trade()
    team = make_unit("t", parent=person.unit)
    for role in ("organiser", "union_chair", "hr", "chief_judge", "secrecy_officer"):
        give_role(make_employee(team), role)

    assert before == [False] * 5
    assert [step.is_done for step in steps()[:5]] == [True] * 5


@pytest.mark.django_db
def test_slips_are_done_when_a_second_person_chose_a_password() -> None:
    person = start.begin(
        code=start.setup_code(), company="集团", number="1", name="周波", password="jin-bang-2026", on=date(2020, 1, 1)
    )
    fresh = Employee.objects.create_user("2", "新来的", unit=person.unit)

    assert [step.is_done for step in steps()[2:4]] == [True, False]
    fresh.set_password("jin-bang-2026")
    fresh.save()
    assert [step.is_done for step in steps()[2:4]] == [True, True]


def test_the_page_costs_what_it_says(company: Company) -> None:
    client = Client()
    client.force_login(company.administrator, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/setup/")

    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/setup/")

    assert answer.status_code == 200
    assert len(queries) == 15
