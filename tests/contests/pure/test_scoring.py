"""From marks to totals: every sentence of the contract, and what must hold for any contest."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.pure import scoring
from contests.pure.bundle import Bundle
from contests.pure.scheme import Aspect, Entry, Factor, Group, Judge, Mark, Penalty, Scheme
from contests.pure.scoring import AspectScore, EntryScore
from tests.contests.pure import samples

ENTRY = Entry("e1", "王芳")
QUARTERS = [Decimal(quarter) / 4 for quarter in range(41)]


def score_of(aspect: Aspect, *values: str | int, places: int = 2, rounding: str = "half-up") -> AspectScore:
    """Score one aspect of one entry from marks by j1, j2 …"""
    rules = samples.scheme(aspect, contest={"places": places, "rounding": rounding})
    scores = scoring.score(rules, [ENTRY], samples.marks("e1", aspect.code, *values))
    return scores["e1"].aspects[aspect.code]


def entry_of(rules: Scheme, marks: list[Mark], **more: object) -> EntryScore:
    return scoring.score(rules, [ENTRY], marks, **more)["e1"]  # type: ignore[arg-type]


def score_bundle(bundle: Bundle, marks: list[Mark] | None = None) -> dict[str, EntryScore]:
    return scoring.score(
        bundle.scheme,
        bundle.entries,
        bundle.marks if marks is None else marks,
        judges=bundle.judges,
        penalties=bundle.penalties,
        factors=bundle.factors,
    )


# --- combine -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("combine", "values", "score"),
    [
        ("mean", [8, 9], "8.5"),
        ("mean", [7], "7"),
        ("mean", [7, 7, 8], "7.33"),
        ("sum", ["8.25", "9.5", 1], "18.75"),
        ("median", [9, 1, 5], "5"),
        ("median", [9, 1, 5, 6], "5.5"),
        ("median", [4], "4"),
        ("median", [4, 7], "5.5"),
    ],
)
def test_marks_are_combined_as_the_aspect_says(combine: str, values: list[str | int], score: str) -> None:
    assert score_of(samples.aspect(combine=combine), *values).score == Fraction(score)


def test_trimmed_mean_drops_both_ends_from_trim_from_marks_on() -> None:
    aspect = samples.aspect(combine="trimmed-mean", trim=1, trim_from=5)

    result = score_of(aspect, 10, 8, 7, 9, 0)

    assert result.score == 8
    assert [mark.use for mark in result.marks] == ["trimmed", "counted", "counted", "counted", "trimmed"]


def test_trimmed_mean_of_fewer_marks_is_the_plain_mean() -> None:
    aspect = samples.aspect(combine="trimmed-mean", trim=1, trim_from=5)

    result = score_of(aspect, 10, 8, 7, 0)

    assert result.score == Fraction("6.25")
    assert {mark.use for mark in result.marks} == {"counted"}


def test_trimmed_mean_counts_given_marks_only_towards_trim_from() -> None:
    aspect = samples.aspect(combine="trimmed-mean", trim=1, trim_from=5, zero_is_missing=True)

    result = score_of(aspect, 10, 8, 7, 1, 0)

    assert result.score == Fraction("6.5")
    assert [mark.use for mark in result.marks] == ["counted"] * 4 + ["missing"]


def test_trimmed_mean_drops_two_at_each_end() -> None:
    aspect = samples.aspect(combine="trimmed-mean", trim=2, trim_from=5)

    assert score_of(aspect, 1, 2, 5, 9, 10).score == 5


def test_trimmed_mean_without_trim_is_the_mean() -> None:
    aspect = samples.aspect(combine="trimmed-mean", trim=0, trim_from=1)

    assert score_of(aspect, 1, 2, 6).score == 3


def test_of_equal_marks_the_same_are_trimmed_whatever_their_order() -> None:
    aspect = samples.aspect(combine="trimmed-mean", trim=1, trim_from=3)
    rules = samples.scheme(aspect)
    marks = samples.marks("e1", "skill", 7, 7, 7)

    uses = [
        {mark.judge: mark.use for mark in entry_of(rules, given).aspects["skill"].marks}
        for given in (marks, marks[::-1])
    ]

    assert uses == [{"j1": "trimmed", "j2": "counted", "j3": "trimmed"}] * 2


def test_unknown_combine_is_an_error_not_a_score() -> None:
    with pytest.raises(ValueError, match="geometric"):
        score_of(samples.aspect(combine="geometric"), 1)


def test_measurement_is_its_one_value_however_combined() -> None:
    aspects = [samples.aspect(kind="measurement", combine=combine) for combine in ("sum", "mean", "median")]

    assert [score_of(aspect, 8).score for aspect in aspects] == [8, 8, 8]


def test_measurement_with_two_different_values_has_no_score() -> None:
    aspect = samples.aspect(kind="measurement", combine="sum")

    result = score_of(aspect, 8, 9)

    assert (result.state, result.score) == ("contested", None)


def test_measurement_confirmed_by_a_second_judge_is_still_one_value() -> None:
    assert score_of(samples.aspect(kind="measurement", combine="sum"), 8, "8.00").score == 8


# --- missing and open ----------------------------------------------------------------------------------------------


def test_zero_is_a_mark() -> None:
    assert score_of(samples.aspect(), 0, 8).score == 4


def test_zero_is_no_mark_where_zero_is_missing() -> None:
    result = score_of(samples.aspect(zero_is_missing=True), 0, 8)

    assert result.score == 8
    assert [mark.use for mark in result.marks] == ["missing", "counted"]


def test_aspect_nobody_marked_is_open_and_counts_nothing() -> None:
    rules = samples.scheme(samples.aspect(code="a"), samples.aspect(code="b"))

    result = entry_of(rules, samples.marks("e1", "a", 8))

    assert (result.aspects["b"].state, result.aspects["b"].score, result.total) == ("open", None, 8)
    assert (result.groups["practical"].missing_scores, result.missing_scores) == (1, 1)


def test_aspect_with_only_missing_zeros_is_open() -> None:
    assert score_of(samples.aspect(zero_is_missing=True), 0, 0).state == "open"


@pytest.mark.parametrize(
    ("values", "is_marked"),
    [([], False), ([0], True), ([5], True)],
)
def test_entry_is_marked_by_any_mark(values: list[int], is_marked: bool) -> None:
    assert entry_of(samples.scheme(), samples.marks("e1", "skill", *values)).is_marked is is_marked


def test_entry_with_missing_zeros_alone_is_not_marked() -> None:
    rules = samples.scheme(samples.aspect(zero_is_missing=True))

    assert entry_of(rules, samples.marks("e1", "skill", 0, 0)).is_marked is False


def test_marks_of_strangers_are_not_looked_at() -> None:
    marks = [*samples.marks("e1", "skill", 8), *samples.marks("ghost", "skill", 1), *samples.marks("e1", "ghost", 1)]

    scores = scoring.score(samples.scheme(), [ENTRY], marks, penalties=[Penalty("ghost", Decimal(1))])

    assert {entry: score.total for entry, score in scores.items()} == {"e1": 8}


# --- worldskills ---------------------------------------------------------------------------------------------------

WORLDSKILLS = samples.aspect(combine="worldskills", maximum=Decimal(2), step=Decimal(1))


@pytest.mark.parametrize(
    ("values", "score"),
    [([3, 3, 3], "2"), ([2, 3, 3], "1.78"), ([0, 0, 1], "0.22"), ([1, 1, 1], "0.67"), ([0, 0, 0], "0")],
)
def test_worldskills_is_mean_of_three_times_the_maximum(values: list[int], score: str) -> None:
    assert score_of(WORLDSKILLS, *values).score == Fraction(score)


def test_worldskills_is_exact_without_roundings() -> None:
    assert score_of(replace(WORLDSKILLS, round=()), 2, 3, 3).score == Fraction(16, 9)


@pytest.mark.parametrize("values", [[1, 2, 3], [0, 3, 3], [0, 2, 1]])
def test_worldskills_more_than_one_apart_is_contested(values: list[int]) -> None:
    result = score_of(WORLDSKILLS, *values)

    assert (result.state, result.score) == ("contested", None)
    assert {mark.use for mark in result.marks} == {"idle"}


@pytest.mark.parametrize("values", [[], [3], [3, 3], [3, 3, 3, 3]])
def test_worldskills_of_any_other_number_of_judges_is_open(values: list[int]) -> None:
    assert score_of(WORLDSKILLS, *values).state == "open"


def test_contested_aspect_is_settled_by_the_chief_judges_mark() -> None:
    judges = [Judge("j1", ""), Judge("j2", ""), Judge("j3", ""), Judge("j4", "", role="chief")]

    result = entry_of(samples.scheme(WORLDSKILLS), samples.marks("e1", "skill", 0, 3, 3, 3), judges=judges)

    aspect = result.aspects["skill"]
    assert (aspect.state, aspect.score, aspect.is_settled) == ("scored", 2, True)
    assert [mark.use for mark in aspect.marks] == ["idle", "idle", "idle", "settling"]


def test_chief_judges_mark_is_idle_once_the_three_agree() -> None:
    judges = [Judge("j1", ""), Judge("j2", ""), Judge("j3", ""), Judge("j4", "", role="chief")]

    result = entry_of(samples.scheme(WORLDSKILLS), samples.marks("e1", "skill", 3, 3, 3, 0), judges=judges)

    aspect = result.aspects["skill"]
    assert (aspect.score, aspect.is_settled) == (2, False)
    assert [mark.use for mark in aspect.marks] == ["counted"] * 3 + ["idle"]


def test_chief_judge_may_be_one_of_the_three() -> None:
    judges = [Judge("j1", "", role="chief"), Judge("j2", ""), Judge("j3", "")]

    result = entry_of(samples.scheme(WORLDSKILLS), samples.marks("e1", "skill", 3, 3, 3), judges=judges)

    assert result.aspects["skill"].score == 2


# --- factors, roundings, totals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rounds", "score"),
    [
        (("combined", "factor"), "11.72"),  # 7.3333 → 7.33 × 1.599 = 11.72067
        (("combined",), "11.72067"),
        (("factor",), "11.73"),  # 7.3333 × 1.599 = 11.726
        ((), "11.726"),
    ],
)
def test_only_the_named_roundings_happen(rounds: tuple[str, ...], score: str) -> None:
    aspect = samples.aspect(factor=Decimal("1.599"), round=rounds)

    assert score_of(aspect, 7, 7, 8).score == Fraction(score)


@pytest.mark.parametrize(("rounding", "score"), [("half-up", "0.13"), ("half-even", "0.12"), ("truncate", "0.12")])
def test_contest_says_how_to_round(rounding: str, score: str) -> None:
    aspect = samples.aspect(factor=Decimal("0.5"), round=("factor",))

    assert score_of(aspect, "0.25", rounding=rounding).score == Fraction(score)


def test_contest_says_how_many_places() -> None:
    assert [score_of(samples.aspect(), 7, 7, 8, places=places).score for places in (0, 1, 3)] == [
        7,
        Fraction("7.3"),
        Fraction("7.333"),
    ]


def test_factor_of_an_entry_stands_in_place_of_the_aspects() -> None:
    rules = samples.scheme(samples.aspect(factor=Decimal(2)))
    marks = [*samples.marks("e1", "skill", 8), *samples.marks("e2", "skill", 8)]

    scores = scoring.score(rules, [ENTRY, Entry("e2", "李雷")], marks, factors=[Factor("e1", "skill", Decimal("3.1"))])

    assert {entry: score.total for entry, score in scores.items()} == {"e1": Decimal("24.8"), "e2": 16}
    assert scores["e1"].aspects["skill"].factor == Decimal("3.1")


def test_group_total_is_the_rounded_weighted_sum() -> None:
    rules = samples.scheme(
        samples.aspect(code="a", round=()), samples.aspect(code="b", round=()), contest={"places": 1}
    )
    rules = replace(rules, groups=(Group("practical", "实操", Decimal("0.5")),))

    group = entry_of(rules, [*samples.marks("e1", "a", 7, 7, 8), *samples.marks("e1", "b", 8)]).groups["practical"]

    assert (group.points, group.total) == (Fraction(46, 3), Decimal("7.7"))


def test_group_totals_are_rounded_before_they_are_added() -> None:
    rules = samples.scheme(
        samples.aspect(code="a", group="g", factor=Decimal("0.1"), round=()),
        samples.aspect(code="b", group="h", factor=Decimal("0.1"), round=()),
        contest={"places": 0},
    )
    marks = [*samples.marks("e1", "a", 4), *samples.marks("e1", "b", 4)]

    assert entry_of(rules, marks).total == 0


def test_penalties_are_added_up_and_subtracted() -> None:
    penalties = [Penalty("e1", Decimal("0.5"), "超时"), Penalty("e1", Decimal(1), "安全")]

    result = entry_of(samples.scheme(), samples.marks("e1", "skill", 8), penalties=penalties)

    assert (result.penalty_points, result.total, result.penalties) == (
        Decimal("1.5"),
        Decimal("6.50"),
        tuple(penalties),
    )


def test_penalty_with_more_places_is_subtracted_before_rounding() -> None:
    result = entry_of(samples.scheme(), samples.marks("e1", "skill", 8), penalties=[Penalty("e1", Decimal("0.005"))])

    assert str(result.total) == "8.00"


def test_total_is_never_below_zero() -> None:
    result = entry_of(samples.scheme(), samples.marks("e1", "skill", 1), penalties=[Penalty("e1", Decimal(5))])

    assert str(result.total) == "0.00"


def test_negative_groups_count_and_only_the_total_stops_at_zero() -> None:
    rules = samples.scheme(
        samples.aspect(code="a", group="g"), samples.aspect(code="faults", group="h", factor=Decimal(-1))
    )
    marks = [*samples.marks("e1", "a", 3), *samples.marks("e1", "faults", 5)]

    result = entry_of(rules, marks)

    assert ([group.total for group in result.groups.values()], result.total) == ([3, -5], 0)


def test_arithmetic_of_an_entry_can_be_shown() -> None:
    judges = [Judge("j2", ""), Judge("j1", "")]
    rules = samples.scheme(samples.aspect(factor=Decimal(2)))

    aspect = entry_of(rules, samples.marks("e1", "skill", 8, 9), judges=judges).aspects["skill"]

    assert [(mark.judge, mark.value, mark.use) for mark in aspect.marks] == [("j2", 9, "counted"), ("j1", 8, "counted")]
    assert (aspect.combined, aspect.factor, aspect.score) == (Fraction("8.5"), 2, 17)


# --- what holds for any contest ------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(samples.bundles(), st.randoms(use_true_random=False))
def test_order_of_marks_never_matters(bundle: Bundle, chance: object) -> None:
    shuffled = list(bundle.marks)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert score_bundle(bundle, shuffled) == score_bundle(bundle)


@settings(max_examples=60)
@given(samples.bundles())
def test_totals_have_the_contests_places_and_are_never_negative(bundle: Bundle) -> None:
    totals = [score.total for score in score_bundle(bundle).values()]

    assert all(total >= 0 and not total.is_signed() for total in totals)
    assert {-int(total.as_tuple().exponent) for total in totals} <= {bundle.scheme.contest.places}


@settings(max_examples=60)
@given(samples.bundles())
def test_states_scores_and_uses_agree(bundle: Bundle) -> None:
    for score in score_bundle(bundle).values():
        for aspect in score.aspects.values():
            assert (aspect.state == "scored") == (aspect.score is not None) == (aspect.combined is not None)
            uses = [mark.use for mark in aspect.marks]
            assert (aspect.state == "scored") == ("counted" in uses or "settling" in uses)
            assert aspect.state != "open" or all(use in {"missing", "idle"} for use in uses)


@settings(max_examples=60)
@given(samples.bundles())
def test_groups_add_up_to_the_total(bundle: Bundle) -> None:
    for score in score_bundle(bundle).values():
        points = sum((group.total for group in score.groups.values()), Decimal(0)) - score.penalty_points
        assert abs(score.total - max(points, Decimal(0))) < Decimal(1).scaleb(-bundle.scheme.contest.places)


@given(st.lists(st.sampled_from(QUARTERS), min_size=1, max_size=12), st.integers(0, 3), st.integers(1, 4))
def test_trimmed_mean_is_what_a_slice_gives(values: list[Decimal], trim: int, more: int) -> None:
    aspect = samples.aspect(combine="trimmed-mean", trim=trim, trim_from=2 * trim + more, round=())
    kept = sorted(values)[trim : len(values) - trim] if len(values) >= 2 * trim + more else values

    score = score_of(aspect, *map(str, values)).score

    assert score == sum(map(Fraction, kept), Fraction(0)) / len(kept)


@given(
    st.lists(st.sampled_from(QUARTERS), min_size=1, max_size=9),
    st.sampled_from(["mean", "median", "trimmed-mean"]),
    samples.numbers("0.1", "9", 3),
)
def test_factor_scales_an_unrounded_score(values: list[Decimal], combine: str, factor: Decimal) -> None:
    aspect = samples.aspect(combine=combine, trim=1, trim_from=5, round=())

    plain, scaled = (score_of(replace(aspect, factor=each), *map(str, values)).score for each in (Decimal(1), factor))

    assert plain is not None
    assert scaled == Fraction(factor) * plain
    assert min(values) <= plain <= max(values)


@given(
    st.lists(st.sampled_from(QUARTERS), min_size=1, max_size=9),
    st.integers(0, 8),
    st.sampled_from(["mean", "median", "sum", "trimmed-mean"]),
)
def test_better_mark_never_lowers_a_score(values: list[Decimal], which: int, combine: str) -> None:
    aspect = samples.aspect(combine=combine, trim=1, trim_from=5)
    better = list(values)
    better[which % len(values)] = Decimal(10)

    before, after = (score_of(aspect, *map(str, given)).score for given in (values, better))

    assert before is not None
    assert after is not None
    assert before <= after
