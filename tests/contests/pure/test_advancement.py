"""contests/pure/advancement.py: the best within the quota, and ties at the line."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure.advancement import Rule, advance, read_rule
from contests.pure.ranking import Standing
from contests.pure.scheme import Entry
from contests.pure.scoring import EntryScore


def standing(entry: str, rank: int | None, unit: str = "", start: int = 0) -> Standing:
    score = EntryScore(entry, {}, {}, (), Decimal(0), Decimal(0), is_marked=rank is not None)
    return Standing(rank, Entry(entry, entry, unit=unit, start_order=start), score)


def outcomes(rows: list[Standing], rule: Rule) -> list[tuple[str, str, str]]:
    return [(row.entry, row.outcome, row.why) for row in advance(rows, rule)]


def test_the_best_advance_and_the_next_are_reserves() -> None:
    rows = [standing("a", 1), standing("b", 2), standing("c", 3), standing("d", None)]

    assert outcomes(rows, Rule(2)) == [
        ("a", "advances", ""),
        ("b", "advances", ""),
        ("c", "reserve", ""),
        ("d", "out", "unranked"),
    ]


@pytest.mark.parametrize(
    ("ties", "found"),
    [
        ("all", ["advances", "advances", "advances", "reserve"]),
        ("none", ["advances", "reserve", "reserve", "reserve"]),
        ("order", ["advances", "reserve", "advances", "reserve"]),
    ],
)
def test_ties_at_the_line(ties: str, found: list[str]) -> None:
    rows = [standing("a", 1), standing("b", 2, start=9), standing("c", 2, start=1), standing("d", 4)]

    assert [row.outcome for row in advance(rows, Rule(2, ties=ties))] == found


def test_place_a_full_quota_frees_goes_to_the_next() -> None:
    rows = [standing("a", 1, "炼钢"), standing("b", 2, "炼钢"), standing("c", 3, "热轧"), standing("d", 4, "炼钢")]

    assert outcomes(rows, Rule(2, per_unit=1)) == [
        ("a", "advances", ""), ("b", "out", "unit_full"), ("c", "advances", ""), ("d", "out", "unit_full"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, "top"),
        ({"top": 0}, "top"),
        ({"top": 3, "per_unit": 0}, "per_unit"),
        ({"top": 3, "ties": "x"}, "ties"),
        (None, "top"),
    ],
)
def test_rule_that_makes_no_sense_is_named(data: object, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        read_rule(data)


places = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), max_size=25)


@given(places, st.integers(1, 12), st.none() | st.integers(1, 3), st.sampled_from(["all", "none", "order"]))
def test_nobody_worse_passes_a_better_one_of_the_same_standing(
    rows: list[tuple[int, int]], top: int, per_unit: int | None, ties: str
) -> None:
    ranks: list[int] = []
    for place in range(1, len(rows) + 1):
        ranks.append(ranks[-1] if ranks and place % 3 == 0 else place)
    standings = [
        standing(f"e{place}", rank, f"u{unit}" if unit else "", start)
        for place, (rank, (unit, start)) in enumerate(zip(ranks, rows, strict=True))
    ]

    found = {row.entry: row for row in advance(standings, Rule(top, per_unit, ties))}

    assert list(found) == [row.entry.entry for row in standings]
    advancing = [row for row in standings if found[row.entry.entry].outcome == "advances"]
    if ties != "all":
        assert len(advancing) <= top
    if per_unit is not None:
        counts = Counter(row.entry.unit for row in advancing if row.entry.unit)
        assert all(count <= per_unit for count in counts.values())
    worst = max((row.rank or 0 for row in advancing), default=0)
    for row in standings:
        if (row.rank or 0) < worst:
            assert found[row.entry.entry].outcome == "advances" or found[row.entry.entry].why == "unit_full"
