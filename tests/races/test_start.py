"""Two people name the first administrator at once: one company, one of them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import partial

import pytest

from people.domain import start
from people.models import Employee, RoleGrant, Unit
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_at_once_make_one_company() -> None:
    acts = [
        partial(
            start.begin, code=start.setup_code(), company="集团", number=str(number), name="周波",
            password="jin-bang-2026", on=date(2026, 11, 20),
        )
        for number in range(4)
    ]  # fmt: skip

    answers = at_once(*acts)

    assert Counter(type(answer) for answer in answers) == {Employee: 1, start.AlreadyBegun: 3}
    assert (Unit.objects.count(), Employee.objects.count(), RoleGrant.objects.count()) == (1, 1, 1)
