"""contests/pure/judge_statistics.py: worked out by hand, and what must hold for any panel."""

from __future__ import annotations

import statistics
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure import judge_statistics
from contests.pure.bundle import Bundle
from contests.pure.judge_statistics import ICC_LIMITS, W_LIMITS, PanelFigures
from contests.pure.scheme import Aspect, Entry, Judge, Mark
from tests.contests.pure import samples


def panel(*rows: str, aspect: Aspect | None = None) -> Bundle:
    """One aspect; a row for each entry e1, e2 …, a column for each judge j1, j2 …; `-` is no mark."""
    item = aspect or samples.aspect()
    cells = [row.split() for row in rows]
    return Bundle(
        samples.scheme(item),
        tuple(Entry(f"e{number}", "") for number in range(1, len(cells) + 1)),
        tuple(Judge(f"j{number}", "") for number in range(1, len(cells[0]) + 1)),
        tuple(
            Mark(f"e{row}", item.code, f"j{column}", Decimal(value))
            for row, values in enumerate(cells, start=1)
            for column, value in enumerate(values, start=1)
            if value != "-"
        ),
    )


def by_judge(found: PanelFigures) -> dict[str, judge_statistics.JudgeFigures]:
    return {row.judge: row for row in found.judges}


PANEL = panel("5 6 7", "6 6 9", "7 9 8")  # means of the cells 6, 7, 8


def test_mean_and_severity_by_hand() -> None:
    found = by_judge(judge_statistics.figures(PANEL))

    assert {judge: (row.marks, row.mean, row.severity) for judge, row in found.items()} == {
        "j1": (3, 6, -1),  # −1, −1, −1
        "j2": (3, 7, 0),  # 0, −1, 1
        "j3": (3, 8, 1),  # 1, 2, 0
    }


def test_spread_and_correlation_by_hand() -> None:
    found = by_judge(judge_statistics.figures(PANEL))

    # j1: 5 6 7, variance 1; j2 against the mean of the others 6, 7.5, 7.5: r² = 1.5² / (6 · 1.5) = 1/4
    assert (found["j1"].variance, found["j1"].spread) == (1, Decimal("1.00"))
    assert (found["j2"].correlation_square, found["j2"].correlation) == (Fraction(1, 4), Decimal("0.50"))


def test_correlation_is_that_of_the_standard_library() -> None:
    rows = [[5, 6, 7], [6, 6, 9], [7, 9, 8], [2, 8, 1]]
    found = by_judge(judge_statistics.figures(panel(*(" ".join(map(str, row)) for row in rows))))

    for column in range(3):
        mine = [float(row[column]) for row in rows]
        rest = [(sum(row) - row[column]) / 2 for row in rows]
        assert float(found[f"j{column + 1}"].correlation or 0) == pytest.approx(
            statistics.correlation(mine, rest), abs=0.005
        )


def test_judge_alone_has_nothing_to_be_compared_with() -> None:
    only = judge_statistics.figures(panel("5", "7"))

    assert [(row.mean, row.severity, row.correlation) for row in only.judges] == [(6, None, None)]
    assert (only.overall.w, only.overall.icc_single) == (None, None)


def test_nobody_marked_yet() -> None:
    found = judge_statistics.figures(panel("- -", "- -"))

    assert (found.judges, found.aspects, found.outliers, found.overall.w) == ((), (), (), None)


def test_outlier_is_far_from_the_median_of_its_cell() -> None:
    found = judge_statistics.figures(panel("8 8.25 8 5", "7 7 7.25 7", "6 6 6 6.25"))

    (row,) = found.outliers
    assert (row.entry, row.judge, row.value, row.median, row.deviation) == ("e1", "j4", 5, 8, -3)
    assert row.limit == Fraction("0.25")  # most marks are the median itself: one step
    assert [judge.outliers for judge in found.judges] == [0, 0, 0, 1]


def test_outliers_of_a_panel_that_differs_widely_are_further_away() -> None:
    # deviations from the medians 1 0 1 0 1, 2 0 1 1 0, 1 1 0 5 0 → median 1: limit 2 × 1.4826
    found = judge_statistics.figures(panel("4 5 6 5 4", "7 5 6 4 5", "5 7 6 1 6"))

    assert [(row.entry, row.judge) for row in found.outliers] == [("e3", "j4")]
    assert found.outliers[0].limit == 2 * Fraction("1.4826")


def test_two_judges_cannot_tell_who_is_the_outlier() -> None:
    assert judge_statistics.figures(panel("1 9", "5 5", "6 6")).outliers == ()


def test_aspects_of_different_ranges_are_compared_in_percent() -> None:
    wide = samples.aspect(code="wide", maximum=Decimal(40), minimum=Decimal(20))
    both = replace(PANEL, scheme=samples.scheme(samples.SKILL, wide))
    both = replace(both, marks=(*both.marks, *samples.marks("e1", "wide", 30, 30, 36)))

    found = judge_statistics.figures(both)

    assert (found.unit, judge_statistics.figures(PANEL).unit) == ("percent", "marks")
    assert by_judge(found)["j1"].mean == Fraction(50 + 60 + 70 + 50, 4)
    assert {row.judge: row.mean for row in found.aspects[1].judges} == {"j1": 30, "j2": 30, "j3": 36}


