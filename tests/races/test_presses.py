"""One press of a form that arrives many times at once is one proposal with one approval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.approvals.models import Approval
from rewards.models import BulkAward, ManualAward, TopUp
from tests.factories.people import Company, make_company
from tests.races.together import at_once
from tests.rewards.domain.test_keys import KEY, bulk, from_file, manual, top_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.mark.parametrize("ask", [top_up, bulk, manual, from_file], ids=lambda ask: ask.__name__)
def test_one_press_that_arrives_eight_times_is_one_proposal(company: Company, ask: Callable[..., Any]) -> None:
    send, fields = ask(company)

    rows = at_once(*[lambda: send(by=company.organiser, **fields)] * 8)

    assert {getattr(row, "pk", row) for row in rows} == {KEY}
    assert sum(table.objects.count() for table in (TopUp, BulkAward, ManualAward)) == 1
    assert Approval.objects.count() == (0 if ask is from_file else 1)
