"""Points for minutes over time."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure.time_penalty import BadTimeRule, TimeRule, minutes_over, points_of, read_rule, to_json

RULE = TimeRule(Decimal(120), Decimal("0.5"), most_points=Decimal(10))


@pytest.mark.parametrize(
    ("used", "points"), [("119", "0"), ("120", "0"), ("120.1", "0.5"), ("121", "0.5"), ("125.5", "3.0"), ("500", "10")]
)
def test_begun_minutes_over_the_limit_cost_points_up_to_the_most(used: str, points: str) -> None:
    assert points_of(RULE, minutes_over(RULE, Decimal(used))) == Decimal(points)


def test_where_begun_minutes_do_not_count_whole_parts_are_charged() -> None:
    rule = TimeRule(Decimal(60), Decimal(2), is_begun=False)

    assert points_of(rule, minutes_over(rule, Decimal("61.25"))) == Decimal("2.50")


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"limit": "0", "points": "1"}, "limit"),
        ({"limit": 60, "points": "1"}, "limit"),
        ({"limit": "60", "points": "-1"}, "points"),
        ({"limit": "60"}, "points"),
        ({"limit": "60", "points": "1", "most": "x"}, "most"),
        ({"limit": "60", "points": "1", "aspect": 1}, "aspect"),
        ({"limit": "60", "points": "1", "begun": "yes"}, "rule"),
        ({"limit": "60", "points": "1", "other": "1"}, "rule"),
        ([], "rule"),
    ],
)
def test_a_wrong_rule_is_refused_by_its_part(data: object, part: str) -> None:
    with pytest.raises(BadTimeRule, match=part):
        read_rule(data)


def test_no_rule_is_no_rule_and_a_rule_survives_being_stored() -> None:
    assert read_rule({}) is None
    assert read_rule(to_json(RULE)) == RULE


@given(st.decimals(0, 9999, places=2), st.decimals(0, 9999, places=2), st.booleans())
def test_more_time_never_costs_less_and_nothing_beyond_the_most(one: Decimal, other: Decimal, is_begun: bool) -> None:
    rule = TimeRule(Decimal(100), Decimal("0.3"), is_begun=is_begun, most_points=Decimal(50))
    less, more = sorted((one, other))

    assert 0 <= points_of(rule, minutes_over(rule, less)) <= points_of(rule, minutes_over(rule, more)) <= 50
