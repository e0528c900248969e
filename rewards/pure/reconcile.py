"""Points burnt = days granted = days handed over: compare, and name every difference. Plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LATE_HOURS = 24
UNANSWERED_HOURS = 72


@dataclass(frozen=True)
class Side:
    """What the books say about one redemption of leave.

    `burnt`: points posted less points given back. `price`, `half_days`: of the request. `granted`: half days that stand
    (0 once returned), None without a grant. `handed`: half days handed over, less those the other side took
    back. `waiting_hours`: how long something has waited to be handed over, `unanswered_hours`: how long something handed
    over has waited for its acknowledgement; None when nothing does. `is_returning`: a return
    is on its way. `is_granted`: the redemption says so. `kept`: points the refund rule does not give back.
    """

    redemption: str
    price: int
    half_days: int
    burnt: int
    granted: int | None
    handed: int
    waiting_hours: float | None = None
    unanswered_hours: float | None = None
    is_returning: bool = False
    is_granted: bool = True
    kept: int = 0


@dataclass(frozen=True)
class Difference:
    """One thing that does not fit. Codes: burnt-not-granted, granted-not-burnt, wrong-points, wrong-days,
    not-handed-over, handed-over-still, returned-not-refunded, late, unanswered."""

    redemption: str
    code: str
    expected: int
    found: int


def differences(sides: Iterable[Side]) -> list[Difference]:
    """Return every difference, in the order of the redemptions given."""
    found: list[Difference] = []
    for side in sides:
        found += [Difference(side.redemption, code, expected, value) for code, expected, value in _of(side)]
    return found


def _of(side: Side) -> list[tuple[str, int, int]]:
    return [*_points(side), *_days(side), *_arrival(side)]


def _points(side: Side) -> Iterator[tuple[str, int, int]]:
    stands = bool(side.granted)
    due = side.price if stands or side.is_returning else side.kept
    if side.granted is None:
        if side.burnt or side.is_granted:
            yield "burnt-not-granted", 0, side.burnt
    elif side.burnt != due:
        yield _word(side, stands=stands, due=due), due, side.burnt


def _word(side: Side, *, stands: bool, due: int) -> str:
    """Name how burnt points differ from what is due."""
    if stands:
        return "granted-not-burnt" if side.burnt == 0 else "wrong-points"
    return "returned-not-refunded" if side.burnt > due else "wrong-points"


def _days(side: Side) -> Iterator[tuple[str, int, int]]:
    if side.granted and side.granted != side.half_days:
        yield "wrong-days", side.half_days, side.granted


def _arrival(side: Side) -> Iterator[tuple[str, int, int]]:
    granted = side.granted or 0
    if side.waiting_hours is not None:
        if side.waiting_hours >= LATE_HOURS:
            yield "late", LATE_HOURS, int(side.waiting_hours)
    elif side.handed < granted:
        yield "not-handed-over", granted, side.handed
    elif side.handed > granted:
        yield "handed-over-still", granted, side.handed
    if side.unanswered_hours is not None and side.unanswered_hours >= UNANSWERED_HOURS:
        yield "unanswered", UNANSWERED_HOURS, int(side.unanswered_hours)
