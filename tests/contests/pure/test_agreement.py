"""contests/pure/agreement.py: against published tables, by hand, and what must hold for any table."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure import agreement

# Shrout and Fleiss (1979), table 2: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def tables(fewest: int = 2) -> st.SearchStrategy[list[list[int]]]:
    return st.tuples(st.integers(fewest, 6), st.integers(fewest, 5)).flatmap(
        lambda size: st.lists(
            st.lists(st.integers(0, 12), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        )
    )


def test_icc_is_the_published_one() -> None:
    single, mean = agreement.icc(SHROUT_FLEISS)

    assert single is not None
    assert mean is not None
    assert (round(float(single), 2), round(float(mean), 2)) == (0.29, 0.62)
    # by hand from the mean squares of the paper's table 3: BMS 11.24…, JMS 32.48…, EMS 1.01…
    bms, jms, ems = Fraction(1349, 120), Fraction(2339, 72), Fraction(367, 360)
    assert single == (bms - ems) / (bms + 3 * ems + 4 * (jms - ems) / 6)
    assert mean == (bms - ems) / (bms + (jms - ems) / 6)


def test_w_of_ranks_without_ties_by_hand() -> None:
    # Three judges rank four entries 1234, 1243, 2134: sums 4, 5, 10, 11 around 7.5; S = 12.25+6.25+6.25+12.25 = 37
    assert agreement.kendall_w([[1, 1, 2], [2, 2, 1], [3, 4, 3], [4, 3, 4]]) == Fraction(12 * 37, 9 * 60)


def test_w_with_ties_by_hand() -> None:
    # ranks of the second judge 1.5 1.5 3; sums 2.5, 3.5, 6 around 4: S = 2.25+0.25+4 = 6.5; T = 2³ − 2 = 6
    # W = 12·6.5 / (4·24 − 2·6) = 78/84
    assert agreement.kendall_w([[1, 5], [2, 5], [3, 9]]) == Fraction(78, 84)


def test_mid_ranks_share_the_mean() -> None:
    assert agreement.mid_ranks([7, 9, 7, 1]) == [Fraction(5, 2), 4, Fraction(5, 2), 1]


@pytest.mark.parametrize("table", [[], [[1, 2]], [[1], [2]], [[4, 4], [4, 4]]])
def test_nothing_to_compare_gives_no_figure(table: list[list[int]]) -> None:
    assert agreement.kendall_w(table) is None
    assert agreement.icc(table) == (None, None)


@given(tables())
def test_w_lies_between_none_and_full_agreement(table: list[list[int]]) -> None:
    w = agreement.kendall_w(table)

    assert w is None or 0 <= w <= 1


@given(tables(3))
def test_w_is_the_mean_rank_correlation_of_pairs(table: list[list[int]]) -> None:
    """Kendall: the mean Spearman correlation of all pairs of judges is (m·W − 1)/(m − 1), where no judge ties any."""
    if any(len(set(column)) < len(column) for column in zip(*table, strict=True)):
        return
    n, m = len(table), len(table[0])
    ranks = [agreement.mid_ranks(column) for column in zip(*table, strict=True)]
    spearman = [
        1 - 6 * sum(((a - b) ** 2 for a, b in zip(one, other, strict=True)), Fraction(0)) / (n**3 - n)
        for index, one in enumerate(ranks)
        for other in ranks[index + 1 :]
    ]
    w = agreement.kendall_w(table)

    assert w is not None
    assert sum(spearman, Fraction(0)) / comb(m, 2) == (m * w - 1) / (m - 1)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=7), st.integers(2, 5))
def test_identical_judges_agree_fully(marks: list[int], judges: int) -> None:
    table = [[mark] * judges for mark in marks]

    if len(set(marks)) > 1:
        assert agreement.kendall_w(table) == 1
        assert agreement.icc(table) == (1, 1)
    else:
        assert agreement.kendall_w(table) is None
        assert agreement.icc(table) == (None, None)


@given(tables(), st.integers(-9, 9))
def test_a_constant_more_from_one_judge_moves_no_order(table: list[list[int]], more: int) -> None:
    shifted = [[row[0] + more, *row[1:]] for row in table]

    assert agreement.kendall_w(shifted) == agreement.kendall_w(table)


@given(tables(), st.integers(-9, 9), st.integers(1, 5))
def test_another_scale_for_all_changes_nothing(table: list[list[int]], more: int, times: int) -> None:
    scaled = [[times * value + more for value in row] for row in table]

    assert agreement.icc(scaled) == agreement.icc(table)
    assert agreement.kendall_w(scaled) == agreement.kendall_w(table)


@given(tables())
def test_icc_is_never_more_than_full_agreement(table: list[list[int]]) -> None:
    for figure in agreement.icc(table):
        assert figure is None or figure <= 1


def test_block_leaves_out_whom_a_gap_belongs_to() -> None:
    marks: dict[str, dict[str, int]] = {f"e{n}": {"a": n, "b": n, "c": n} for n in range(5)}
    del marks["e3"]["b"]

    assert agreement.block(marks) == (("e0", "e1", "e2", "e4"), ("a", "b", "c"))  # 12 cells; without b 10


def test_block_keeps_those_who_marked_all_when_one_was_replaced() -> None:
    marks = {f"e{n}": {"a": n, "b": n, ("old" if n < 3 else "new"): n} for n in range(6)}

    assert agreement.block(marks) == (tuple(marks), ("a", "b"))


def test_block_of_many_patterns_still_finds_one() -> None:
    marks = {f"e{n}": {"a": n, "b": n, f"x{n}": n} for n in range(20)}

    assert agreement.block(marks) == (tuple(marks), ("a", "b"))


@pytest.mark.parametrize("marks", [{}, {"e": {"a": 1, "b": 2}}, {"e": {"a": 1}, "f": {"b": 2}}])
def test_block_is_empty_when_no_two_judges_share_two_entries(marks: dict[str, dict[str, int]]) -> None:
    assert agreement.block(marks) == ((), ())


@given(st.fractions(0, 10_000, max_denominator=10_000), st.integers(0, 4))
def test_root_is_the_nearest_number_of_that_many_places(value: Fraction, places: int) -> None:
    found, half = Fraction(agreement.root(value, places)), Fraction(1, 2 * 10**places)

    assert max(found - half, Fraction(0)) ** 2 <= value < (found + half) ** 2


def test_root_of_a_negative_is_minus_the_root_of_its_size() -> None:
    assert (agreement.root(Fraction(2), 3), agreement.root(Fraction(-1, 4), 2)) == (Decimal("1.414"), Decimal("-0.50"))
