"""Who may watch, asked at the door and again while the socket is open; and what screens say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from engine.live import screens
from engine.live.models import Board, Screen
from people.models import Employee

SIGN_IN, NOT_YOURS, NO_SUCH_BOARD = 4401, 4403, 4404
CHECK_SECONDS = 1.0
LONGEST_TRIP_MS = 60_000
Watching = tuple[str, "Viewer"]


@dataclass(frozen=True)
class Viewer:
    """Who sits behind a socket: an employee with a session, a screen in a hall, or nobody known."""

    person: int | None = None
    session: str | None = None
    screen: int | None = None


@dataclass(frozen=True)
class Report:
    """What a screen last said it shows."""

    screen: int
    epoch: str
    seq: int
    trip_ms: int
    at: datetime


def admit(code: str, person: Any, session: str | None, token: str) -> tuple[int, Viewer]:
    """Return (0 or the code the socket closes with, who watches). A screen's token shows its own board and nothing else."""
    board = Board.objects.defer("rows", "held").filter(code=code).first()
    screen = screens.of_token(token) if token else None
    if board is None:
        return NO_SUCH_BOARD, Viewer()
    if screen is not None and screen.paired_at is not None and screen.board_id == board.pk:
        return 0, Viewer(screen=screen.pk)
    viewer = Viewer(person.pk, session) if person is not None else Viewer()
    if board.is_public:
        return 0, viewer
    if person is not None:
        return (0 if person.has_perm("live.view_board", board) else NOT_YOURS), viewer
    return (NOT_YOURS if screen is not None and screen.paired_at is not None else SIGN_IN), viewer


def look(viewers: Iterable[Watching], reports: Iterable[Report], at: datetime) -> dict[Watching, int]:
    """Store the reports and return whose socket must close, with the code. At most 5 statements for any number of sockets."""
    connection.close_if_unusable_or_obsolete()
    _store(list(reports))
    viewers = set(viewers)
    if not viewers:
        return {}
    boards = {
        board.code: board for board in Board.objects.defer("rows", "held").filter(code__in={c for c, _ in viewers})
    }
    mine = {viewer.screen for _code, viewer in viewers if viewer.screen is not None}
    paired = dict(Screen.objects.filter(pk__in=mine, ended_at=None).values_list("pk", "board__code")) if mine else {}
    people, alive = _people({viewer for code, viewer in viewers if code in boards and not boards[code].is_public}, at)
    refused: dict[Watching, int] = {}
    for code, viewer in viewers:
        refusal = _refusal(boards.get(code), viewer, paired, people, alive)
        if refusal:
            refused[code, viewer] = refusal
    return refused


def _people(viewers: set[Viewer], at: datetime) -> tuple[dict[int, Employee], set[str]]:
    """Return the active employees and the living sessions of those who need to be signed in."""
    wanted = {viewer.person for viewer in viewers if viewer.person is not None}
    if not wanted:
        return {}, set()
    sessions = {viewer.session for viewer in viewers if viewer.session is not None}
    alive = set(Session.objects.filter(pk__in=sessions, expire_date__gt=at).values_list("pk", flat=True))
    return {person.pk: person for person in Employee.objects.filter(pk__in=wanted, is_active=True)}, alive


def _refusal(
    board: Board | None, viewer: Viewer, paired: dict[int, str], people: dict[int, Employee], alive: set[str]
) -> int:
    if board is None:
        return NO_SUCH_BOARD
    if viewer.screen is not None:
        return 0 if paired.get(viewer.screen) == board.code else SIGN_IN
    if board.is_public:
        return 0
    person = people.get(viewer.person or 0)
    if person is None or viewer.session not in alive:
        return SIGN_IN
    return 0 if person.has_perm("live.view_board", board) else NOT_YOURS


def report(screen: int, message: dict[str, Any], at: datetime) -> Report | None:
    """Read a screen's answer to a beat, None when it is no answer: `{epoch, seq, at: the beat's own}`."""
    epoch, seq, sent = message.get("epoch"), message.get("seq"), message.get("at")
    if not isinstance(epoch, str) or not isinstance(seq, int) or not isinstance(sent, str) or not 0 <= seq < 2**62:
        return None
    try:
        beaten = parse_datetime(sent)
    except ValueError:
        return None
    if beaten is None or timezone.is_naive(beaten):
        return None
    trip = int((at - beaten).total_seconds() * 1000)
    return Report(screen, epoch[:12], seq, max(0, min(trip, LONGEST_TRIP_MS)), at)


def _store(reports: list[Report]) -> None:
    newest = {each.screen: each for each in reports}
    rows = [
        Screen(pk=each.screen, seen_epoch=each.epoch, seen_seq=each.seq, trip_ms=each.trip_ms, heard_at=each.at)
        for each in newest.values()
    ]
    if rows:
        Screen.objects.bulk_update(rows, ["seen_epoch", "seen_seq", "trip_ms", "heard_at"])
