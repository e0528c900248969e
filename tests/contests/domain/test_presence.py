"""contests/domain/presence.py: what tablets say of themselves."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.domain import presence
from contests.models import Tablet
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company


def test_a_tablet_is_one_row_with_its_last_word(company: Company) -> None:
    sheet = sheet_of(make_judging(company), company.judge)
    presence.report(sheet=sheet, device="a", unsent=3, at=AT)

    with CaptureQueriesContext(connection) as queries:
        presence.report(sheet=sheet, device="a", unsent=0, at=AT + timedelta(seconds=15))
    presence.report(sheet=sheet, device="b" * 99, unsent=-4, at=AT)

    assert len(queries) == 1
    assert list(Tablet.objects.order_by("device").values_list("device", "unsent")) == [("a", 0), ("b" * 64, 0)]
    assert Tablet.objects.get(device="a").seen_at == AT + timedelta(seconds=15)
