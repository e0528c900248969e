"""Verbs of live boards: open, stir, publish, freeze, reveal, finish.

Whoever changes what a board shows calls `stir`; the publisher computes and publishes, under the board's lock, so that the
rows are read after everything that stirred it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from engine.live import frames
from engine.live.models import Board, Delta, Stir
from engine.live.pure.freeze import shown
from engine.live.pure.reducer import Row, difference, ordered

State = Board.State
KEPT_DELTAS = 300
MEDALS = 3


@dataclass(frozen=True)
class BoardContent:
    """What a source says of a board: title, columns {code, title}, whole rows (every number a decimal string)."""

    title: str
    columns: list[dict[str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


Source = Callable[[str], BoardContent]
SOURCES: dict[str, Source] = {}
KINDS: dict[str, Any] = {
    "contest": _("Contests"), "event": _("Events"), "unit": _("Units"), "season": _("Seasons"), "points": _("Points"),
}  # fmt: skip
OWN_ROWS: dict[str, Callable[[str, Any], str]] = {}
OWN_LINES: dict[str, Callable[[str, Any], Row | None]] = {}
WHOLE: dict[str, Callable[[str], str]] = {}


class WrongState(ValidationError):
    """The step does not follow the board's present state."""

    def __init__(self) -> None:
        super().__init__(_("The board is not in the state for this. Reload the page."), code="wrong-state")


def source(kind: str) -> Callable[[Source], Source]:
    """Register the function that says what boards of a kind show; it is called with the board's key under its lock."""

    def register(function: Source) -> Source:
        SOURCES[kind] = function
        return function

    return register


def own_row_by(kind: str, find: Callable[[str, Any], str]) -> None:
    """Register which row of a kind's boards is a person's own: called with the board's key and the person, '' for none."""
    OWN_ROWS[kind] = find


def own_row(board: Board, person: Any) -> str:
    """Return the id of the person's own row, '' when there is none."""
    return OWN_ROWS[board.kind](board.key, person) if board.kind in OWN_ROWS else ""


def whole_by(kind: str, *, address: Callable[[str], str], own_line: Callable[[str, Any], Row | None]) -> None:
    """Register where a kind whose boards show only the first rows has all of them, and how one's own line beyond those is found."""
    WHOLE[kind], OWN_LINES[kind] = address, own_line


def whole(board: Board) -> str:
    """Return the address of the page with every row, '' when the board itself shows them all."""
    return WHOLE[board.kind](board.key) if board.kind in WHOLE else ""


def own_line(board: Board, person: Any) -> Row | None:
    """Return the person's own row as it is now, where the board may not show it; None when there is none."""
    return OWN_LINES[board.kind](board.key, person) if board.kind in OWN_LINES else None


def new_epoch() -> str:
    """Return a name for an unbroken history."""
    return secrets.token_hex(4)


@transaction.atomic(savepoint=False)
def begin_anew(code: str, *, epoch: str, seq: int, at: datetime) -> Board:
    """Give a board whose history is not what was handed out of it another epoch, once for all who notice.

    A restored database goes back: the numbers that follow are other frames than those that screens already have.

    Args:
        epoch, seq, at: the last that was handed out; a board that has it, or has another epoch by now, stays.
    """
    board = Board.objects.select_for_update(no_key=True).get(code=code)
    if board.epoch == epoch and not _has(board, seq, at):
        board.epoch = new_epoch()
        board.save(update_fields=["epoch"])
    return board


def _has(board: Board, seq: int, at: datetime) -> bool:
    """Return whether the board's history reaches to a change and holds that one at its number, not another."""
    if seq >= board.seq:
        return (board.seq, board.at) == (seq, at)
    frame = Delta.objects.filter(board=board, seq=seq).values_list("frame", flat=True).first()
    return frame is None or frames.moment(frame) == at


@transaction.atomic(savepoint=False)
def begin_all_anew() -> int:
    """Give every board another epoch, after a restore; return how many. Screens begin again with a snapshot."""
    boards = list(Board.objects.select_for_update(no_key=True).order_by("pk"))
    for board in boards:
        board.epoch = new_epoch()
    Board.objects.bulk_update(boards, ["epoch"], batch_size=500)
    return len(boards)


@transaction.atomic(savepoint=False)
def open_board(
    code: str, *, kind: str, key: str, title: str, is_public: bool, is_blind: bool = False, names_hidden: bool = False
) -> Board:
    """Make a board, or bring an existing one's title and visibility up to date.

    Args:
        code: part of its address. kind, key: whose source says what it shows.
        is_public: whether it may be seen without signing in.
        is_blind, names_hidden: kept by the source, which leaves names out; said here for the reader of a call.
    """
    board, is_new = Board.objects.get_or_create(
        code=code,
        defaults={
            "kind": kind, "key": key, "title": title, "is_public": is_public, "epoch": new_epoch(), "at": timezone.now()
        },
    )  # fmt: skip
    if not is_new and (board.is_public, board.key) != (is_public, key):
        board.is_public, board.key = is_public, key
        board.save(update_fields=["is_public", "key"])
    stir(code)
    return board


