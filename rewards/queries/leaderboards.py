"""Ranks by earned points, of people and units, of a month and a season, from an index in memory.

Each process keeps an index of the periods people look at. It is read from the ledger once, then follows it: transfers get
their numbers before they are committed, so an index remembers which numbers it has seen and looks again at the gaps.
Every so often it compares its sums with the database; in doubt it is read anew.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Sum
from django.utils import timezone

from people.models import Employee, Unit
from rewards.models import Season
from rewards.models.ledger import Transfer
from rewards.pure.leaderboard import Leaderboard
from rewards.queries.rules import EARNED_SQL

WHO = ("person", "team", "shop", "plant")
TAIL = 5000  # the newest transfers are read one by one: among them there may be gaps
MOST_BEHIND = 200_000
AUDIT_SECONDS, GAP_SECONDS, FRESH_SECONDS = 60.0, 300.0, 1.0
MOST_PERIODS = 6


@dataclass(frozen=True)
class Period:
    """A month or a season: `month-2026-11`, `season-2026`; its first and last day."""

    key: str
    name: str
    first: date
    last: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The moments between which transfers count, in the union's zone."""
        zone = timezone.get_current_timezone()
        start = datetime.combine(self.first, datetime.min.time(), tzinfo=zone)
        return start, datetime.combine(self.last + timedelta(days=1), datetime.min.time(), tzinfo=zone)


@dataclass
class Index:
    """One period in memory. `base`: up to this number everything is in; `seen`: numbers above it that are in as well."""

    period: Period
    board: Leaderboard = field(default_factory=Leaderboard)
    base: int = 0
    seen: set[int] = field(default_factory=set)
    gap_since: float | None = None
    rows: int = 0
    points: int = 0
    checked_at: float = 0.0
    fresh_at: float = -10.0
    by_unit: dict[int, list[int]] | None = None  # counted when a board of units is first asked for


@dataclass(frozen=True)
class UnitPlace:
    """One line of a board of units: competition rank, unit, points of its people, how many have some."""

    rank: int
    unit: Unit
    points: int
    people: int
    parent: str = ""


_lock = threading.Lock()
_indexes: dict[str, Index] = {}
_units_of: dict[str, int] = {}
_units_state: dict[str, tuple[int, ...]] = {}


def forget() -> None:
    """Drop every index; they are read anew. For tests, whose databases come and go."""
    with _lock:
        _indexes.clear()
        _units_of.clear()
        _units_state.clear()


def newest_transfer() -> int:
    """Return the number of the newest transfer, 0 for none. 1 SQL statement."""
    return int(Transfer.objects.aggregate(last=Max("number"))["last"] or 0)


def month_of(day: date) -> Period:
    """Return the month of a day."""
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return Period(f"month-{first:%Y-%m}", f"{first:%Y-%m}", first, last)


def season_period(season: Season) -> Period:
    """Return a season as a period."""
    return Period(f"season-{season.code}", season.name, season.from_on, season.until_on)


def period_of(key: str) -> Period | None:
    """Return the period of a key, None when there is none. At most 1 SQL statement."""
    kind, _dash, rest = key.partition("-")
    if kind == "season":
        season = Season.objects.filter(code=rest).first()
        return season_period(season) if season else None
    year, _dash, month = rest.partition("-")
    if (
        kind == "month"
        and len(rest) == 7
        and year.isdigit()
        and month.isdigit()
        and 1 <= int(month) <= 12
        and int(year)
    ):
        return month_of(date(int(year), int(month), 1))
    return None


def periods(day: date) -> list[Period]:
    """Return what a page offers: this month, the last two, and every season. 1 SQL statement."""
    months = [month_of(day)]
    for _earlier in range(2):
        months.append(month_of(months[-1].first - timedelta(days=1)))
    return [*(season_period(row) for row in Season.objects.all()), *months]


def index_of(period: Period) -> Index:
    """Return the index of a period as of now, read or brought up to date. 1 SQL statement when nothing moved."""
    with _lock:
        index = _indexes.get(period.key)
        if index is None or index.period != period:
            _indexes.pop(period.key, None)
            for old in list(_indexes)[: max(0, len(_indexes) - MOST_PERIODS + 1)]:
                del _indexes[old]
            index = _indexes[period.key] = read(period)
        elif time.monotonic() - index.fresh_at >= FRESH_SECONDS:
            index = _indexes[period.key] = follow(index)
        return index


def read(period: Period) -> Index:
    """Read a period from the ledger: sums up to a number, then the newest transfers one by one. 4 SQL statements."""
    index = Index(period, base=max(0, newest_transfer() - TAIL))
    sums, index.rows, index.points = _sums(period, upto=index.base)
    index.board = Leaderboard(sums.items())
    _take_new(index)
    index.board.settle()
    index.checked_at = time.monotonic()
    return index


def follow(index: Index) -> Index:
    """Bring an index up to date; it is read anew when it is far behind, or when its sums are not the database's."""
    newest = newest_transfer()
    if newest < index.base or newest - index.base > MOST_BEHIND:
        return read(index.period)
    _take_new(index)
    now = time.monotonic()
    if now - index.checked_at >= AUDIT_SECONDS:
        index.checked_at = now
        if _totals(index.period) != (index.rows, index.points):
            return read(index.period)
        with_units = [one for one in _indexes.values() if one.by_unit is not None]
        if with_units and _read_units():
            for one in with_units:
                one.by_unit = _by_unit(one.board)
    return index


