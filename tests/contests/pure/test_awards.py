"""Rank → points."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.pure import awards, results
from contests.pure.awards import BadTable, Band, TableFault
from contests.pure.bundle import Bundle
from contests.pure.ranking import Standing
from contests.pure.scheme import Entry
from contests.pure.scoring import EntryScore
from tests.contests.pure import samples

TABLE = (Band(1, 1, 1000), Band(2, 3, 500), Band(4, 8, 100))


def standing(entry: str, rank: int | None, status: str = "") -> Standing:
    score = EntryScore(entry, {}, {}, (), samples.Decimal(0), samples.Decimal(0), is_marked=rank is not None)
    return Standing(rank, Entry(entry, entry, status=status), score)


def row(rank_from: Any, rank_to: Any, points: Any) -> dict[str, Any]:
    return {"rank_from": rank_from, "rank_to": rank_to, "points": points}


def test_each_rank_gets_its_points() -> None:
    standings = [standing("a", 1), standing("b", 2), standing("c", 3), standing("d", 4), standing("e", 9)]

    assert awards.award_points(standings, TABLE) == {"a": 1000, "b": 500, "c": 500, "d": 100}


def test_ties_each_get_the_points_of_the_shared_rank() -> None:
    standings = [standing("a", 1), standing("b", 1), standing("c", 3), standing("d", 4)]

    assert awards.award_points(standings, TABLE) == {"a": 1000, "b": 1000, "c": 500, "d": 100}


def test_who_took_part_without_a_prize_gets_participation_points() -> None:
    standings = [standing("a", 1), standing("b", 9), standing("c", 30)]

    assert awards.award_points(standings, TABLE, participation_points=20) == {"a": 1000, "b": 20, "c": 20}


@pytest.mark.parametrize("status", ["", "dns", "dnf", "dq", "wd"])
def test_unranked_get_nothing(status: str) -> None:
    assert awards.award_points([standing("a", None, status)], TABLE, participation_points=20) == {}


def test_row_of_zero_points_gives_none_not_even_for_taking_part() -> None:
    assert awards.award_points([standing("a", 2)], (Band(2, 2, 0),), participation_points=20) == {}


def test_table_is_read_from_data() -> None:
    rows = [row(1, 1, 1000), row(2, 3, 500), row(4, 8, 100)]

    assert awards.read_table(rows) == TABLE


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("1: 1000", "not_a_row"),
        ({"rank_from": 1, "rank_to": 1}, "not_a_row"),
        (row(1, 1, 10) | {"note": "x"}, "not_a_row"),
        (row(1, 1, 10.5), "not_a_row"),
        (row("1", 1, 10), "not_a_row"),
        (row(True, 1, 10), "not_a_row"),
        (row(0, 1, 10), "rank_not_positive"),
        (row(3, 2, 10), "range_reversed"),
        (row(1, 1, -1), "points_not_valid"),
        (row(1, 1, 2**53), "points_not_valid"),
    ],
)
def test_bad_row_of_a_table_is_refused(bad: Any, code: str) -> None:
    with pytest.raises(BadTable) as refused:
        awards.read_table([bad])

    assert refused.value.faults == (TableFault(0, code),)


def test_every_fault_of_a_table_is_told_at_once() -> None:
    with pytest.raises(BadTable) as refused:
        awards.read_table([row(1, 3, 10), row(0, 1, 10), row(2, 2, 10), row(3, 9, -1)])

    assert refused.value.faults == (
        TableFault(1, "rank_not_positive"),
        TableFault(2, "overlaps_row", 0),
        TableFault(3, "points_not_valid"),
    )
    assert str(refused.value) == "row 2: rank_not_positive, row 3: overlaps_row, row 4: points_not_valid"


@settings(max_examples=50)
@given(samples.bundles(), st.integers(0, 50))
def test_equal_ranks_never_get_different_points(bundle: Bundle, participation_points: int) -> None:
    standings = results.standings(bundle)

    points = awards.award_points(standings, TABLE, participation_points)

    by_rank: dict[int | None, set[int]] = {}
    for each in standings:
        by_rank.setdefault(each.rank, set()).add(points.get(each.entry.entry, 0))
    assert all(len(amounts) == 1 for amounts in by_rank.values())
    assert by_rank.get(None, {0}) == {0}
