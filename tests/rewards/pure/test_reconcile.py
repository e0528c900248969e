"""Every way in which points, days and hand-over may disagree has its name; what agrees has none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.pure.reconcile import Side, differences

GOOD = Side(redemption="r", price=300, half_days=2, burnt=300, granted=2, handed=2)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"handed": 0, "waiting_hours": 23.9}, []),
        ({"is_returning": True}, []),
        ({"granted": 0, "handed": 0, "burnt": 0, "is_granted": False}, []),
        ({"granted": 0, "handed": 0, "burnt": 150, "is_granted": False, "kept": 150}, []),
        ({"granted": None, "handed": 0, "burnt": 0, "is_granted": False}, []),
        ({"unanswered_hours": 71.0}, []),
        ({"granted": None, "handed": 0}, ["burnt-not-granted"]),
        ({"granted": None, "handed": 0, "burnt": 0}, ["burnt-not-granted"]),
        ({"burnt": 0}, ["granted-not-burnt"]),
        ({"burnt": 299}, ["wrong-points"]),
        ({"granted": 3, "handed": 3}, ["wrong-days"]),
        ({"handed": 0}, ["not-handed-over"]),
        ({"handed": 0, "waiting_hours": 24.0}, ["late"]),
        ({"granted": 0, "burnt": 0, "is_granted": False}, ["handed-over-still"]),
        ({"granted": 0, "handed": 0, "is_granted": False}, ["returned-not-refunded"]),
        ({"granted": 0, "handed": 0, "burnt": 0, "is_granted": False, "kept": 150}, ["wrong-points"]),
        ({"unanswered_hours": 72.0}, ["unanswered"]),
        ({"burnt": 0, "granted": 3, "handed": 0}, ["granted-not-burnt", "wrong-days", "not-handed-over"]),
    ],
)  # fmt: skip
def test_differences_by_name(change: dict[str, object], expected: list[str]) -> None:
    found = differences([replace(GOOD, **change)])

    assert [row.code for row in found] == expected
    assert {row.redemption for row in found} <= {"r"}


@given(st.integers(1, 10_000), st.integers(1, 20), st.integers(0, 10_000), st.integers(0, 20), st.integers(0, 20))
def test_no_difference_means_all_three_are_equal(price: int, days: int, burnt: int, granted: int, handed: int) -> None:
    side = Side(redemption="r", price=price, half_days=days, burnt=burnt, granted=granted, handed=handed)

    if not differences([side]):
        assert burnt == (price if granted else 0)
        assert handed == granted
        assert granted in {0, days}
