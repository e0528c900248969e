"""people/views/ties.py: declared by oneself, ended by one of the two."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.domain import ties
from people.models import Tie
from tests.factories.contests import AT
from tests.factories.people import Company, make_employee


def enter(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


def test_a_tie_is_declared_and_ended(company: Company) -> None:
    client = enter(company.worker)

    declared = client.post("/people/ties/", {"other": company.judge.number, "kind": "relative"})
    ended = enter(company.judge).post(f"/people/ties/{Tie.objects.get().pk}/end/")

    assert (declared.status_code, ended.status_code) == (302, 302)
    assert Tie.objects.get().ended_at is not None


@pytest.mark.parametrize("data", [{"other": "nobody", "kind": "relative"}, {"other": "", "kind": "x"}, {}])
def test_what_makes_no_sense_is_named(company: Company, data: dict[str, str]) -> None:
    assert enter(company.worker).post("/people/ties/", data).status_code == 422
    assert Tie.objects.count() == 0


def test_a_stranger_ends_nobodys_tie(company: Company) -> None:
    tie = ties.declare(employee=company.worker, other=company.judge, kind="mentor", by=company.worker, at=AT)

    assert enter(company.stranger).post(f"/people/ties/{tie.pk}/end/").status_code in {403, 404}
    assert Tie.objects.get().ended_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(company: Company, count: int) -> None:
    for _number in range(count):
        ties.declare(
            employee=company.worker, other=make_employee(company.team), kind="relative", by=company.worker, at=AT
        )
    client = enter(company.worker)
    client.get("/people/ties/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/people/ties/")

    assert len(queries) == 5
