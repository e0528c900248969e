"""Who may see a board, and who controls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rules

from engine.live.models import Board
from people.rules import has_role, is_administrator, is_employee

Rights = Callable[[Any, str], bool]
CONTROL: dict[str, Rights] = {}


def controlled_by(kind: str, predicate: Rights) -> None:
    """Register who controls boards of a kind: called with the person and the board's key."""
    CONTROL[kind] = predicate


@rules.predicate
def controls(person: Any, board: Board | None) -> bool:
    """The subject's own people, such as a contest's chief judge."""
    return board is not None and board.kind in CONTROL and CONTROL[board.kind](person, board.key)


@rules.predicate
def has_nobody(person: Any, board: Board | None) -> bool:
    """No subject answers for the board, such as a board of points."""
    return board is not None and board.kind not in CONTROL


@rules.predicate
def is_public(person: Any, board: Board | None) -> bool:
    """Anybody may look."""
    return board is not None and board.is_public


rules.add_perm("live.view_board", is_public | is_employee)
rules.add_perm("live.list_boards", is_employee)
rules.add_perm("live.control_board", is_employee & (controls | is_administrator))
# Marks after a freeze are the chief judge's alone: an administrator may help with the show and does not see who wins it.
rules.add_perm("live.view_held", is_employee & (controls | (has_nobody & is_administrator)))
rules.add_perm("live.pair_screen", has_role("organiser", "union_chair", "chief_judge") | is_administrator)
