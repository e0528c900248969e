"""The overall table of units: what the placings of several disciplines bring each unit, and who stands before whom.

Two kinds of rule, both data. `ranks`: each rank brings points, as at a sports meeting 综合运动会团体总分. `totals`: the totals of a
discipline are standardised (spec/contest-bundle.md: 700 + 100·(x − median) / s over its ranked entries), so that a discipline
of 200 marks weighs no more than one of 100, and a unit's best are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from contests.pure.awards import BadTable, Band, read_table
from contests.pure.ranking import standardised

Kind = Literal["ranks", "totals"]
TIES = ("firsts", "seconds", "thirds", "best")
MOST_BEST = 1000
# The first eight bring 9, 7, 6, 5, 4, 3, 2 and 1 point: usual at Chinese games (前八名计分).
USUAL_POINTS = (9, 7, 6, 5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class UnitRule:
    """How units are ranked.

    best: of each discipline a unit's best so many entries count; None: all of them. ties: what decides between equal
    totals, in this order: firsts, seconds, thirds (more of these ranks over all disciplines), best (the highest points of a
    single entry). Units equal in everything share the rank.
    """

    kind: Kind = "ranks"
    bands: tuple[Band, ...] = ()
    best: int | None = None
    ties: tuple[str, ...] = TIES[:3]


@dataclass(frozen=True, slots=True)
class Placing:
    """One entry's place in one discipline: rank from 1, total as the discipline published it."""

    discipline: str
    unit: str
    rank: int
    total: Decimal
    entry: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A placing with the points it brings; `counts` is False when better ones of the unit fill the discipline's quota."""

    placing: Placing
    points: int
    counts: bool


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit's line: cells are discipline → points; medals are how many first, second and third ranks."""

    rank: int
    unit: str
    total: int
    cells: Mapping[str, int]
    medals: tuple[int, int, int]
    counted: tuple[Counted, ...] = field(default=(), compare=False)


class BadRule(ValueError):
    """A rule of units broke: the text is the wrong part: kind · rows · best · ties."""


def usual_rule() -> UnitRule:
    """Return the rule an event or a season begins with."""
    return UnitRule(bands=tuple(Band(rank, rank, points) for rank, points in enumerate(USUAL_POINTS, start=1)))


def read_rule(data: object) -> UnitRule:
    """Read `{"kind", "rows", "best", "ties"}` as stored; {} is the usual rule.

    Raises:
        BadRule: naming the first wrong part.
    """
    if data == {}:
        return usual_rule()
    if not isinstance(data, Mapping) or set(data) - {"kind", "rows", "best", "ties"}:
        raise BadRule("kind")
    kind, best, ties = data.get("kind", "ranks"), data.get("best"), data.get("ties", list(TIES[:3]))
    if kind not in ("ranks", "totals"):
        raise BadRule("kind")
    rows = data.get("rows", [])
    try:
        bands = read_table(rows) if isinstance(rows, list) else None
    except BadTable:
        bands = None
    if bands is None or (kind == "ranks" and not any(band.points for band in bands)):
        raise BadRule("rows")
    if best is not None and (type(best) is not int or not 1 <= best <= MOST_BEST):
        raise BadRule("best")
    if not isinstance(ties, list) or len(set(map(str, ties))) != len(ties) or not set(ties) <= set(TIES):
        raise BadRule("ties")
    return UnitRule(kind, bands, best, tuple(ties))


def to_json(rule: UnitRule) -> dict[str, Any]:
    """Return what `read_rule` reads."""
    rows = [{"rank_from": band.rank_from, "rank_to": band.rank_to, "points": band.points} for band in rule.bands]
    return {"kind": rule.kind, "rows": rows, "best": rule.best, "ties": list(rule.ties)}


def table(placings: Iterable[Placing], rule: UnitRule) -> list[UnitLine]:
    """Rank the units behind the placings; entries without a unit bring nobody points. The order of placings does not matter.

    Every unit with a placing has a line, with 0 points too. Equal units stand in the order of their names.
    """
    disciplines: dict[str, list[Placing]] = {}
    for placing in placings:
        disciplines.setdefault(placing.discipline, []).append(placing)
    counted: dict[str, list[Counted]] = {}
    for code in sorted(disciplines):
        for one in _counted(disciplines[code], rule):
            if one.placing.unit:
                counted.setdefault(one.placing.unit, []).append(one)
    lines = [_line(unit, ones) for unit, ones in counted.items()]
    keys = {line.unit: _key(line, rule) for line in lines}
    lines.sort(key=lambda line: (keys[line.unit], line.unit))
    ranked: list[UnitLine] = []
    for place, line in enumerate(lines, start=1):
        is_equal = place > 1 and keys[line.unit] == keys[lines[place - 2].unit]
        rank = ranked[-1].rank if is_equal else place
        ranked.append(UnitLine(rank, line.unit, line.total, line.cells, line.medals, line.counted))
    return ranked


def _counted(placings: Sequence[Placing], rule: UnitRule) -> list[Counted]:
    """Give each placing of one discipline its points, the best of each unit first."""
    ordered = sorted(placings, key=lambda row: (row.rank, -row.total, row.unit, row.entry))
    points = _points(ordered, rule)
    best_first = sorted(zip(ordered, points, strict=True), key=lambda pair: -pair[1])
    given: dict[str, int] = {}
    found = []
    for placing, amount in best_first:
        given[placing.unit] = given.get(placing.unit, 0) + 1
        found.append(Counted(placing, amount, rule.best is None or given[placing.unit] <= rule.best))
    return found


def _points(ordered: Sequence[Placing], rule: UnitRule) -> list[int]:
    if rule.kind == "totals":
        return standardised([row.total for row in ordered], "half-up")
    return [
        next((band.points for band in rule.bands if band.rank_from <= row.rank <= band.rank_to), 0) for row in ordered
    ]


def _line(unit: str, ones: Sequence[Counted]) -> UnitLine:
    cells: dict[str, int] = {}
    for one in ones:
        cells[one.placing.discipline] = cells.get(one.placing.discipline, 0) + (one.points if one.counts else 0)
    first, second, third = (sum(one.placing.rank == rank for one in ones) for rank in (1, 2, 3))
    return UnitLine(0, unit, sum(cells.values()), cells, (first, second, third), tuple(ones))


def _key(line: UnitLine, rule: UnitRule) -> tuple[int, ...]:
    """Smaller is better."""
    best = max((one.points for one in line.counted if one.counts), default=0)
    values = {**dict(zip(TIES, line.medals, strict=False)), "best": best}
    return (-line.total, *(-values[name] for name in rule.ties))
