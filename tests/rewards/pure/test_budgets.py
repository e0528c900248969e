from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.pure.budgets import runs_out_on

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("left", "spent", "expected"),
    [
        (900, 900, date(2027, 2, 18)),  # as much as the last 90 days took: 90 days more
        (100, 900, date(2026, 11, 30)),
        (1, 900, TODAY),
        (0, 900, TODAY),
        (-5, 900, TODAY),
        (900, 0, None),
        (900, -3, None),  # more came back than was awarded
        (10**9, 1, None),  # not within ten years
    ],
)
def test_day_a_budget_is_gone_if_all_goes_on_so(left: int, spent: int, expected: date | None) -> None:
    assert runs_out_on(left, spent, 90, TODAY) == expected


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 400))
def test_what_is_left_lasts_to_that_day_and_no_longer(left: int, spent: int, days: int) -> None:
    found = runs_out_on(left, spent, days, TODAY)

    lasting = (found - TODAY).days if found else 3654
    assert lasting * spent <= left * days or found is None
    assert (lasting + 1) * spent > left * days or found is None
    assert found is None or found <= TODAY + timedelta(days=3653)
