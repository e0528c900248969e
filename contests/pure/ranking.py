"""From totals to places: competition ranking, tie breaks, the standardised scale.

Equal on every criterion is equal rank, and the next rank is skipped (1, 2, 2, 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from contests.pure import decimals
from contests.pure.scheme import Entry, Scheme
from contests.pure.scoring import EntryScore

STANDARDISED_MEDIAN = 700
STANDARDISED_DEVIATION = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the standings; rank and standardised are None for an entry that is not ranked."""

    rank: int | None
    entry: Entry
    score: EntryScore
    standardised: int | None = None

    @property
    def total(self) -> Decimal:
        """The entry's total, with the contest's number of decimals."""
        return self.score.total


def rank(scheme: Scheme, entries: Iterable[Entry], scores: Mapping[str, EntryScore]) -> list[Standing]:
    """Put entries (in file order) into the order of the results.

    Ranked entries first, those of equal rank in file order; then entries without any mark, then entries with a
    status, both in file order and without a rank. With scale `standardised` each ranked entry has its
    standardised score, computed over the totals of the ranked entries alone: who did not take part or was
    disqualified moves nobody's score.

    A missing aspect score counts 0, as in the total. Where lower wins (`ascending`) that 0 must not win: entries
    whose score behind the criterion is incomplete stand behind the complete ones, fewer missing scores first.
    """
    in_file_order = list(entries)
    ranked = [entry for entry in in_file_order if not entry.status and scores[entry.entry].is_marked]
    unmarked = [entry for entry in in_file_order if not entry.status and not scores[entry.entry].is_marked]
    with_status = [entry for entry in in_file_order if entry.status]
    keys = {entry.entry: _key(scheme, scores[entry.entry]) for entry in ranked}
    ranked.sort(key=lambda entry: keys[entry.entry])
    standardised = _standardised_of(scheme, [scores[entry.entry].total for entry in ranked])
    standings: list[Standing] = []
    for place, entry in enumerate(ranked, start=1):
        is_equal = place > 1 and keys[entry.entry] == keys[ranked[place - 2].entry]
        rank_of_entry = standings[-1].rank if is_equal else place
        standings.append(Standing(rank_of_entry, entry, scores[entry.entry], standardised[place - 1]))
    standings.extend(Standing(None, entry, scores[entry.entry]) for entry in unmarked + with_status)
    return standings


def _key(scheme: Scheme, score: EntryScore) -> tuple[tuple[int, Fraction | Decimal], ...]:
    """Smaller is better; one pair for each criterion, the number missing first where lower wins."""
    key: list[tuple[int, Fraction | Decimal]] = []
    for criterion in scheme.ranking.order:
        value, missing = criterion_value(score, criterion)
        key.append((missing, value) if criterion in scheme.ranking.ascending else (0, -value))
    return tuple(key)


def criterion_value(score: EntryScore, criterion: str) -> tuple[Fraction | Decimal, int]:
    """Give an entry's value on a criterion, and how many aspect scores behind it are missing.

    criterion: `total`, `group:<code>` or `aspect:<code>`. Raises KeyError for a code the scheme does not have.
    """
    if criterion == "total":
        return score.total, score.missing_scores
    kind, _, code = criterion.partition(":")
    if kind == "group":
        return score.groups[code].total, score.groups[code].missing_scores
    aspect = score.aspects[code]
    return (Fraction(0), 1) if aspect.score is None else (aspect.score, 0)


def _standardised_of(scheme: Scheme, totals: list[Decimal]) -> list[int] | list[None]:
    if scheme.contest.scale != "standardised":
        return [None] * len(totals)
    return standardised(totals, scheme.contest.rounding)


def standardised(totals: list[Decimal], rounding: str) -> list[int]:
    """Give 700 + 100·(x − median) / s for each total x, rounded to a whole number the contest's way.

    s is the population standard deviation; when it is 0 all get 700. Exact: the square root is never computed,
    its whole part and its half are compared by their squares.
    """
    if not totals:
        return []
    values = [Fraction(total) for total in totals]
    ordered = sorted(values)
    median = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    mean = sum(values, Fraction(0)) / len(values)
    variance = sum(((value - mean) ** 2 for value in values), Fraction(0)) / len(values)
    if not variance:
        return [STANDARDISED_MEDIAN] * len(values)
    return [_rounded_shift(value - median, variance, rounding) for value in values]


def _rounded_shift(distance: Fraction, variance: Fraction, rounding: str) -> int:
    """Round 700 ± sqrt(100² · distance² / variance) to a whole number.

    Replaced by a fraction that lies on the same side of every whole and half number, it can be rounded as any.
    """
    square = STANDARDISED_DEVIATION**2 * distance**2 / variance
    halves = isqrt(4 * square.numerator // square.denominator)  # whole part of twice the root
    is_exact = halves * halves * square.denominator == 4 * square.numerator
    root = Fraction(halves, 2) if is_exact else Fraction(2 * halves + 1, 4)
    shifted = STANDARDISED_MEDIAN + (root if distance >= 0 else -root)
    return int(decimals.rounded(shifted, 0, rounding))
