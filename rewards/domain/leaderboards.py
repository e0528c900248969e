"""Boards of points over the live protocol: open those of this month and season, and have them looked at when points moved."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Sum

from engine.live import domain as live
from engine.live.models import Board, Delta
from people.models import Employee
from rewards.queries import boards
from rewards.queries.leaderboards import newest_transfer

KIND = "points"


def stir(*, at: datetime) -> int:
    """Open the boards of the current month and season where they are missing, and stir them when points have moved.

    When somebody hid their name, or shows it again, what the boards said before is forgotten: no old frame tells it.
    For the worker, every two seconds; returns how many boards were stirred.
    """
    newest, hidden = newest_transfer(), _hidden_names()
    if not newest or (newest, hidden) == (_seen.get("newest"), _seen.get("hidden")):
        return 0
    wanted = boards.boards_of(at)
    known = set(Board.objects.filter(code__in=[code for code, _key, _title in wanted]).values_list("code", flat=True))
    with transaction.atomic(durable=True):
        if hidden != _seen.get("hidden"):
            forget_frames()
        for code, key, title in wanted:
            if code in known:
                live.stir(code)
            else:
                live.open_board(code, kind=KIND, key=key, title=title, is_public=False)
    _seen["newest"], _seen["hidden"] = newest, hidden
    return len(wanted)


def forget_frames() -> None:
    """Begin a new epoch on every board of people and delete what it said; a reconnecting screen gets a snapshot."""
    rows = Board.objects.select_for_update(no_key=True).filter(kind=KIND, key__startswith="person/").order_by("code")
    for board in rows:
        Delta.objects.filter(board=board).delete()
        board.epoch = live.new_epoch()
        board.save(update_fields=["epoch"])
        live.stir(board.code)


def _hidden_names() -> tuple[int, int]:
    """Return what changes when anybody hides or shows their name. 1 SQL statement."""
    found = Employee.objects.filter(is_name_hidden=True).aggregate(n=Count("pk"), s=Sum("pk"))
    return found["n"], found["s"] or 0


# What this process has stirred for; another worker may stir again, which costs one look.
_seen: dict[str, int | tuple[int, int]] = {}
