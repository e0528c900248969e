"""The live ranking of a contest: what its board shows."""

from __future__ import annotations

from typing import Any

from contests.domain import unit_boards
from contests.models import Contest
from contests.pure.ranking import Standing
from contests.queries.material import standings_of
from engine.live.domain import BoardContent, source


def rows(contest_id: int) -> BoardContent:
    """Return the board's content as the marks are now; the publisher calls it under the board's lock.

    Columns are the groups of the marking scheme. While a blind contest runs a row carries the drawn code only. Six
    statements.
    """
    return _content(Contest.objects.get(pk=contest_id))


def _content(contest: Contest) -> BoardContent:
    if not contest.has_scheme:
        return BoardContent(title=contest.title, columns=[], rows=[])
    groups = contest.marking_scheme.groups
    return BoardContent(
        title=contest.title,
        columns=[{"code": group.code, "title": group.title} for group in groups],
        rows=[_row(standing, is_hidden=contest.names_hidden) for standing in standings_of(contest)],
    )


@source("contest")
def board(key: str) -> BoardContent:
    """The source of boards of kind `contest`; the key is the contest's primary key.

    The overall table of its event is made of what this board shows: it is looked at again whenever this one is. One
    statement more for a discipline of an event.
    """
    contest = Contest.objects.select_related("event").get(pk=int(key))
    unit_boards.stir_event(contest)
    return _content(contest)


def _row(standing: Standing, *, is_hidden: bool) -> dict[str, Any]:
    """Shape one line as spec/live-board.md has it: numbers are decimal text."""
    entry = standing.entry
    return {
        "id": f"e{entry.entry}",
        "rank": standing.rank,
        "name": entry.entry if is_hidden else entry.name,
        "unit": "" if is_hidden else entry.unit,
        "total": format(standing.total, "f"),
        "cells": {code: format(group.total, "f") for code, group in standing.score.groups.items()},
    }
