"""What boards of points show: lines with names, or pseudonyms of people who hide theirs; the live boards of now."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.live.domain import BoardContent
from people.models import Employee, Unit
from rewards.pure.leaderboard import Place
from rewards.queries.leaderboards import WHO, Index, Period, index_of, month_of, period_of, season_period, unit_places
from rewards.queries.rules import season_on

TOP = 100  # rows of a live board


@dataclass(frozen=True)
class Line:
    """One line as people see it: `id` tells nothing; a hidden name is a pseudonym, only `is_mine` says whose it is."""

    rank: int
    id: str
    name: str
    unit: str
    points: int
    is_mine: bool = False
    people: int = 0


def row_id(number: str) -> str:
    """Return the id of a person's row: the same on every board, and nothing to be read from it."""
    return "p" + hmac.new(settings.SECRET_KEY.encode(), f"board:{number}".encode(), hashlib.sha256).hexdigest()[:12]


def lines(places: Iterable[Place], *, viewer: Employee | None = None) -> list[Line]:
    """Return places with names; who hides theirs is shown by the unit alone, to everybody but themselves. 1 SQL statement."""
    rows = list(places)
    numbers = [row.number for row in rows]
    people = {row.number: row for row in Employee.objects.filter(number__in=numbers).select_related("unit__parent")}
    return [_line(row, people.get(row.number), viewer) for row in rows]


def _line(place: Place, person: Employee | None, viewer: Employee | None) -> Line:
    is_mine = viewer is not None and viewer.number == place.number
    is_shown = person is not None and (is_mine or not person.is_name_hidden)
    name = person.name if person is not None and is_shown else _("Name hidden")
    unit = _unit(person.unit) if person is not None and person.unit else ""
    return Line(place.rank, row_id(place.number), name, unit, place.points, is_mine)


def _unit(unit: Unit) -> str:
    """Return a unit as a board shows it: a team under its shop."""
    return f"{unit.parent.name} {unit.name}" if unit.parent and unit.kind == Unit.Kind.TEAM else unit.name


def everybody(index: Index, *, most: int) -> Iterable[Line]:
    """Return the first lines of a person's board, read in pieces, for the export; hidden names stay hidden."""
    for start in range(0, min(most, len(index.board)), 2000):
        yield from lines(index.board.page(start, 2000))


def boards_of(at: datetime) -> list[tuple[str, str, str]]:
    """Return (code, key, title) of the live boards of now: four of the month and four of the season. 1 SQL statement."""
    day = timezone.localdate(at)
    season = season_on(day)
    current = [month_of(day), *([season_period(season)] if season else [])]
    return [(board_code(who, period), f"{who}/{period.key}", _title(who, period)) for period in current for who in WHO]


def board_code(who: str, period: Period) -> str:
    """Return the address of a live board."""
    return f"points-{who}-{period.key}"[:64]


def _title(who: str, period: Period) -> str:
    names = {"person": _("Points of people"), "team": _("Points of teams"), "shop": _("Points of shops"),
             "plant": _("Points of plants")}  # fmt: skip
    return f"{names[who]} · {period.name}"


def content(key: str) -> BoardContent:
    """Say what a live board of points shows: its first hundred lines. The source of kind `points`."""
    who, _slash, period_key = key.partition("/")
    period = period_of(period_key)
    if period is None or who not in WHO:
        return BoardContent(title=key)
    index = index_of(period)
    if who == "person":
        shown = lines(index.board.page(0, TOP))
        rows = [_row(line, {}) for line in shown]
        return BoardContent(_title(who, period), [], rows)
    places = unit_places(index, who)[:TOP]
    rows = [
        {"id": f"u{row.unit.pk}", "rank": row.rank, "name": row.unit.name, "unit": row.parent, "total": str(row.points),
         "cells": {"people": str(row.people)}}
        for row in places
    ]  # fmt: skip
    return BoardContent(_title(who, period), [{"code": "people", "title": _("People")}], rows)


def _row(line: Line, cells: dict[str, str]) -> dict[str, Any]:
    return {
        "id": line.id,
        "rank": line.rank,
        "name": line.name,
        "unit": line.unit,
        "total": str(line.points),
        "cells": cells,
    }


def own_row(key: str, person: Any) -> str:
    """Return which row of a board is a person's own: theirs, or their team's, shop's or plant's. 1 SQL statement at most."""
    who = key.partition("/")[0]
    if who == "person":
        return row_id(person.number)
    codes = person.unit.ancestor_codes if person.unit else []
    unit = Unit.objects.filter(code__in=codes, kind=who).order_by("-path").first()
    return f"u{unit.pk}" if unit else ""


def own_line(key: str, person: Any) -> dict[str, Any] | None:
    """Return a person's own row of a board, which shows only the first hundred; None without points, or when it is a unit's board."""
    who, _slash, period_key = key.partition("/")
    period = period_of(period_key)
    if who != "person" or period is None:
        return None
    board = index_of(period).board
    rank = board.rank(person.number)
    if rank is None:
        return None
    mine = lines([Place(rank, person.number, board.points[person.number])], viewer=person)[0]
    return _row(mine, {})


def address(key: str) -> str:
    """Return the page with every place of a live board."""
    who, _slash, period_key = key.partition("/")
    return f"{reverse('rewards:leaderboard')}?{urlencode({'who': who, 'period': period_key})}"
