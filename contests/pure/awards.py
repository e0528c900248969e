"""The award table of a contest: rank → points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contests.pure.ranking import Standing

MOST_POINTS = 2**53 - 1  # the ledger's largest amount


@dataclass(frozen=True, slots=True)
class Band:
    """Ranks rank_from … rank_to (both included) get points."""

    rank_from: int
    rank_to: int
    points: int


@dataclass(frozen=True, slots=True)
class TableFault:
    """What is wrong with row `index` (from 0) of an award table.

    Codes: not_a_row · rank_not_positive · range_reversed · points_not_valid · overlaps_row (params: other row's index).
    """

    index: int
    code: str
    other: int | None = None


class BadTable(ValueError):
    """An award table broke the rules: `faults` lists every fault."""

    def __init__(self, faults: Sequence[TableFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"row {fault.index + 1}: {fault.code}" for fault in faults))


def read_table(rows: Iterable[object]) -> tuple[Band, ...]:
    """Read `[{"rank_from": 1, "rank_to": 1, "points": 1000}, …]`; no rank may have two answers.

    Ranks count from 1, points are whole and not negative. Raises BadTable with every fault.
    """
    faults: list[TableFault] = []
    bands: list[tuple[int, Band]] = []
    for index, row in enumerate(rows):
        band = _band(row)
        if isinstance(band, str):
            faults.append(TableFault(index, band))
            continue
        for other_index, other in bands:
            if band.rank_from <= other.rank_to and other.rank_from <= band.rank_to:
                faults.append(TableFault(index, "overlaps_row", other_index))
        bands.append((index, band))
    if faults:
        raise BadTable(faults)
    return tuple(band for _, band in bands)


def _band(row: object) -> Band | str:
    names = ("rank_from", "rank_to", "points")
    if not isinstance(row, dict) or set(row) != set(names):
        return "not_a_row"
    values = [row[name] for name in names]
    if any(type(value) is not int for value in values):
        return "not_a_row"
    band = Band(*values)
    if band.rank_from < 1:
        return "rank_not_positive"
    if band.rank_to < band.rank_from:
        return "range_reversed"
    if not 0 <= band.points <= MOST_POINTS:
        return "points_not_valid"
    return band


def award_points(standings: Iterable[Standing], table: Sequence[Band], participation_points: int = 0) -> dict[str, int]:
    """Give each entry's points: entry code → points above 0, in the order of the standings.

    Ties share the rank, and each gets that rank's points. A ranked entry no row of the table speaks of gets
    `participation_points`; a row with 0 points means none. Who is not ranked (no mark, dns, dnf, dq, wd) gets none.
    """
    points: dict[str, int] = {}
    for standing in standings:
        if standing.rank is not None:
            points[standing.entry.entry] = _points_of(standing.rank, table, participation_points)
    return {entry: amount for entry, amount in points.items() if amount}


def _points_of(rank: int, table: Sequence[Band], participation_points: int) -> int:
    for band in table:
        if band.rank_from <= rank <= band.rank_to:
            return band.points
    return participation_points
