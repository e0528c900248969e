"""What goes over the wire, read from the tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from engine.live.models import Board, Delta
from engine.live.wire import encode

__all__ = ["beat", "encode", "missing", "moment", "show_of", "snapshot"]


def snapshot(board: Board) -> dict[str, Any]:
    """Return what a screen needs to begin with."""
    return {
        "type": "snapshot",
        "epoch": board.epoch,
        "seq": board.seq,
        "at": timezone.localtime(board.at).isoformat(),
        "state": board.state,
        "title": board.title,
        "columns": board.columns,
        "rows": board.rows,
        **show_of(board),
    }


def moment(frame: dict[str, Any]) -> datetime:
    """Return when a frame's change was made."""
    return datetime.fromisoformat(frame["at"])


def show_of(board: Board) -> dict[str, Any]:
    """Return what frames say beside the protocol while a board is revealed; clients that ignore it miss only the show.

    `left`: how many rows are still to come; `call`: which place is called up, its name still to come, and how many share it.
    """
    if board.state != Board.State.REVEALING:
        return {}
    left = max(0, len(board.held) - board.revealed)
    if not board.is_called or not left:
        return {"left": left}
    rank = board.held[left - 1]["rank"]
    return {"left": left, "call": {"rank": rank, "of": sum(row["rank"] == rank for row in board.held)}}


def beat(epoch: str, seq: int, at: datetime) -> dict[str, Any]:
    """Return the sign of life."""
    return {"type": "beat", "epoch": epoch, "seq": seq, "at": timezone.localtime(at).isoformat()}


def missing(board: Board, epoch: str, seq: int) -> list[dict[str, Any]] | None:
    """Return the deltas after `seq`, or None when only a snapshot helps."""
    if epoch != board.epoch or seq > board.seq:
        return None
    if seq == board.seq:
        return []
    deltas = list(Delta.objects.filter(board=board, seq__gt=seq, seq__lte=board.seq).order_by("seq"))
    if [delta.seq for delta in deltas] != list(range(seq + 1, board.seq + 1)):
        return None
    frames = [delta.frame for delta in deltas]
    return frames if all(frame["epoch"] == epoch for frame in frames) else None
