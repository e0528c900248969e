"""people/domain/start.py: one company, one first administrator, for whoever holds the code."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from people.domain import start
from people.models import Employee, RoleGrant, Unit
from people.models.role import roles_of
from tests.factories.people import Company
from tests.support import refused

ON = date(2026, 11, 20)
pytestmark = pytest.mark.django_db


def begin(**changed: Any) -> Employee:
    given = {
        "code": start.setup_code(),
        "company": "华岳钢铁集团",
        "number": "100001",
        "name": "周波",
        "password": "jin-bang-2026",
    }
    return start.begin(**(given | changed), on=ON)


def test_begin_makes_the_company_and_its_administrator() -> None:
    assert start.is_waiting()

    person = begin(code=f" {start.setup_code().upper()} ")

    assert roles_of(person, ON) == frozenset({"administrator"})
    assert person.check_password("jin-bang-2026")
    assert list(Unit.objects.values_list("name", "kind", "parent")) == [("华岳钢铁集团", "company", None)]
    assert person.unit == Unit.objects.get()
    assert not start.is_waiting()


def test_begin_with_a_guessed_code_makes_nothing() -> None:
    with pytest.raises(start.WrongCode):
        begin(code="aaaaaaaaaa")

    assert (Employee.objects.count(), Unit.objects.count(), RoleGrant.objects.count()) == (0, 0, 0)


def test_begin_a_second_time_is_refused() -> None:
    begin()

    with refused(start.AlreadyBegun, code="already-begun"):
        begin(number="100002")

    assert Employee.objects.count() == 1


def test_begin_in_a_company_that_came_another_way_is_refused(company: Company) -> None:
    with refused(start.AlreadyBegun, code="already-begun"):
        begin()

    assert not Employee.objects.filter(number="100001").exists()


def test_begin_with_a_weak_password_says_how_to_choose() -> None:
    with pytest.raises(ValidationError) as weak:
        begin(password="12345678")

    assert list(weak.value.message_dict) == ["new_password"]
    assert Employee.objects.count() == 0


def test_the_code_is_of_this_installation(settings: Any) -> None:
    before = start.setup_code()
    settings.SECRET_KEY = "another installation's key, forty characters long"

    assert len(before) == 10
    assert start.setup_code() != before