def stir(code: str) -> None:
    """Note that a board must be looked at again; one INSERT, no lock; nothing when there is no such board."""
    at = Stir._meta.get_field("at").get_db_prep_value(timezone.now(), connection)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO live_stir (board_id, at) SELECT id, %s FROM live_board WHERE code = %s", [at, code])


Told = Callable[[str, dict[str, Any], datetime], None]


def publish_next(*, at: datetime | None = None, told: Told | None = None, but: Collection[str] = ()) -> str:
    """Publish one stirred board and return its code, '' when none is stirred. Two publishers never take the same one.

    Args:
        told: called with the code, the delta and the moment of the change before it, after the commit, when there is one.
        but: boards that wait for their next beat.
    """
    if not Stir.objects.exists():
        return ""
    with transaction.atomic(durable=True):
        stirred = Board.objects.filter(Exists(Stir.objects.filter(board=OuterRef("pk")))).exclude(code__in=but)
        skip = connection.features.has_select_for_update_skip_locked
        board = stirred.order_by("at").select_for_update(no_key=True, skip_locked=skip).first()
        if board is None:
            return ""
        before = board.at
        frame = _publish(board, at=at or timezone.now())
    if frame is not None and told is not None:
        told(board.code, frame, before)
    return board.code


@transaction.atomic(savepoint=False)
def publish(code: str, *, at: datetime | None = None) -> Board | None:
    """Publish a board now, inside the caller's transaction."""
    board = Board.objects.select_for_update(no_key=True).filter(code=code).first()
    if board is not None:
        _publish(board, at=at or timezone.now())
    return board


def _publish(board: Board, *, at: datetime) -> dict[str, Any] | None:
    """Compute what a locked board shows, write the difference as the next delta, if there is one, and return it."""
    Stir.objects.filter(board=board).delete()
    content = SOURCES[board.kind](board.key)
    full = content.rows
    if board.state == State.REVEALING and (board.revealed or board.is_called):
        # Once a place is out, the order it belongs to is the one that is revealed to its end.
        full = board.held
    board.held = ordered(full) if board.state in {State.FROZEN, State.REVEALING} else []
    rows = shown(board.state, full, board.rows, board.revealed)
    is_other_sheet = (board.title, board.columns) != (content.title, content.columns)
    if is_other_sheet:
        # A delta carries no title and no columns: only a snapshot helps.
        board.title, board.columns, board.epoch = content.title, content.columns, new_epoch()
    return _write(board, rows, at=at, is_needed=is_other_sheet)


def _write(board: Board, rows: list[Row], *, at: datetime, is_needed: bool = False) -> dict[str, Any] | None:
    """Store what is shown now and, when it differs, the next delta, which is returned."""
    changed, gone = difference(board.rows, rows)
    frame = None
    if changed or gone or is_needed:
        board.rows, board.seq, board.at = rows, board.seq + 1, at
        frame = {
            "type": "delta", "epoch": board.epoch, "seq": board.seq, "at": timezone.localtime(at).isoformat(),
            "state": board.state, "rows": changed, "gone": gone, **frames.show_of(board),
        }  # fmt: skip
        Delta.objects.create(board=board, seq=board.seq, frame=frame)
    board.save()
    return frame


@transaction.atomic(savepoint=False)
def freeze(code: str, *, by: Any, at: datetime | None = None) -> Board:
    """Hold back everything from now on: live → frozen.

    Raises:
        WrongState: it is not live.
    """
    board = _locked(code, State.LIVE)
    _publish(board, at=at or timezone.now())
    board.held, board.state = board.rows, State.FROZEN
    return _said(board, "board.frozen", by=by, at=at)


@transaction.atomic(savepoint=False)
def unfreeze(code: str, *, by: Any, at: datetime | None = None) -> Board:
    """Show everything again: frozen or revealing → live."""
    board = _locked(code, State.FROZEN, State.REVEALING)
    board.state, board.revealed, board.is_called = State.LIVE, 0, False
    _publish(board, at=at or timezone.now())
    return _said(board, "board.unfrozen", by=by, at=at)


@transaction.atomic(savepoint=False)
def reveal(code: str, *, by: Any, count: int = 1, at: datetime | None = None) -> Board:
    """Release the next `count` rows from the last place up; 0 clears the board to begin, negative takes rows back."""
    board = _locked(code, State.FROZEN, State.REVEALING)
    if board.state == State.FROZEN:
        board.held = ordered(SOURCES[board.kind](board.key).rows)
    board.revealed = max(0, board.revealed + count) if board.state == State.REVEALING else max(0, count)
    board.state, board.is_called = State.REVEALING, False
    _publish(board, at=at or timezone.now())
    board.revealed = min(board.revealed, len(board.held))
    return _said(board, "board.revealed", by=by, at=at, shown=board.revealed)


