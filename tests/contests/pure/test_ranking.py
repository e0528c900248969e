"""Competition ranking, tie breaks, entries without a rank, the standardised scale."""

from __future__ import annotations

from dataclasses import replace
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contests.pure import ranking, results, scoring
from contests.pure.bundle import Bundle
from contests.pure.scheme import ROUNDINGS, Entry, Mark, Penalty, Ranking, Scheme
from tests.contests.pure import samples

A, B = samples.aspect(code="a", group="g"), samples.aspect(code="b", group="h")


def ranks(
    rules: Scheme, given: dict[str, dict[str, str | int]], *, penalties: dict[str, int] | None = None, **statuses: str
) -> list[tuple[str, int | None]]:
    """Rank entries given as {entry: {aspect: value}}, in that order."""
    return [(standing.entry.entry, standing.rank) for standing in _standings(rules, given, penalties or {}, statuses)]


def _standings(
    rules: Scheme, given: dict[str, dict[str, str | int]], penalties: dict[str, int], statuses: dict[str, str]
) -> list[ranking.Standing]:
    entries = [Entry(code, code, status=statuses.get(code, "")) for code in given]
    marks = [
        Mark(entry, aspect, "j1", Decimal(value)) for entry, values in given.items() for aspect, value in values.items()
    ]
    taken = [Penalty(entry, Decimal(points)) for entry, points in penalties.items()]
    return ranking.rank(rules, entries, scoring.score(rules, entries, marks, penalties=taken))


def totals(**values: str | int) -> dict[str, dict[str, str | int]]:
    return {entry: {"a": value} for entry, value in values.items()}


def test_equal_rank_skips_the_next() -> None:
    placed = ranks(samples.scheme(A), totals(w=6, x=8, y=8, z=9))

    assert placed == [("z", 1), ("x", 2), ("y", 2), ("w", 4)]


def test_three_equal_at_the_top() -> None:
    assert ranks(samples.scheme(A), totals(w=8, x=8, y=8, z=1)) == [("w", 1), ("x", 1), ("y", 1), ("z", 4)]


def test_entries_of_equal_rank_stand_in_file_order() -> None:
    assert ranks(samples.scheme(A), totals(z=8, a=8, m=9)) == [("m", 1), ("z", 2), ("a", 2)]


def test_nobody_is_ranked_where_nobody_is() -> None:
    assert ranks(samples.scheme(A), {}) == []


@pytest.mark.parametrize("criterion", ["group:h", "aspect:b"])
def test_next_criterion_breaks_a_tie(criterion: str) -> None:
    rules = samples.scheme(A, B, ranking=Ranking(("total", criterion)))

    placed = ranks(rules, {"x": {"a": 6, "b": 4}, "y": {"a": 4, "b": 6}, "z": {"a": 5, "b": 5}})

    assert placed == [("y", 1), ("z", 2), ("x", 3)]


def test_tie_on_every_criterion_stays_a_tie() -> None:
    rules = samples.scheme(A, B, ranking=Ranking(("total", "group:g", "aspect:b")))

    assert ranks(rules, {"x": {"a": 6, "b": 4}, "y": {"a": 6, "b": 4}}) == [("x", 1), ("y", 1)]


def test_first_criterion_need_not_be_the_total() -> None:
    rules = samples.scheme(A, B, ranking=Ranking(("aspect:b", "total")))

    assert ranks(rules, {"x": {"a": 9, "b": 4}, "y": {"a": 1, "b": 5}, "z": {"a": 2, "b": 5}}) == [
        ("z", 1),
        ("y", 2),
        ("x", 3),
    ]


def test_tie_is_broken_by_exact_scores_where_no_rounding_is_named() -> None:
    time = samples.aspect(code="b", group="h", factor=Decimal("0.0001"), round=())
    rules = samples.scheme(A, time, ranking=Ranking(("total", "aspect:b")))

    assert ranks(rules, {"x": {"a": 8, "b": 3}, "y": {"a": 8, "b": 4}}) == [("y", 1), ("x", 2)]


# --- lower wins ----------------------------------------------------------------------------------------------------

TIMED = samples.scheme(A, B, ranking=Ranking(("aspect:a", "aspect:b"), ("aspect:b",)))


def test_lower_wins_on_an_ascending_criterion() -> None:
    assert ranks(TIMED, {"x": {"a": 8, "b": 5}, "y": {"a": 8, "b": 4}}) == [("y", 1), ("x", 2)]


