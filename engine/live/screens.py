"""Pair a hall's screen by six digits: the screen shows them, somebody signed in types them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from engine.live.models import Board, Screen

TOKEN_COOKIE = "jinbang-screen"  # noqa: S105 the cookie's name
CODE_LIVES = timedelta(minutes=10)


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
    """End a screen's right to show anything; its socket closes within seconds."""
    Screen.objects.filter(pk=screen.pk, ended_at=None).update(ended_at=at)
    record(f"board:{screen.board.code if screen.board else ''}", "screen.unpaired", by=by, at=at, screen=screen.pk)


def of_token(token: str) -> Screen | None:
    """Return the living screen with this token."""
    return Screen.objects.select_related("board").filter(digest=digest(token), ended_at=None).first()


def shows(token: str, board: Board) -> bool:
    """Return whether a screen with this token is paired with the board."""
    return Screen.objects.filter(digest=digest(token), board=board, paired_at__isnull=False, ended_at=None).exists()
