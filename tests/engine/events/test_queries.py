from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engine.events import domain, queries

pytestmark = pytest.mark.django_db


def test_history_is_in_order_with_people_in_one_statement(company):
    domain.record("contest:a", "contest.opened", by=company.organiser, seats=3)
    domain.record("contest:b", "contest.opened", by=None)
    domain.record("contest:a", "contest.closed", by=None)

    with CaptureQueriesContext(connection) as captured:
        shown = [(event.action, event.by and event.by.name, event.data) for event in queries.history("contest:a")]

    assert len(captured) == 1
    assert shown == [("contest.opened", company.organiser.name, {"seats": 3}), ("contest.closed", None, {})]


def test_latest_of_one_kind():
    domain.record("contest:a", "contest.opened", by=None, turn=1)
    domain.record("contest:a", "contest.opened", by=None, turn=2)

    assert queries.latest("contest:a", "contest.opened").data == {"turn": 2}
    assert queries.latest("contest:a", "contest.closed") is None
