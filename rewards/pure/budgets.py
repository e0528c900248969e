"""When a budget runs out."""

from __future__ import annotations

from datetime import date, timedelta


def runs_out_on(left: int, spent: int, days: int, today: date) -> date | None:
    """Return the day on which `left` points are gone if they go as the last `days` days' `spent` did.

    None: nothing was spent, or not within ten years. Today: nothing is left.
    """
    if left <= 0:
        return today
    if spent <= 0:
        return None
    lasting = left * days // spent
    return today + timedelta(days=lasting) if lasting <= 3653 else None
