"""Snapshot + deltas = fresh snapshot. The same reducer stands in frontend/src/screen/reducer.js.

Rows are plain JSON objects with `id` and `rank` (None: listed last). Boards are ordered by rank, then by id: an order
every client can make from the rows alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Row = dict[str, Any]


def ordered(rows: Iterable[Row]) -> list[Row]:
    """Return rows as a board shows them: by rank, those without one last, equals by id."""
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["id"]))


def difference(before: Iterable[Row], after: Iterable[Row]) -> tuple[list[Row], list[str]]:
    """Return (whole changed or new rows, ids that are gone) that lead from one board to the other."""
    old = {row["id"]: row for row in before}
    new = {row["id"]: row for row in after}
    changed = ordered(row for key, row in new.items() if old.get(key) != row)
    return changed, sorted(key for key in old if key not in new)


def apply(board: Mapping[str, Any], frame: Mapping[str, Any]) -> dict[str, Any]:
    """Return the board after a frame. The caller has checked that a delta's seq follows; a beat changes nothing.

    Args:
        board: {epoch, seq, state, title, columns, rows}; {} before the first snapshot.
        frame: snapshot, delta or beat as the protocol sends them.
    """
    if frame["type"] == "beat":
        return dict(board)
    if frame["type"] == "snapshot":
        kept = ("epoch", "seq", "at", "state", "title", "columns", "rows")
        return {name: frame[name] for name in kept}
    rows = {row["id"]: row for row in board["rows"]} | {row["id"]: row for row in frame["rows"]}
    for key in frame["gone"]:
        rows.pop(key, None)
    changed = {"seq": frame["seq"], "at": frame["at"], "state": frame["state"], "rows": ordered(rows.values())}
    return {**board, **changed}
