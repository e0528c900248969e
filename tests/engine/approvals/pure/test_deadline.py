"""Deadlines as policies write them."""

from __future__ import annotations

import pytest

from engine.approvals.pure.deadline import minutes_of


@pytest.mark.parametrize(
    ("deadline", "minutes"),
    [("", 0), (None, 0), (45, 45), ("45", 45), ("90m", 90), ("8h", 480), ("1d", 480), ("2d", 960)],
)
def test_minutes_of_a_deadline(deadline: object, minutes: int) -> None:
    assert minutes_of(deadline) == minutes


@pytest.mark.parametrize("deadline", ["0", 0, -5, "1w", "d", "1.5h", True, "-2d"])
def test_anything_else_is_refused(deadline: object) -> None:
    with pytest.raises(ValueError, match="write minutes"):
        minutes_of(deadline)
