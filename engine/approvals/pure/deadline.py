"""Deadlines of a step in working minutes: `"90m"`, `"8h"`, `"2d"` (a day is eight hours) or plain minutes."""

from __future__ import annotations

import re

MINUTES_A_DAY = 480
UNIT_MINUTES = {"": 1, "m": 1, "h": 60, "d": MINUTES_A_DAY}
DEADLINE = re.compile(r"([1-9]\d{0,5})([mhd]?)")


def minutes_of(deadline: object) -> int:
    """Return a deadline in working minutes; 0 for none.

    Raises:
        ValueError: not written as a deadline.
    """
    if deadline is None or deadline == "":
        return 0
    found = DEADLINE.fullmatch(str(deadline)) if not isinstance(deadline, bool) else None
    if not found:
        raise ValueError("write minutes, or 90m, 8h, 2d")
    return int(found[1]) * UNIT_MINUTES[found[2]]
