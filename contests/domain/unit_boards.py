"""The live boards of units: one of each event, one of each season; when they are looked at again, when they are final."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from contests.models import Contest, Event
from contests.pure.unit_table import UnitLine
from contests.queries import unit_tables
from engine.live import domain as live
from engine.live.domain import BoardContent, source
from engine.live.models import Board
from people.models import Employee

State = Contest.State


def season_code(year: int) -> str:
    """Return the code of a season's board; contests have no underscore in theirs."""
    return f"season_{year}"


@source("event")
def event_board(key: str) -> BoardContent:
    """The source of boards of kind `event`: the overall table; the key is the event's primary key. Four statements."""
    event = Event.objects.get(pk=int(key))
    found = unit_tables.table_of(event)
    columns = [{"code": code, "title": title} for code, title in found.disciplines.items()]
    return BoardContent(title=event.title, columns=columns, rows=[_row(line, _cells(line)) for line in found.lines])


@source("season")
def season_board(key: str) -> BoardContent:
    """The source of boards of kind `season`: units over all final results of a year, which is the key. Two statements."""
    found = unit_tables.season_of(int(key))
    with translation.override(settings.LANGUAGE_CODE):  # whoever publishes it, its words are the same
        columns = [
            {"code": "contests", "title": _("Contests")},
            {"code": "firsts", "title": _("1st places")},
            {"code": "seconds", "title": _("2nd places")},
            {"code": "thirds", "title": _("3rd places")},
        ]
        title = _("Season %(year)s: units") % {"year": key}
    return BoardContent(title=title, columns=columns, rows=[_row(line, _medals(line)) for line in found.lines])


def _row(line: UnitLine, cells: dict[str, str]) -> dict[str, Any]:
    return {
        "id": unit_tables.row_id(line.unit), "rank": line.rank, "name": line.unit, "unit": "", "total": str(line.total), "cells": cells,
    }  # fmt: skip


def _cells(line: UnitLine) -> dict[str, str]:
    return {code: str(points) for code, points in line.cells.items()}


def _medals(line: UnitLine) -> dict[str, str]:
    named = dict(zip(("firsts", "seconds", "thirds"), map(str, line.medals), strict=True))
    return {"contests": str(len(line.cells)), **named}


def open_event(event: Event) -> None:
    """Make the board of an event, or bring its visibility up to date, and have it looked at. The event is locked."""
    contests = unit_tables.disciplines_of(event)
    live.open_board(
        event.board_code, kind="event", key=str(event.pk), title=event.title,
        is_public=unit_tables.is_open_to_all(event, contests),
    )  # fmt: skip


def stir_event(contest: Contest) -> None:
    """Note that the overall table of a contest's event, if it has one, is to be looked at again. The event is loaded."""
    if contest.event is not None:
        live.stir(contest.event.board_code)


def settle(contest: Contest, *, by: Employee | None, at: datetime) -> None:
    """After a locked contest became final, was corrected or cancelled: its season's and event's boards.

    Of two disciplines that become final at once the second waits for the event's row, and finds the first final.
    """
    if contest.state == State.FINAL:
        year = unit_tables.year_of(contest)
        title = _("Season %(year)s: units") % {"year": year}
        live.open_board(season_code(year), kind="season", key=str(year), title=title, is_public=False)
    if contest.event_id is None:
        return
    event = Event.objects.select_for_update(no_key=True).get(pk=contest.event_id)
    live.stir(event.board_code)
    finish_when_over(event, by=by, at=at)


def finish_when_over(event: Event, *, by: Employee | None, at: datetime) -> None:
    """Make the board of a locked event final when every discipline that counts is."""
    contests = unit_tables.counting(unit_tables.disciplines_of(event))
    is_over = bool(contests) and all(row.state == State.FINAL for row in contests)
    if is_over and not Board.objects.filter(code=event.board_code, state=Board.State.FINAL).exists():
        live.finish(event.board_code, by=by, at=at)
