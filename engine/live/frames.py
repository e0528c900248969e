"""What goes over the wire, read from the tables."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.utils import timezone

from engine.live.models import Board, Delta


def encode(frame: dict[str, Any]) -> str:
    """Return a frame as JSON text; made once for every socket of a process."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


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
        **call_of(board),
    }


def call_of(board: Board) -> dict[str, Any]:
    """Return what frames say beside the protocol while a medal's place is called up; clients that ignore it miss only the show."""
    if not board.is_called:
        return {}
    left = len(board.held) - board.revealed
    return {"call": {"rank": board.held[left - 1]["rank"]}} if left > 0 else {}


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
