"""Who sees which rows now."""

from __future__ import annotations

from collections.abc import Sequence

from engine.live.pure.reducer import Row, ordered


def shown(state: str, full: Sequence[Row], before: Sequence[Row], revealed: int) -> list[Row]:
    """Return the rows everybody may see.

    Args:
        state: live and final show everything; frozen shows what was shown when it froze; revealing the last
            `revealed` places of the full ranking, and nothing else, so that no revealed place is ever contradicted.
        full: what the source says now.
        before: what was shown last.
        revealed: how many rows are released, from the last place up.
    """
    if state == "frozen":
        return list(before)
    rows = ordered(full)
    if state == "revealing":
        return rows[len(rows) - min(revealed, len(rows)) :]
    return rows
