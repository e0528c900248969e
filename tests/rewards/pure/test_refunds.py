from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.pure.refunds import RefundRule, refund_points

DAY = date(2026, 12, 10)


@pytest.mark.parametrize(
    ("rule", "for_day", "on", "expected"),
    [
        (RefundRule(100, 0), DAY, DAY, 100),
        (RefundRule(100, 0), DAY, DAY + timedelta(days=1), 0),
        (RefundRule(50, 3), DAY, DAY - timedelta(days=3), 50),
        (RefundRule(50, 3), DAY, DAY - timedelta(days=2), 0),
        (RefundRule(0, 3), DAY, DAY - timedelta(days=30), 0),
        (RefundRule(33, 0), None, DAY, 33),
    ],
)
def test_refund_follows_the_rule(rule: RefundRule, for_day: date | None, on: date, expected: int) -> None:
    assert refund_points(rule, points=100, for_day=for_day, on=on) == expected


@given(
    percent=st.integers(0, 100), points=st.integers(1, 2**53 - 1), days=st.integers(0, 60), early=st.integers(-90, 90)
)
def test_refund_is_never_more_than_paid_and_never_rounded_against_the_person(
    percent: int, points: int, days: int, early: int
) -> None:
    back = refund_points(RefundRule(percent, days), points=points, for_day=DAY, on=DAY - timedelta(days=early))

    assert 0 <= back <= points
    assert back == 0 if early < days else 0 <= back * 100 - points * percent < 100
