"""What is looked for before a result is published: named checks on plain data.

Anchors: the publication checks of the World Cube Association, DOMjudge's finalise blockers, WorldSkills' review of marks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import ceil

from contests.pure.ranking import Standing
from contests.pure.scheme import Mark, Scheme

MEDALS = 3
SAMPLE_PERCENT = 15
MOST_ERRORS_PERCENT = 5
LEAST_CELLS_TO_COMPARE = 12
EQUAL_PERCENT = 95


@dataclass(frozen=True, slots=True)
class Twin:
    """Two judges whose sheets are suspiciously equal: `equal` of `cells` common marks are the same."""

    judge: str
    other: str
    equal: int
    cells: int


def equal_sheets(marks: Iterable[Mark]) -> tuple[Twin, ...]:
    """Find pairs of judges with at least 12 cells in common of which 95 % or more carry the same mark.

    Cells on which all judges agree anyway say nothing about two of them and are left out; so is an aspect everybody gave
    one and the same mark throughout.
    """
    cells: dict[tuple[str, str], dict[str, Decimal]] = {}
    for mark in marks:
        cells.setdefault((mark.entry, mark.aspect), {})[mark.judge] = mark.value
    telling = [held for held in cells.values() if len(held) > 2 and len(set(held.values())) > 1]
    judges = sorted({judge for held in telling for judge in held})
    found = []
    for judge, other in combinations(judges, 2):
        common = [held for held in telling if judge in held and other in held]
        equal = sum(held[judge] == held[other] for held in common)
        if len(common) >= LEAST_CELLS_TO_COMPARE and 100 * equal >= EQUAL_PERCENT * len(common):
            found.append(Twin(judge, other, equal, len(common)))
    return tuple(found)


def ties_at(standings: Sequence[Standing], lines: Iterable[int]) -> tuple[int, ...]:
    """Return the ranks shared by entries on both sides of a line; a line after rank n parts n from n + 1.

    Three entries of rank 2 straddle the line after 3 only when somebody of them would stand at place 4.
    """
    places = [standing.rank for standing in standings if standing.rank is not None]
    inner = [line for line in sorted(set(lines)) if 0 < line < len(places)]
    return tuple(dict.fromkeys(places[line - 1] for line in inner if places[line - 1] == places[line]))


def maximum_total(scheme: Scheme) -> Fraction:
    """Return the highest total the scheme allows, unrounded, with each aspect's own factor.

    `sum` aspects are counted as if one judge gave the maximum; lower-is-better aspects count like any other.
    """
    total = Fraction(0)
    for group in scheme.groups:
        best = sum(
            (Fraction(aspect.maximum) * Fraction(aspect.factor) for aspect in scheme.aspects_of(group.code)),
            Fraction(0),
        )
        total += Fraction(group.weight) * best
    return total


@dataclass(frozen=True, slots=True)
class Quota:
    """Which entries somebody compares with paper and piece: `chosen` in the order of the standings, `missing` of them not
    yet; `is_all`: so many errors were found that every entry must be looked at."""

    chosen: tuple[str, ...]
    missing: tuple[str, ...]
    is_all: bool


def review_quota(
    standings: Sequence[Standing],
    reviewed: Mapping[str, bool],
    *,
    seed: str,
    top: int = MEDALS,
    percent: int = SAMPLE_PERCENT,
) -> Quota:
    """Choose the entries to review: everybody ranked `top` or better, and of the rest at least `percent` %, by lot.

    Args:
        reviewed: entry code → whether its marks were right as they stood.
        seed: of the lot; public, so that nobody picks who is looked at.
        top: the last rank reviewed in full.
        percent: 0 reviews nobody at all.

    When more than 5 % of the reviewed entries had an error, all are chosen.
    """
    ranked = [standing for standing in standings if standing.rank is not None]
    if not percent:
        return Quota((), (), is_all=False)
    errors = sum(not is_right for is_right in reviewed.values())
    is_all = 100 * errors > MOST_ERRORS_PERCENT * len(reviewed)
    best = [row.entry.entry for row in ranked if row.rank is not None and row.rank <= top]
    rest = [row.entry.entry for row in ranked if row.rank is not None and row.rank > top]
    drawn = set(
        sorted(rest, key=lambda code: _lot(seed, code))[: len(rest) if is_all else ceil(len(rest) * percent / 100)]
    )
    chosen = (*best, *(code for code in rest if code in drawn))
    return Quota(chosen, tuple(code for code in chosen if code not in reviewed), is_all)


def marks_of_absent(standings: Iterable[Standing], absent: Collection[str] = ("dns", "wd")) -> tuple[str, ...]:
    """Return entries that did not start or withdrew and have marks all the same."""
    return tuple(
        standing.entry.entry for standing in standings if standing.entry.status in absent and standing.score.is_marked
    )


def _lot(seed: str, code: str) -> str:
    return hashlib.sha256(f"review\n{seed}\n{code}".encode()).hexdigest()
