"""The results of a contest: standings from a whole bundle, as a table, as CSV, as data for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from contests.pure import ranking, rfc4180, scoring
from contests.pure.ranking import Standing
from contests.pure.scheme import Entry, Factor, Judge, Mark, Penalty, Scheme


class Material(Protocol):
    """What standings are made of; a Bundle is one."""

    @property
    def scheme(self) -> Scheme: ...
    @property
    def entries(self) -> Sequence[Entry]: ...
    @property
    def judges(self) -> Sequence[Judge]: ...
    @property
    def marks(self) -> Sequence[Mark]: ...
    @property
    def penalties(self) -> Sequence[Penalty]: ...
    @property
    def factors(self) -> Sequence[Factor]: ...


def standings(material: Material) -> list[Standing]:
    """Score and rank everything at once, in the order of the results."""
    scores = scoring.score(
        material.scheme,
        material.entries,
        material.marks,
        judges=material.judges,
        penalties=material.penalties,
        factors=material.factors,
    )
    return ranking.rank(material.scheme, material.entries, scores)


def columns(scheme: Scheme) -> list[str]:
    """Name the columns of results.csv: rank, entry, name, unit, total[, standardised], then the groups' codes."""
    fixed = ["rank", "entry", "name", "unit", "total"]
    if scheme.contest.scale == "standardised":
        fixed.append("standardised")
    return fixed + [group.code for group in scheme.groups]


def write_csv(scheme: Scheme, standings: Iterable[Standing]) -> bytes:
    """Write results.csv: UTF-8, LF; `rank` (and `standardised`) empty for an entry that is not ranked."""
    return rfc4180.write([columns(scheme), *(_cells(scheme, standing) for standing in standings)])


def to_json(scheme: Scheme, standings: Iterable[Standing]) -> list[dict[str, Any]]:
    """Give the rows of results.csv as data for JSON: rank and standardised int or None, all scores as text.

    `{"rank", "entry", "name", "unit", "status", "total"[, "standardised"], "groups": {code: total}}`
    """
    return [_data(scheme, standing) for standing in standings]


def _cells(scheme: Scheme, standing: Standing) -> list[str]:
    entry = standing.entry
    cells = [_text(standing.rank), entry.entry, entry.name, entry.unit, format(standing.total, "f")]
    if scheme.contest.scale == "standardised":
        cells.append(_text(standing.standardised))
    return cells + [format(standing.score.groups[group.code].total, "f") for group in scheme.groups]


def _data(scheme: Scheme, standing: Standing) -> dict[str, Any]:
    entry = standing.entry
    data: dict[str, Any] = {
        "rank": standing.rank,
        "entry": entry.entry,
        "name": entry.name,
        "unit": entry.unit,
        "status": entry.status,
        "total": format(standing.total, "f"),
    }
    if scheme.contest.scale == "standardised":
        data["standardised"] = standing.standardised
    data["groups"] = {group.code: format(standing.score.groups[group.code].total, "f") for group in scheme.groups}
    return data


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
