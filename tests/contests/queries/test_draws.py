"""contests/queries/draws.py: who drew which code, for those who may know."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.queries.draws import lots_of
from tests.factories.contests import make_judging
from tests.factories.people import Company


@pytest.mark.parametrize("count", [1, 3])
def test_lots_stand_in_start_order_and_cost_one_statement(company: Company, count: int) -> None:
    contest = make_judging(company, contestants=count)

    with CaptureQueriesContext(connection) as queries:
        lots = lots_of(contest, is_hidden=False)

    people = {entry.code: entry.employee for entry in contest.entries.select_related("employee")}
    assert [lot.start_order for lot in lots] == list(range(1, count + 1))
    assert {lot.code: (lot.number, lot.name) for lot in lots} == {
        code: (person.number, person.name) for code, person in people.items()
    }
    assert len(queries) == 1


def test_hidden_lots_name_nobody(company: Company) -> None:
    contest = make_judging(company, contestants=2)

    assert {(lot.number, lot.name, lot.unit) for lot in lots_of(contest, is_hidden=True)} == {("", "", "")}
