"""Teams on paper: how many people, and what each of them gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure.team import MOST_SUBSTITUTES, faults, shares


@pytest.mark.parametrize(
    ("members", "substitutes", "found"),
    [
        ("abc", "d", []),
        ("ab", "", ["too_few"]),
        ("abcd", "", ["too_many"]),
        ("abc", "defg", ["too_many_substitutes"]),
        ("aba", "", ["twice"]),
        ("abc", "a", ["twice"]),
        ("a", "aaaa", ["too_few", "too_many_substitutes", "twice"]),
    ],
)
def test_a_team_has_its_size_few_substitutes_and_nobody_twice(members: str, substitutes: str, found: list[str]) -> None:
    assert MOST_SUBSTITUTES == 3
    assert faults(3, list(members), list(substitutes)) == found


def test_points_go_to_each_or_are_split_the_rest_to_the_captain() -> None:
    assert shares(1000, 3, "each") == [1000, 1000, 1000]
    assert shares(1000, 3, "split") == [334, 333, 333]
    assert shares(2, 3, "split") == [2, 0, 0]
    assert shares(10, 0, "each") == []


@given(st.integers(0, 10**9), st.integers(1, 50))
def test_a_split_gives_away_exactly_the_points_and_nobody_far_more_than_another(points: int, members: int) -> None:
    given_away = shares(points, members, "split")

    assert (sum(given_away), len(given_away)) == (points, members)
    assert given_away[0] - given_away[-1] < members
