"""contests/pure/gate.py: what is looked for before a result is published."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure import gate
from contests.pure.ranking import Standing
from contests.pure.scheme import Entry, Mark
from contests.pure.scoring import EntryScore
from tests.contests.pure import samples


def standing(entry: str, rank: int | None, status: str = "", *, is_marked: bool | None = None) -> Standing:
    marked = rank is not None if is_marked is None else is_marked
    score = EntryScore(entry, {}, {}, (), Decimal(0), Decimal(0), is_marked=marked)
    return Standing(rank, Entry(entry, entry, status=status), score)


def standings(count: int) -> list[Standing]:
    return [standing(f"e{number}", number) for number in range(1, count + 1)]


def sheet(judge: str, values: list[int]) -> list[Mark]:
    return [Mark(f"e{number}", "a", judge, Decimal(value)) for number, value in enumerate(values)]


def test_two_judges_with_the_same_marks_are_named() -> None:
    values = [number % 9 for number in range(20)]
    marks = [*sheet("J1", values), *sheet("J2", values), *sheet("J3", [8 - value for value in values])]

    assert gate.equal_sheets(marks) == (gate.Twin("J1", "J2", 18, 18),)  # all agree on two cells: those say nothing


def test_one_mark_in_ten_apart_is_no_twin() -> None:
    values = [number % 9 for number in range(40)]
    close = [value + (1 if number % 10 == 0 else 0) for number, value in enumerate(values)]
    marks = [*sheet("J1", values), *sheet("J2", close), *sheet("J3", [9] * 40)]

    assert gate.equal_sheets(marks) == ()


def test_two_judges_alone_are_never_called_twins() -> None:
    values = [number % 7 for number in range(30)]

    assert gate.equal_sheets([*sheet("J1", values), *sheet("J2", values)]) == ()


@pytest.mark.parametrize(
    ("ranks", "lines", "found"),
    [
        ([1, 2, 2, 4], [1, 2, 3], (2,)),
        ([1, 1, 3], [1], (1,)),
        ([1, 2, 3, 3], [3], (3,)),
        ([1, 2, 3, 4], [1, 2, 3], ()),
        ([1, 2], [8], ()),
    ],
)
def test_ties_count_only_across_a_line(ranks: list[int], lines: list[int], found: tuple[int, ...]) -> None:
    assert gate.ties_at([standing(str(place), rank) for place, rank in enumerate(ranks)], lines) == found


def test_maximum_total_weighs_groups_and_factors() -> None:
    scheme = samples.scheme(samples.aspect(maximum=Decimal(10), factor=Decimal("1.5")))

    assert gate.maximum_total(scheme) == 15 * scheme.groups[0].weight


def test_whole_top_group_and_a_share_of_the_rest_are_reviewed() -> None:
    quota = gate.review_quota(standings(23), {}, seed="s")

    assert quota.chosen[:3] == ("e1", "e2", "e3")
    assert len(quota.chosen) == 3 + 3  # 15 % of 20
    assert quota.missing == quota.chosen
    assert quota == gate.review_quota(standings(23), {}, seed="s")


def test_too_many_errors_ask_for_everybody() -> None:
    reviewed = {"e1": True, "e2": False, "e3": True}

    quota = gate.review_quota(standings(23), reviewed, seed="s")

    assert quota.is_all
    assert len(quota.chosen) == 23
    assert len(quota.missing) == 20


def test_no_review_where_the_contest_asks_for_none() -> None:
    assert gate.review_quota(standings(9), {}, seed="s", percent=0) == gate.Quota((), (), is_all=False)


def test_marks_of_who_did_not_start_are_found() -> None:
    rows = [standing("a", 1), standing("b", None, "dns", is_marked=True), standing("c", None, "dnf", is_marked=True)]

    assert gate.marks_of_absent(rows) == ("b",)


@given(
    count=st.integers(0, 60), percent=st.integers(1, 100), top=st.integers(1, 10),
    wrong=st.integers(0, 3), right=st.integers(0, 40),
)  # fmt: skip
def test_quota_is_never_less_than_the_rule_says(count: int, percent: int, top: int, wrong: int, right: int) -> None:
    rows = standings(count)
    codes = [row.entry.entry for row in rows]
    reviewed = dict.fromkeys(codes[:right], True) | dict.fromkeys(codes[right : right + wrong], False)

    quota = gate.review_quota(rows, reviewed, seed="any", top=top, percent=percent)

    rest = max(count - top, 0)
    assert set(codes[:top]) <= set(quota.chosen)
    assert len(quota.chosen) >= min(count, top) + rest * percent / 100
    assert set(quota.missing) == set(quota.chosen) - set(reviewed)
    assert quota.is_all == (100 * list(reviewed.values()).count(False) > 5 * len(reviewed))
    if quota.is_all:
        assert list(quota.chosen) == codes
