"""One operation of a judge's tablet: ok · conflict · locked · invalid."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure import marks
from contests.pure.marks import Cell, Op, Outcome, Refusal
from contests.pure.scheme import Aspect
from tests.contests.pure import samples

HELD = Cell(version=3, value=Decimal("8.5"))


def op(value: Any, base_version: Any = 3) -> Op:
    return Op("5b7c", "e1", "skill", value, base_version, "tablet-1", "2026-11-20T08:00:00+08:00")


def judge(value: Any, cell: Cell | None = HELD, *, base_version: Any = 3, **changes: Any) -> Outcome:
    return marks.judge(op(value, base_version), samples.aspect(**changes), cell)


# --- ok ------------------------------------------------------------------------------------------------------------


def test_first_mark_is_version_one() -> None:
    assert judge("8.5", Cell(), base_version=0) == Outcome("ok", Decimal("8.5"), 1, is_changed=True)


def test_mark_over_the_version_seen_is_taken() -> None:
    assert judge("9") == Outcome("ok", Decimal(9), 4, is_changed=True)


def test_mark_is_cleared_by_null() -> None:
    assert judge(None) == Outcome("ok", None, 4, is_changed=True)


@pytest.mark.parametrize("base_version", [0, 2, 3, 99])
def test_value_already_held_is_ok_and_changes_nothing(base_version: int) -> None:
    assert judge("8.50", base_version=base_version) == Outcome("ok", Decimal("8.5"), 3)


def test_clearing_what_is_not_there_changes_nothing() -> None:
    assert judge(None, Cell(), base_version=0) == Outcome("ok", None, 0)


# --- conflict ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base_version", [0, 2, 4])
def test_another_base_version_is_a_conflict_with_the_held_value(base_version: int) -> None:
    assert judge("9", base_version=base_version) == Outcome("conflict", Decimal("8.5"), 3)


def test_clearing_over_an_unseen_mark_is_a_conflict() -> None:
    assert judge(None, base_version=0) == Outcome("conflict", Decimal("8.5"), 3)


def test_mark_over_an_unseen_clearing_is_a_conflict() -> None:
    assert judge("9", Cell(version=4), base_version=3) == Outcome("conflict", None, 4)


# --- locked --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["9", "8.5", None, "99", "nonsense"])
def test_locked_sheet_takes_nothing_and_says_what_it_holds(value: str | None) -> None:
    locked = Cell(version=3, value=Decimal("8.5"), is_locked=True)

    assert judge(value, locked) == Outcome("locked", Decimal("8.5"), 3)


# --- invalid -------------------------------------------------------------------------------------------------------


def test_unknown_aspect_is_invalid() -> None:
    assert marks.judge(op("9"), None, HELD) == Outcome("invalid", Decimal("8.5"), 3, refusal=Refusal("unknown_aspect"))


def test_unknown_entry_is_invalid() -> None:
    assert judge("9", None) == Outcome("invalid", refusal=Refusal("unknown_entry"))


@pytest.mark.parametrize("value", ["", "abc", "NaN", "Infinity", "1e1", "8,5", " 9", 9, 8.5, True, [], Decimal(9)])
def test_what_is_no_decimal_text_is_invalid(value: Any) -> None:
    assert judge(value) == Outcome("invalid", Decimal("8.5"), 3, refusal=Refusal("not_a_number"))


@pytest.mark.parametrize("value", ["10.25", "-0.25", "100"])
def test_value_out_of_range_is_invalid(value: str) -> None:
    assert judge(value).refusal == Refusal("out_of_range", {"minimum": "0", "maximum": "10"})


@pytest.mark.parametrize("value", ["9.1", "0.01", "9.999999999999"])
def test_value_off_the_grid_is_invalid(value: str) -> None:
    assert judge(value).refusal == Refusal("off_grid", {"minimum": "0", "step": "0.25"})


@pytest.mark.parametrize("value", ["0", "10", "0.25", "9.75"])
def test_ends_and_steps_of_the_grid_are_marks(value: str) -> None:
    assert judge(value).result == "ok"


def test_grid_counts_from_the_minimum() -> None:
    outcomes = [judge(value, minimum=Decimal(1), step=Decimal(2)).result for value in ("1", "3", "9", "2", "10")]

    assert outcomes == ["ok", "ok", "ok", "invalid", "invalid"]


def test_impossible_value_is_invalid_before_it_is_a_conflict() -> None:
    assert judge("99", base_version=0).result == "invalid"


@pytest.mark.parametrize("base_version", [-1, None, "3", 3.0, True])
def test_base_version_that_is_no_version_is_invalid(base_version: Any) -> None:
    assert judge("9", base_version=base_version).refusal == Refusal("bad_base_version")


@pytest.mark.parametrize(
    ("value", "result"),
    [("0", "ok"), ("3", "ok"), ("2.0", "ok"), ("4", "invalid"), ("2.5", "invalid"), ("-1", "invalid")],
)
def test_worldskills_marks_are_whole_numbers_to_three(value: str, result: str) -> None:
    outcome = judge(value, combine="worldskills", minimum=Decimal(0), maximum=Decimal(50), step=Decimal(10))

    assert outcome.result == result


def test_zero_below_the_minimum_is_taken_where_zero_is_missing() -> None:
    results = [
        judge("0", minimum=Decimal(1), step=Decimal(1), zero_is_missing=missing).result for missing in (True, False)
    ]

    assert results == ["ok", "invalid"]


# --- what holds for anything a tablet sends ------------------------------------------------------------------------

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.lists(st.integers())
CELLS = st.none() | st.builds(Cell, st.integers(0, 9), st.none() | samples.numbers("0", "10", 2), st.booleans())
ASPECTS = st.none() | samples.aspects("skill", "practical")


@given(ANYTHING | st.sampled_from(["9", "9.5", "1e999999999", "NaN"]), ANYTHING | st.integers(0, 9), ASPECTS, CELLS)
def test_every_operation_is_answered(value: Any, base_version: Any, aspect: Aspect | None, cell: Cell | None) -> None:
    outcome = marks.judge(op(value, base_version), aspect, cell)

    assert outcome.result in {"ok", "conflict", "locked", "invalid"}
    assert (outcome.result == "invalid") == (outcome.refusal is not None)
    if cell is not None:
        assert outcome.version == cell.version + outcome.is_changed
        assert outcome.is_changed or outcome.value == cell.value


@given(samples.aspects("skill", "practical"), st.data())
def test_what_is_taken_can_be_sent_again(aspect: Aspect, data: st.DataObject) -> None:
    value = data.draw(samples.values(aspect))
    first = marks.judge(op(str(value), 0), aspect, Cell())

    again = marks.judge(op(str(value), 0), aspect, Cell(first.version, first.value))

    assert (first.result, again.result, again.version) == ("ok", "ok", first.version)
    assert marks.refusal_of(aspect, value) is None


@given(samples.aspects("skill", "practical"), samples.numbers("-9", "30", 3))
def test_only_the_grid_is_taken(aspect: Aspect, value: Decimal) -> None:
    steps = (value - aspect.mark_minimum) / aspect.mark_step
    is_on_grid = aspect.mark_minimum <= value <= aspect.mark_maximum and steps == int(steps)
    is_missing = aspect.zero_is_missing and value == 0

    assert (marks.refusal_of(aspect, value) is None) == (is_on_grid or is_missing)


def test_broken_step_in_storage_is_no_crash() -> None:
    assert marks.refusal_of(samples.aspect(step=Decimal(0)), Decimal("3.1")) is None