def test_missing_score_does_not_win_where_lower_wins() -> None:
    placed = ranks(TIMED, {"open": {"a": 8}, "slow": {"a": 8, "b": 9}, "still": {"a": 8, "b": 0}})

    assert placed == [("still", 1), ("slow", 2), ("open", 3)]


def test_missing_score_counts_zero_where_higher_wins() -> None:
    rules = samples.scheme(A, B, ranking=Ranking(("aspect:a", "aspect:b")))

    assert ranks(rules, {"open": {"a": 8}, "zero": {"a": 8, "b": 0}, "one": {"a": 8, "b": 1}}) == [
        ("one", 1),
        ("open", 2),
        ("zero", 2),
    ]


@pytest.mark.parametrize("criterion", ["group:runs", "total"])
def test_unfinished_sum_does_not_win_where_lower_wins(criterion: str) -> None:
    runs = [samples.aspect(code=code, group="runs") for code in ("first", "second", "third")]
    rules = samples.scheme(*runs, ranking=Ranking((criterion,), (criterion,)))

    placed = ranks(
        rules,
        {
            "one-run": {"first": 1},
            "two-runs": {"first": 3, "second": 3},
            "slow": {"first": 9, "second": 9, "third": 9},
            "fast": {"first": 8, "second": 9, "third": 9},
        },
    )

    assert placed == [("fast", 1), ("slow", 2), ("two-runs", 3), ("one-run", 4)]


# --- without a rank ------------------------------------------------------------------------------------------------


def test_unmarked_entries_stand_behind_in_file_order_without_rank() -> None:
    given = {"z": {}, "x": {"a": 0}, "b": {}, "y": {"a": 3}}

    assert ranks(samples.scheme(A), given) == [("y", 1), ("x", 2), ("z", None), ("b", None)]


@pytest.mark.parametrize("status", ["dns", "dnf", "dq", "wd"])
def test_entries_with_a_status_stand_behind_the_unmarked(status: str) -> None:
    placed = ranks(samples.scheme(A), totals(best=10, last=1) | {"unmarked": {}}, best=status)

    assert placed == [("last", 1), ("unmarked", None), ("best", None)]


def test_entries_with_a_status_stand_in_file_order_marked_or_not() -> None:
    given = {"z": {}, "y": {"a": 9}, "x": {"a": 8}, "w": {"a": 1}}

    assert ranks(samples.scheme(A), given, z="dq", y="dnf", x="dns") == [
        ("w", 1),
        ("z", None),
        ("y", None),
        ("x", None),
    ]


def test_marked_entry_with_everything_taken_is_still_ranked() -> None:
    assert ranks(samples.scheme(A), totals(x=5, y=3), penalties={"x": 9}) == [("y", 1), ("x", 2)]


# --- criterion values ----------------------------------------------------------------------------------------------


def test_criterion_values_can_be_asked_for() -> None:
    rules = samples.scheme(A, B)
    score = scoring.score(rules, [Entry("x", "x")], [Mark("x", "a", "j1", Decimal(8))])["x"]

    values = [ranking.criterion_value(score, word) for word in ("total", "group:g", "aspect:a", "group:h", "aspect:b")]

    assert values == [(8, 1), (8, 0), (8, 0), (0, 1), (0, 1)]


def test_criterion_of_nothing_is_an_error() -> None:
    rules = samples.scheme(A)
    score = scoring.score(rules, [Entry("x", "x")], [])["x"]

    with pytest.raises(KeyError):
        ranking.criterion_value(score, "aspect:ghost")


# --- standardised --------------------------------------------------------------------------------------------------


def standardised(*values: str | int, rounding: str = "half-up") -> list[int]:
    return ranking.standardised([Decimal(value) for value in values], rounding)


def test_standardised_puts_the_median_at_700_and_a_deviation_at_100() -> None:
    assert standardised(1, 2, 3) == [578, 700, 822]  # s = sqrt(2/3)


def test_standardised_median_of_an_even_number_is_between_the_middle_two() -> None:
    assert standardised(1, 3) == [600, 800]


def test_standardised_is_700_for_all_when_all_are_equal() -> None:
    assert standardised(5, 5, 5) == [700, 700, 700]
    assert standardised(5) == [700]
    assert standardised() == []


@pytest.mark.parametrize(("rounding", "expected"), [("half-up", 863), ("half-even", 862), ("truncate", 862)])
def test_standardised_rounds_the_contests_way(rounding: str, expected: int) -> None:
    """13 above the median at a deviation of 8 is 862.5."""
    assert ranking._rounded_shift(Fraction(13), Fraction(64), rounding) == expected


