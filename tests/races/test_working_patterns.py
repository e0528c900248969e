"""Administrators give one unit its hours at once, and one takes them away: one whole pattern or none, and nobody is refused."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from people.domain import working_patterns
from people.models import WorkingPattern
from tests.factories.approvals import NOW
from tests.factories.people import make_company
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_hours_given_at_once_are_one_whole_pattern(transactional_db: Any) -> None:
    company = make_company()
    given = {"by": company.administrator, "at": NOW}
    rotation = {"shifts": "早 08:00-16:00", "cycle": "早休", "starts_on": NOW.date()}
    keep = partial(working_patterns.keep, company.shop, **given)

    answers = at_once(
        partial(keep, kind="daily", hours="06:00-18:00"), partial(keep, kind="rotation", **rotation),
        partial(keep, kind="office", hours="09:00-17:00"), partial(working_patterns.drop, company.shop),
    )  # fmt: skip

    assert not any(isinstance(answer, Exception) for answer in answers)
    for row in WorkingPattern.objects.all():
        assert row.pattern.kind == row.kind
        assert bool(row.hours) != bool(row.shifts)
    assert WorkingPattern.objects.count() < 2
