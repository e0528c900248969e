"""Pair a hall's screen by six digits: the screen shows them, somebody signed in types them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from engine.live.models import Board, Delta, Screen

TOKEN_COOKIE = "jinbang-screen"  # noqa: S105 the cookie's name
CODE_LIVES = timedelta(minutes=10)
CONNECTED_WITHIN = timedelta(seconds=12)


class WrongCode(ValidationError):
    """No screen shows these digits now."""

    def __init__(self) -> None:
        super().__init__(
            _("No screen shows these digits now. Look at the screen and type them again."), code="wrong-code"
        )


def digest(token: str) -> str:
    """Return what is stored of a screen's token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic(savepoint=False)
def ask(*, at: datetime) -> tuple[Screen, str]:
    """Make an unpaired screen; return it and its token, which only the screen knows."""
    token = secrets.token_urlsafe(32)
    taken = set(Screen.objects.filter(paired_at=None, asked_at__gt=at - CODE_LIVES).values_list("code", flat=True))
    code = next(code for code in iter(_six_digits, "") if code not in taken)
    return Screen.objects.create(code=code, digest=digest(token), asked_at=at), token


def _six_digits() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


@transaction.atomic(savepoint=False)
def pair(*, code: str, board: Board, name: str, by: Any, at: datetime) -> Screen:
    """Give the screen that shows these digits a board to show.

    Raises:
        WrongCode: no screen shows them, or for longer than ten minutes.
    """
    waiting = Screen.objects.select_for_update(no_key=True).filter(paired_at=None, asked_at__gt=at - CODE_LIVES)
    screen = waiting.filter(code=code.strip()).first()
    if screen is None:
        raise WrongCode
    screen.board, screen.name, screen.paired_at, screen.paired_by = board, name[:60], at, by
    screen.save()
    record(f"board:{board.code}", "screen.paired", by=by, at=at, screen=screen.pk, name=screen.name)
    return screen


@transaction.atomic(savepoint=False)
def unpair(*, screen: Screen, by: Any, at: datetime) -> None:
    """End a screen's right to show anything; its socket closes at once here, within a second in other processes."""
    Screen.objects.filter(pk=screen.pk, ended_at=None).update(ended_at=at)
    record(f"board:{screen.board.code if screen.board else ''}", "screen.unpaired", by=by, at=at, screen=screen.pk)


@transaction.atomic(savepoint=False)
def rename(*, screen: Screen, name: str, by: Any, at: datetime) -> None:
    """Say anew where a screen hangs."""
    Screen.objects.filter(pk=screen.pk).update(name=name.strip()[:60])
    record(
        f"board:{screen.board.code if screen.board else ''}",
        "screen.renamed",
        by=by,
        at=at,
        screen=screen.pk,
        name=name,
    )


@dataclass(frozen=True)
class Shown:
    """How far a screen has come: `behind` changes and since when it lacks the first of them; None: not known."""

    screen: Screen
    is_connected: bool
    behind: int | None
    late_seconds: int
    trip_ms: int | None


def of_board(board: Board, *, at: datetime) -> list[Shown]:
    """Return the paired screens of a board and how far behind each is. 2 SQL statements for any number."""
    rows = list(board.screens.filter(ended_at=None, paired_at__isnull=False).order_by("paired_at"))
    lacking = {row.seen_seq + 1 for row in rows if row.seen_seq is not None and row.seen_seq < board.seq}
    since = dict(Delta.objects.filter(board=board, seq__in=lacking).values_list("seq", "frame__at")) if lacking else {}
    return [_shown(board, row, since, at) for row in rows]


def _shown(board: Board, row: Screen, since: dict[int, str], at: datetime) -> Shown:
    is_connected = row.heard_at is not None and at - row.heard_at < CONNECTED_WITHIN
    if row.seen_seq is None or row.seen_epoch != board.epoch:
        return Shown(row, is_connected, None, 0, row.trip_ms)
    behind = max(0, board.seq - row.seen_seq)
    begun = parse_datetime(since.get(row.seen_seq + 1, "")) if behind else None
    late = max(0, round((at - begun).total_seconds())) if begun else 0
    return Shown(row, is_connected, behind, late, row.trip_ms)


def of_token(token: str) -> Screen | None:
    """Return the living screen with this token."""
    return Screen.objects.select_related("board").filter(digest=digest(token), ended_at=None).first()


def shows(token: str, board: Board) -> bool:
    """Return whether a screen with this token is paired with the board."""
    return Screen.objects.filter(digest=digest(token), board=board, paired_at__isnull=False, ended_at=None).exists()