def _where(period: Period, extra: str = "") -> tuple[str, list[Any]]:
    """Return the SQL of a period's movements (wallet, points, number) and its parameters."""
    first, last = (connection.ops.adapt_datetimefield_value(moment) for moment in period.bounds)
    bounds = f"AND at >= %s AND at < %s {extra}"
    return EARNED_SQL.format(where_credit=bounds, where_debit=bounds), [first, last]


def _sums(period: Period, *, upto: int) -> tuple[dict[str, int], int, int]:
    """Return employee number → points, how many transfers, points in all; of one statement, so of one moment."""
    sql, bounds = _where(period, "AND number <= %s")
    found: dict[str, int] = {}
    rows = points = 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT wallet, SUM(points), COUNT(*) FROM ({sql}) AS moved GROUP BY wallet",  # noqa: S608
            [*bounds, upto, *bounds, upto],
        )
        while piece := cursor.fetchmany(20_000):
            for wallet, sums, count in piece:
                number = wallet[7:].partition("@")[0]
                found[number] = found.get(number, 0) + int(sums)
                rows += count
                points += int(sums)
    return found, rows, points


def _totals(period: Period) -> tuple[int, int]:
    sql, bounds = _where(period)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), COALESCE(SUM(points), 0) FROM ({sql}) AS moved", [*bounds, *bounds])  # noqa: S608
        rows, points = cursor.fetchone()
    return int(rows), int(points)


def _take_new(index: Index) -> None:
    """Add the transfers above the base that are not in yet, then move the base over what is complete."""
    numbers = set(Transfer.objects.filter(number__gt=index.base).values_list("number", flat=True).iterator(5000))
    fresh = numbers - index.seen
    if fresh:
        sql, bounds = _where(index.period, "AND number >= %s")
        with connection.cursor() as cursor:
            cursor.execute(sql, [*bounds, min(fresh), *bounds, min(fresh)])
            for wallet, points, number in cursor.fetchall():
                if number in fresh:
                    _add(index, wallet[7:].partition("@")[0], int(points))
                    index.rows += 1
                    index.points += int(points)
        index.seen |= fresh
        index.board.settle()
    _move_base(index)
    index.fresh_at = time.monotonic()


def _move_base(index: Index) -> None:
    """Pass over numbers that are in; a gap is waited for, then taken for one of a transaction that was undone."""
    now = time.monotonic()
    while index.seen:
        if index.base + 1 in index.seen:
            index.base += 1
            index.seen.discard(index.base)
            index.gap_since = None
        elif index.gap_since is None:
            index.gap_since = now
            return
        elif now - index.gap_since < GAP_SECONDS:
            return
        else:
            index.base = min(index.seen) - 1
            index.gap_since = None


def _by_unit(board: Leaderboard) -> dict[int, list[int]]:
    """Return unit → [points, people who have some], counted from everybody on a board."""
    sums: dict[int, list[int]] = {}
    for number, points in board.points.items():
        unit = _units_of.get(number)
        if unit is not None and points > 0:
            line = sums.setdefault(unit, [0, 0])
            line[0] += points
            line[1] += 1
    return sums


def _add(index: Index, number: str, points: int) -> None:
    """Move one person and their unit."""
    before = max(0, index.board.points.get(number, 0))
    index.board.add(number, points)
    after = max(0, index.board.points[number])
    unit = _units_of.get(number) if index.by_unit is not None else None
    if unit is not None and index.by_unit is not None:
        line = index.by_unit.setdefault(unit, [0, 0])
        line[0] += after - before
        line[1] += (after > 0) - (before > 0)


def _read_units() -> bool:
    """Read who belongs to which unit when that has changed; whether it has. 1 SQL statement, 2 after a change."""
    rows = Employee.objects.filter(unit__isnull=False)
    state = tuple(rows.aggregate(n=Count("pk"), s=Sum(F("unit_id") * (F("pk") % 1009 + 1))).values())
    if state == _units_state.get("state"):
        return False
    _units_of.clear()
    _units_of.update(rows.values_list("number", "unit_id").iterator(20_000))
    _units_state["state"] = state
    return True


def unit_places(index: Index, kind: str) -> list[UnitPlace]:
    """Return the units of a kind by the points of their people, whose units of today count. 1 SQL statement, 3 at first."""
    with _lock:
        if index.by_unit is None:
            _read_units()
            index.by_unit = _by_unit(index.board)
        counted = list(index.by_unit.items())
    units = {row.pk: row for row in Unit.objects.all()}
    by_code = {row.code: row for row in units.values()}
    sums: dict[int, list[int]] = {}
    for pk, (points, people) in counted:
        codes = units[pk].ancestor_codes if pk in units else []
        unit = next((by_code[code] for code in reversed(codes) if by_code[code].kind == kind), None)
        if unit is not None and points > 0:
            line = sums.setdefault(unit.pk, [0, 0])
            line[0] += points
            line[1] += people
    rows = [(points, people, units[pk]) for pk, (points, people) in sums.items()]
    found: list[UnitPlace] = []
    for place, (points, people, unit) in enumerate(sorted(rows, key=lambda row: (-row[0], row[2].path)), 1):
        rank = found[-1].rank if found and found[-1].points == points else place
        above = units.get(unit.parent_id or 0)
        parent = above.name if above is not None and above.kind != Unit.Kind.COMPANY else ""
        found.append(UnitPlace(rank, unit, points, people, parent))
    return found