@transaction.atomic(savepoint=False)
def step_on(code: str, *, by: Any, at: datetime | None = None) -> Board:
    """Take the next step of the show: call a medal's place up, then release its row; other rows at once.

    The step is the board's state, so every screen shows the same and a screen that reloads joins in.

    Raises:
        WrongState: no reveal has begun.
    """
    board = _locked(code, State.REVEALING)
    upcoming = next_row(board)
    if upcoming is not None and not board.is_called and _is_medal(upcoming):
        board.is_called = True
        _write(board, board.rows, at=at or timezone.now(), is_needed=True)
        return _said(board, "board.called-up", by=by, at=at, rank=upcoming["rank"])
    return _show(board, board.revealed + 1, is_called=False, by=by, at=at)


@transaction.atomic(savepoint=False)
def step_back(code: str, *, by: Any, at: datetime | None = None) -> Board:
    """Undo the last step of the show: a called place is no longer called, a released medal is called again.

    Raises:
        WrongState: no reveal has begun.
    """
    board = _locked(code, State.REVEALING)
    if board.is_called or not board.revealed:
        return _show(board, board.revealed, is_called=False, by=by, at=at)
    last = board.held[len(board.held) - board.revealed] if board.revealed <= len(board.held) else None
    return _show(board, board.revealed - 1, is_called=last is not None and _is_medal(last), by=by, at=at)


def is_overtaken(board: Board) -> bool:
    """Return whether the standings have changed since the first place of a running reveal came out; the show keeps its order."""
    return board.state == State.REVEALING and ordered(SOURCES[board.kind](board.key).rows) != board.held


def next_row(board: Board) -> Row | None:
    """Return the row a reveal releases next, None when all are out."""
    left = len(board.held) - board.revealed
    return board.held[left - 1] if left > 0 else None


def _is_medal(row: Row) -> bool:
    return row["rank"] is not None and row["rank"] <= MEDALS


def _show(board: Board, revealed: int, *, is_called: bool, by: Any, at: datetime | None) -> Board:
    """Show so many rows of a locked board that is being revealed; the step is always told, even when no row changes."""
    moment = at or timezone.now()
    board.revealed, board.is_called = min(max(0, revealed), len(board.held)), is_called
    before = board.seq
    _publish(board, at=moment)
    if board.seq == before:
        _write(board, board.rows, at=moment, is_needed=True)
    return _said(board, "board.revealed", by=by, at=at, shown=board.revealed)


@transaction.atomic(savepoint=False)
def finish(code: str, *, by: Any = None, at: datetime | None = None) -> Board | None:
    """Show the final order, for good; nothing when there is no such board."""
    board = Board.objects.select_for_update(no_key=True).filter(code=code).first()
    if board is None:
        return None
    board.state, board.is_called = State.FINAL, False
    _publish(board, at=at or timezone.now())
    return _said(board, "board.final", by=by, at=at)


@transaction.atomic(savepoint=False)
def reopen(code: str, *, by: Any = None, at: datetime | None = None) -> Board | None:
    """Go on after the final order: something more is to be shown; nothing when the board is not final."""
    board = Board.objects.select_for_update(no_key=True).filter(code=code, state=State.FINAL).first()
    if board is None:
        return None
    board.state = State.LIVE
    _publish(board, at=at or timezone.now())
    return _said(board, "board.reopened", by=by, at=at)


def _locked(code: str, *states: str) -> Board:
    board = Board.objects.select_for_update(no_key=True).get(code=code)
    if board.state not in states:
        raise WrongState
    return board


def _said(board: Board, action: str, *, by: Any, at: datetime | None, **facts: Any) -> Board:
    """Make sure the new state reaches every screen, even when no row changed, and record who did it."""
    moment = at or timezone.now()
    last = Delta.objects.filter(board=board, seq=board.seq).first()
    if last is None or last.frame["state"] != board.state:
        _write(board, board.rows, at=moment, is_needed=True)
    else:
        board.save()
    record(f"board:{board.code}", action, by=by, at=moment, **facts)
    return board


def prune(*, at: datetime) -> int:
    """Delete deltas no client may ask for any more, keeping the last 300 of each board; return how many went."""
    gone = 0
    for board in Board.objects.filter(seq__gt=KEPT_DELTAS).only("pk", "seq"):
        gone += Delta.objects.filter(board=board, seq__lte=board.seq - KEPT_DELTAS).delete()[0]
    return gone