def test_settling_mark_measurements_and_disqualified_entries_are_no_judgements() -> None:
    skills = samples.aspect(code="finish", combine="worldskills")
    metres = samples.aspect(code="metres", kind="measurement")
    contest = Bundle(
        samples.scheme(skills, metres),
        (Entry("e1", ""), Entry("e2", "", status="dq")),
        (*(Judge(f"j{number}", "") for number in (1, 2, 3)), Judge("c", "", role="chief")),
        (
            *samples.marks("e1", "finish", 1, 3, 3),
            Mark("e1", "finish", "c", Decimal(2)),
            *samples.marks("e2", "finish", 0, 0, 0),
            *samples.marks("e1", "metres", 7),
        ),
    )

    assert judge_statistics.judgements(contest) == {"finish": {"e1": {"j1": 1, "j2": 3, "j3": 3}}}


def test_zero_that_is_missing_is_no_mark() -> None:
    found = judge_statistics.figures(panel("0 6", "5 6", aspect=samples.aspect(zero_is_missing=True)))

    assert [(row.marks, row.mean) for row in found.judges] == [(1, 5), (2, 6)]


def test_overall_agreement_weighs_aspects_as_the_total_does() -> None:
    heavy = samples.aspect(code="heavy", factor=Decimal(10))
    contest = replace(panel("1 9", "2 8", "3 7"), scheme=samples.scheme(samples.SKILL, heavy))
    contest = replace(
        contest, marks=(*contest.marks, *(mark for n in (1, 2, 3) for mark in samples.marks(f"e{n}", "heavy", n, n)))
    )

    found = judge_statistics.figures(contest)

    assert (found.aspects[0].agreement.w, found.aspects[1].agreement.w, found.overall.w) == (0, 1, 1)


def test_overall_agreement_is_of_judges_who_mark_the_same() -> None:
    other = samples.aspect(code="other")
    contest = replace(panel("1 1 -", "2 2 -", "3 3 -"), scheme=samples.scheme(samples.SKILL, other))
    contest = replace(contest, marks=(*contest.marks, Mark("e1", "other", "j3", Decimal(4))))

    overall = judge_statistics.figures(contest).overall

    assert (overall.judges, overall.entries, overall.w) == (("j1", "j2"), 3, 1)


@pytest.mark.parametrize(
    ("value", "w", "icc"),
    [("0.49", "low", "low"), ("0.5", "fair", "fair"), ("0.7", "high", "fair"), ("0.75", "high", "high")],
)
def test_word_of_a_figure(value: str, w: str, icc: str) -> None:
    assert judge_statistics.word(Fraction(value), W_LIMITS) == w
    assert judge_statistics.word(Fraction(value), ICC_LIMITS) == icc


def test_no_figure_has_no_word() -> None:
    assert judge_statistics.word(None, W_LIMITS) is None


@given(samples.bundles())
def test_any_contest_has_figures(contest: Bundle) -> None:
    found = judge_statistics.figures(contest)

    assert all(-1 <= (row.correlation or 0) <= 1 for row in found.judges)
    assert all(row.w is None or 0 <= row.w <= 1 for row in [found.overall, *(one.agreement for one in found.aspects)])
    assert sum(row.marks for row in found.judges) == sum(len(cell) for rows in judge_statistics.judgements(contest).values()
                                                         for cell in rows.values())  # fmt: skip
    assert all(row.times > 1 for row in found.outliers)


@given(samples.bundles())
def test_order_of_marks_does_not_matter(contest: Bundle) -> None:
    backwards = replace(contest, marks=tuple(reversed(contest.marks)))

    assert judge_statistics.figures(backwards) == judge_statistics.figures(contest)


FULL = st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=2, max_size=6)


@given(FULL)
def test_severities_of_a_full_panel_sum_to_nothing(rows: list[list[int]]) -> None:
    found = judge_statistics.figures(panel(*(" ".join(map(str, row)) for row in rows)))

    assert sum(row.severity or 0 for row in found.judges) == 0


@given(FULL, st.integers(1, 9))
def test_a_constant_more_from_one_judge_changes_severity_alone(rows: list[list[int]], more: int) -> None:
    """…and the mean it is: the spread, the correlation and the agreement about the order stay."""
    before = judge_statistics.figures(panel(*(" ".join(map(str, row)) for row in rows)))
    after = judge_statistics.figures(panel(*(f"{row[0] + more} {row[1]} {row[2]}" for row in rows)))

    shifts = [Fraction(2 * more, 3), Fraction(-more, 3), Fraction(-more, 3)]
    assert [new.severity for new in after.judges] == [
        (old.severity or 0) + shift for old, shift in zip(before.judges, shifts, strict=True)
    ]
    same = [(row.variance, row.correlation_square) for row in before.judges]
    assert [(row.variance, row.correlation_square) for row in after.judges] == same
    assert after.overall.w == before.overall.w


@given(st.lists(st.integers(0, 20), min_size=2, max_size=6, unique=True))
def test_identical_judges_agree_fully(values: list[int]) -> None:
    found = judge_statistics.figures(panel(*(f"{value} {value} {value}" for value in values)))

    assert (found.overall.w, found.overall.icc_single, found.overall.icc_mean, found.outliers) == (1, 1, 1, ())
    assert {(row.severity, row.correlation) for row in found.judges} == {(Fraction(0), Decimal("1.00"))}