def test_standardised_ties_below_the_median_round_like_any_number() -> None:
    shifts = [ranking._rounded_shift(Fraction(-13), Fraction(64), rounding) for rounding in ROUNDINGS]

    assert shifts == [538, 538, 537]


def test_standardised_leaves_out_who_is_not_ranked() -> None:
    rules = samples.scheme(A, contest={"scale": "standardised"})
    given = totals(x=1, y=3, z=10) | {"unmarked": {}}

    standings = _standings(rules, given, {}, {"z": "dq"})

    assert [(standing.entry.entry, standing.standardised) for standing in standings] == [
        ("y", 800),
        ("x", 600),
        ("unmarked", None),
        ("z", None),
    ]


def test_points_scale_has_no_standardised_scores() -> None:
    standings = _standings(samples.scheme(A), totals(x=1, y=3), {}, {})

    assert [standing.standardised for standing in standings] == [None, None]


@settings(max_examples=60)
@given(st.lists(samples.numbers("0", "200", 2), min_size=1, max_size=9), st.sampled_from(ROUNDINGS))
def test_standardised_agrees_with_a_long_square_root(values: list[Decimal], rounding: str) -> None:
    context = Context(prec=60)
    exact = [Fraction(value) for value in values]
    ordered = sorted(exact)
    median = (ordered[(len(exact) - 1) // 2] + ordered[len(exact) // 2]) / 2
    mean = sum(exact, Fraction(0)) / len(exact)
    variance = sum(((value - mean) ** 2 for value in exact), Fraction(0)) / len(exact)
    assume(variance)
    root = context.sqrt(context.divide(Decimal(variance.numerator), Decimal(variance.denominator)))
    modes = {"half-up": "ROUND_HALF_UP", "half-even": "ROUND_HALF_EVEN", "truncate": "ROUND_DOWN"}
    expected = []
    for value in exact:
        distance = 100 * (value - median)
        shift = context.divide(Decimal(distance.numerator), context.multiply(Decimal(distance.denominator), root))
        # The long root is off by its last digit; a tie must be seen as one.
        shift = context.add(700, shift).quantize(Decimal("1e-40"), context=context)
        expected.append(int(shift.quantize(Decimal(1), rounding=modes[rounding], context=context)))

    assert ranking.standardised(values, rounding) == expected


@given(
    st.lists(samples.numbers("0", "200", 2), min_size=2, max_size=9),
    st.integers(1, 9),
    st.integers(-50, 50),
)
def test_standardised_does_not_know_the_unit_of_the_totals(values: list[Decimal], times: int, plus: int) -> None:
    moved = [value * times + plus for value in values]

    assert ranking.standardised(moved, "half-up") == ranking.standardised(values, "half-up")


# --- what holds for any contest ------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(samples.bundles(), st.randoms(use_true_random=False))
def test_order_of_marks_never_changes_a_rank(bundle: Bundle, chance: Any) -> None:
    shuffled = list(bundle.marks)
    chance.shuffle(shuffled)

    assert results.standings(replace(bundle, marks=tuple(shuffled))) == results.standings(bundle)


@settings(max_examples=60)
@given(samples.bundles(), st.randoms(use_true_random=False))
def test_order_of_entries_never_changes_a_rank(bundle: Bundle, chance: Any) -> None:
    shuffled = list(bundle.entries)
    chance.shuffle(shuffled)

    before, after = (
        {standing.entry.entry: (standing.rank, standing.standardised) for standing in results.standings(each)}
        for each in (bundle, replace(bundle, entries=tuple(shuffled)))
    )
    assert before == after


@settings(max_examples=60)
@given(samples.bundles())
def test_ranks_are_competition_ranks(bundle: Bundle) -> None:
    standings = results.standings(bundle)
    given = [standing.rank for standing in standings if standing.rank is not None]

    assert len(standings) == len(bundle.entries)
    assert given == sorted(given)
    assert all(rank == 1 + sum(other < rank for other in given) for rank in given)


@settings(max_examples=60)
@given(samples.bundles())
def test_unranked_are_exactly_those_without_marks_or_with_a_status(bundle: Bundle) -> None:
    for standing in results.standings(bundle):
        assert (standing.rank is None) == (bool(standing.entry.status) or not standing.score.is_marked)
