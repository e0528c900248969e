"""How a trainee judge's marks for practice compare with those of the panel, which alone count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contests.pure import agreement
from contests.pure.judge_statistics import PLACES, far_from, judgements, scale_of
from contests.pure.results import Material
from contests.pure.scheme import Mark


@dataclass(frozen=True, slots=True)
class PracticeFigures:
    """One trainee: how many marks beside the panel's, their mean, how far from the panel's mean (below 0 is severe), how many
    far from its median; in the unit of `judge_statistics.figures`. `correlation_square` (signed) keeps the square."""

    judge: str
    marks: int
    mean: Fraction
    severity: Fraction
    correlation_square: Fraction | None
    far: int

    @property
    def correlation(self) -> Decimal | None:
        """Pearson's correlation with the mean of the panel within each aspect, −1 to 1, two places."""
        return None if self.correlation_square is None else agreement.root(self.correlation_square, PLACES)


def compare(material: Material, practice: Iterable[Mark]) -> tuple[PracticeFigures, ...]:
    """Return the figures of everybody who marked for practice where the panel has marked too, by code.

    `material` holds the marks that count and nothing else.
    """
    cells = judgements(material)
    judged = {aspect.code: aspect for aspect in material.scheme.aspects if aspect.code in cells}
    _unit, shifts = scale_of(list(judged.values()))
    limits = {code: far_from(aspect, cells[code]) for code, aspect in judged.items()}
    compared: dict[str, dict[str, list[tuple[Fraction, Fraction]]]] = defaultdict(lambda: defaultdict(list))
    far: dict[str, int] = defaultdict(int)
    for mark in practice:
        panel = cells.get(mark.aspect, {}).get(mark.entry)
        if not panel or (judged[mark.aspect].zero_is_missing and not mark.value):
            continue
        off, times = shifts[mark.aspect]
        middle = sum(map(Fraction, panel.values()), Fraction(0)) / len(panel)
        pair = (Fraction(mark.value) - off) * times, (middle - off) * times
        compared[mark.judge][mark.aspect].append(pair)
        medians, limit = limits[mark.aspect]
        if mark.entry in medians and abs(Fraction(mark.value) - medians[mark.entry]) > limit:
            far[mark.judge] += 1
    return tuple(_one(judge, list(compared[judge].values()), far[judge]) for judge in sorted(compared))


def _one(judge: str, aspects: list[list[tuple[Fraction, Fraction]]], far: int) -> PracticeFigures:
    pairs = [pair for rows in aspects for pair in rows]
    xy = xx = yy = Fraction(0)
    for rows in aspects:
        mine, panel = [one for one, _other in rows], [other for _one, other in rows]
        xy, xx, yy = xy + _products(mine, panel), xx + _products(mine, mine), yy + _products(panel, panel)
    return PracticeFigures(
        judge=judge,
        marks=len(pairs),
        mean=sum((mine for mine, _panel in pairs), Fraction(0)) / len(pairs),
        severity=sum((mine - panel for mine, panel in pairs), Fraction(0)) / len(pairs),
        correlation_square=abs(xy) * xy / (xx * yy) if xx and yy else None,
        far=far,
    )


def _products(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    """Return Σ(x − x̄)(y − ȳ)."""
    pairs = zip(one, other, strict=True)
    return sum((x * y for x, y in pairs), Fraction(0)) - sum(one, Fraction(0)) * sum(other, Fraction(0)) / len(one)
