"""contests/pure/practice.py: trainees against the panel, by hand."""

from __future__ import annotations

from decimal import Decimal

from contests.pure import judge_statistics, practice
from contests.pure.scheme import Mark
from tests.contests.pure import samples
from tests.contests.pure.test_judge_statistics import PANEL, panel


def given(*values: str, judge: str = "p1", aspect: str = "") -> list[Mark]:
    code = aspect or samples.aspect().code
    return [Mark(f"e{row}", code, judge, Decimal(value)) for row, value in enumerate(values, start=1) if value != "-"]


def test_severity_and_correlation_by_hand() -> None:
    (row,) = practice.compare(PANEL, given("5", "7", "6"))  # the panel's means: 6, 7, 8

    assert (row.judge, row.marks, row.mean, row.severity) == ("p1", 3, 6, -1)  # −1, 0, −2
    assert (row.correlation_square, row.correlation) == (Decimal("0.25"), Decimal("0.50"))


def test_a_mark_far_from_the_panels_median_is_counted() -> None:
    (row,) = practice.compare(panel("8 8.25 8", "7 7 7.25", "6 6 6"), given("8", "3", "6.25"))

    assert (row.far, row.marks) == (1, 3)


def test_only_what_the_panel_has_marked_is_compared() -> None:
    first, second = practice.compare(
        panel("5 6 7", "- - -"), [*given("6", "9", judge="p2"), *given("6", "9"), *given("1", aspect="unknown")]
    )

    assert (first.judge, first.marks, first.severity, first.correlation) == ("p1", 1, 0, None)
    assert (second.judge, second.marks) == ("p2", 1)
    assert practice.compare(panel("- -"), given("6")) == ()


def test_the_panels_own_figures_do_not_know_of_practice() -> None:
    assert [row.judge for row in judge_statistics.figures(PANEL).judges] == ["j1", "j2", "j3"]
