"""frontend/src/pad and frontend/src/scheme: what a judge types, taps and sums is as exact in the browser as on the server."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.frontend.asking import Ask, asking

SCRIPT = Path(__file__).with_name("numbers.mjs")
many = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HUNDREDTH = Decimal("0.01")
weights = st.decimals(min_value=0, max_value=1000, places=3).map(lambda number: format(number, "f"))


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Ask the modules in Node: a question a line, an answer a line."""
    with asking(SCRIPT) as question:
        yield question


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("8.5", "8.5"),
        (" 8,5 ", "8.5"),
        ("８．５", "8.5"),
        ("8。5", "8.5"),
        ("-1", "-1"),
        ("0", "0"),
        ("9.123456", "9.123456"),
    ],
)
def test_what_a_judge_types_is_read(ask: Ask, typed: str, mark: str) -> None:
    assert ask("pad.read", typed) == mark


@pytest.mark.parametrize("typed", ["", "8.", ".5", "8.5.1", "1e3", "八", "8 5", "=8", "--1", "1234567890", "0.1234567"])
def test_what_is_no_number_yet_is_no_mark(ask: Ask, typed: str) -> None:
    assert ask("pad.read", typed) is None


@many
@given(data=st.data())
def test_a_tap_moves_to_the_next_point_of_the_grid(ask: Ask, data: st.DataObject) -> None:
    step = Decimal(data.draw(st.sampled_from(["0.1", "0.25", "0.5", "1", "5", "0.01"])))
    low = step * data.draw(st.integers(-20, 20))
    count = data.draw(st.integers(1, 200))
    at = data.draw(st.integers(0, count))
    direction = data.draw(st.sampled_from([1, -1]))
    aspect = {"minimum": format(low, "f"), "maximum": format(low + step * count, "f"), "step": format(step, "f")}

    found = ask("pad.stepped", format(low + step * at, "f"), direction, aspect)

    assert Decimal(found) == low + step * min(count, max(0, at + direction))


@pytest.mark.parametrize(
    ("value", "direction", "next_one"),
    [
        (None, 1, "0"),
        (None, -1, "10"),
        ("7.3", 1, "7.5"),
        ("7.3", -1, "7"),
        ("10", 1, "10"),
        ("0", -1, "0"),
        ("12", 1, "10"),
    ],
)
def test_a_tap_from_nothing_from_beside_the_grid_and_at_its_ends(
    ask: Ask, value: str | None, direction: int, next_one: str
) -> None:
    assert ask("pad.stepped", value, direction, {"minimum": "0", "maximum": "10", "step": "0.5"}) == next_one


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [("8.5", "8.50", True), ("8.5", "8.6", False), (None, None, True), (None, "0", False), ("0", "-0", True)],
)
def test_the_same_number_is_no_change(ask: Ask, one: str | None, other: str | None, is_same: bool) -> None:
    assert ask("pad.same", one, other) is is_same


@pytest.mark.parametrize(
    ("marks", "unusual"),
    [
        (["8", "8.5", "8", "8.5", "0.8"], [4]),  # a point in the wrong place
        (["8", "8.5", "8", "8.5", "6.5"], []),  # three steps away: a judgement, no slip
        (["8", "8", "8", "1"], []),  # four marks tell nothing
        (["8", None, "8", "8", "8", "1"], [5]),  # a blank is no mark
    ],
)
def test_a_slip_of_the_finger_stands_out(ask: Ask, marks: list[str | None], unusual: list[int]) -> None:
    assert ask("pad.unusual", "0.5", marks) == unusual


@many
@given(texts=st.lists(weights, max_size=12))
def test_weights_sum_exactly(ask: Ask, texts: list[str]) -> None:
    total = sum(map(Decimal, texts), Decimal(0))

    assert Decimal(ask("sums.sum", texts)) == total.quantize(HUNDREDTH, ROUND_HALF_UP)


@many
@given(most=weights, factor=weights, weight=weights)
def test_points_of_an_aspect_are_its_most_times_factor_times_weight(
    ask: Ask, most: str, factor: str, weight: str
) -> None:
    exact = Decimal(most) * Decimal(factor) * Decimal(weight)

    assert Decimal(ask("sums.points", {"max": most, "factor": factor}, {"weight": weight})) == exact.quantize(
        HUNDREDTH, ROUND_HALF_UP
    )


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [("1", "3", "33.33"), ("0.1", "0.3", "33.33"), ("5", "0", "0"), ("2", "2", "100")]
)
def test_a_share_is_shown_in_percent(ask: Ask, part: str, whole: str, percent: str) -> None:
    assert ask("sums.percent", part, whole) == percent


@pytest.mark.parametrize("typed", ["", "x", "1e2", "1.", "=1", "1234567890123"])
def test_a_weight_that_is_none_is_not_summed(ask: Ask, typed: str) -> None:
    assert ask("sums.read", typed) is None
    assert ask("sums.points", {"max": typed, "factor": "1"}, {"weight": "1"}) == "0"
