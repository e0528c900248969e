"""What a panel's marks say about the panel: mean, severity, spread and outliers of each judge, and how far all agree.

Only judgements of entries that are ranked are looked at: of a measurement there is one agreed value, and a chief judge's
fourth mark that settles a worldskills aspect is a decision, not a judgement. A zero that counts as missing is no mark.

When aspects have different ranges, figures over several aspects are in percent of the range (`unit` "percent"),
else in marks. Exact throughout; what needs a root keeps its square and is rounded when read.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from contests.pure import agreement
from contests.pure.results import Material
from contests.pure.scheme import WORLDSKILLS_JUDGES, Aspect, Scheme

Unit = Literal["marks", "percent"]
Word = Literal["high", "fair", "low"]
Given = Mapping[str, Decimal]
Cells = Mapping[str, Mapping[str, Given]]  # aspect → entry → judge → mark

# Schmidt (1997), Managing Delphi surveys: W 0.5 moderate, 0.7 strong agreement. Koo and Li (2016): ICC 0.5, 0.75.
W_LIMITS = (Fraction(1, 2), Fraction(7, 10))
ICC_LIMITS = (Fraction(1, 2), Fraction(3, 4))
TO_DEVIATION = Fraction(14826, 10000)  # makes the median absolute deviation of normal errors their standard deviation
FAR = 2
LEAST_FOR_OUTLIERS = 3
PLACES = 2


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """One judge: how many marks, their mean, severity, spread and correlation with the rest of the panel.

    severity: mean of (mark − mean of all marks in the cell) over cells several judges marked; below 0 is severe, above
    0 lenient. None where there is nothing to compare with. `variance` and `correlation_square` (signed) keep the squares.
    """

    judge: str
    marks: int
    mean: Fraction
    severity: Fraction | None
    variance: Fraction | None
    correlation_square: Fraction | None
    outliers: int

    @property
    def spread(self) -> Decimal | None:
        """The standard deviation of the judge's marks around their mean in each aspect, two places."""
        return None if self.variance is None else agreement.root(self.variance, PLACES)

    @property
    def correlation(self) -> Decimal | None:
        """Pearson's correlation with the mean of the other judges within each aspect, −1 to 1, two places."""
        return None if self.correlation_square is None else agreement.root(self.correlation_square, PLACES)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far judges agree: Kendall's W, ICC(2,1), ICC(2,k) over `entries` × `judges` marks without gaps; None: no figure."""

    entries: int
    judges: tuple[str, ...]
    w: Fraction | None
    icc_single: Fraction | None
    icc_mean: Fraction | None


@dataclass(frozen=True, slots=True)
class AspectFigures:
    """One judged aspect, in marks: each judge's figures and the agreement about it."""

    aspect: str
    judges: tuple[JudgeFigures, ...]
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Outlier:
    """A mark far from the median of its cell: further than `limit`, in marks. `times` the limit tells how far."""

    entry: str
    aspect: str
    judge: str
    value: Decimal
    median: Fraction
    limit: Fraction

    @property
    def deviation(self) -> Fraction:
        """How far from the median; below 0 is lower."""
        return Fraction(self.value) - self.median

    @property
    def times(self) -> Fraction:
        """How many times the limit."""
        return abs(self.deviation) / self.limit


@dataclass(frozen=True, slots=True)
class PanelFigures:
    """The whole panel. `overall` is about each judge's own sum of points; outliers stand furthest first."""

    unit: Unit
    judges: tuple[JudgeFigures, ...]
    aspects: tuple[AspectFigures, ...]
    overall: Agreement
    outliers: tuple[Outlier, ...]


def word(value: Fraction | None, limits: tuple[Fraction, Fraction]) -> Word | None:
    """Say a figure of agreement in a word: low below the first limit, high from the second on; None for no figure."""
    if value is None:
        return None
    return "low" if value < limits[0] else "fair" if value < limits[1] else "high"


def figures(material: Material) -> PanelFigures:
    """Return what the marks given so far say about the panel; judges in the order of the panel."""
    scheme, cells = material.scheme, judgements(material)
    order = [judge.judge for judge in material.judges]
    judged = [aspect for aspect in scheme.aspects if aspect.code in cells]
    found = tuple(sorted(_outliers(judged, cells), key=lambda row: -row.times))
    unit, shifts = scale_of(judged)
    return PanelFigures(
        unit=unit,
        judges=_judges(order, cells, shifts, found),
        aspects=tuple(
            AspectFigures(
                aspect.code,
                _judges(order, {aspect.code: cells[aspect.code]}, {aspect.code: (Fraction(0), Fraction(1))},
                        [row for row in found if row.aspect == aspect.code]),
                _agreement(cells[aspect.code], order),
            )
            for aspect in judged
        ),
        overall=_agreement(_own_sums(scheme, cells), order),
        outliers=found,
    )  # fmt: skip


def scale_of(judged: Sequence[Aspect]) -> tuple[Unit, dict[str, tuple[Fraction, Fraction]]]:
    """Return the unit of figures over these aspects, and of each what is taken off a mark and what it is then multiplied by."""
    is_even = len({(aspect.mark_minimum, aspect.mark_maximum) for aspect in judged}) <= 1
    shifts = {aspect.code: (Fraction(0), Fraction(1)) if is_even else _percent(aspect) for aspect in judged}
    return "marks" if is_even else "percent", shifts


def judgements(material: Material) -> dict[str, dict[str, dict[str, Decimal]]]:
    """Return aspect → entry → judge → mark of every judgement that counts as one, in the order of entries and panel."""
    places = {judge.judge: place for place, judge in enumerate(material.judges)}
    chiefs = {judge.judge for judge in material.judges if judge.role == "chief"}
    judged = {aspect.code: aspect for aspect in material.scheme.aspects if aspect.kind == "judgement"}
    ranked = [entry.entry for entry in material.entries if not entry.status]
    found: dict[str, dict[str, dict[str, Decimal]]] = {code: {entry: {} for entry in ranked} for code in judged}
    for mark in sorted(material.marks, key=lambda row: (places.get(row.judge, len(places)), row.judge)):
        cell = found.get(mark.aspect, {}).get(mark.entry)
        if cell is not None and (mark.value or not judged[mark.aspect].zero_is_missing):
            cell[mark.judge] = mark.value
    for code, aspect in judged.items():
        if aspect.is_worldskills:
            for cell in found[code].values():
                settling = next((judge for judge in cell if judge in chiefs), None)
                if settling is not None and len(cell) > WORLDSKILLS_JUDGES:
                    del cell[settling]
    kept = {code: {entry: cell for entry, cell in rows.items() if cell} for code, rows in found.items()}
    return {code: rows for code, rows in kept.items() if rows}


def _percent(aspect: Aspect) -> tuple[Fraction, Fraction]:
    """Return what is taken off a mark and what it is then multiplied by, to be percent of its range."""
    width = Fraction(aspect.mark_maximum) - Fraction(aspect.mark_minimum)
    return Fraction(aspect.mark_minimum), Fraction(100) / width if width else Fraction(0)


def _judges(
    order: Sequence[str], cells: Cells, shifts: Mapping[str, tuple[Fraction, Fraction]], outliers: Iterable[Outlier]
) -> tuple[JudgeFigures, ...]:
    """Return the figures of every judge who marked one of these cells."""
    scaled = {
        (aspect, entry): {
            judge: (Fraction(value) - shifts[aspect][0]) * shifts[aspect][1] for judge, value in given.items()
        }
        for aspect, rows in cells.items()
        for entry, given in rows.items()
    }
    unit = math.lcm(*(value.denominator for values in scaled.values() for value in values.values()))
    unit *= math.lcm(*(len(values) * max(len(values) - 1, 1) for values in scaled.values()))
    own: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    compared: dict[str, dict[str, list[_Compared]]] = defaultdict(lambda: defaultdict(list))
    for (aspect, _entry), values in scaled.items():
        whole = [value.numerator * (unit // value.denominator) for value in values.values()]
        total, count = sum(whole), len(whole)
        for judge, value in zip(values, whole, strict=True):
            own[judge][aspect].append(value)
            if count > 1:
                compared[judge][aspect].append(_Compared(value, (total - value) // (count - 1), value - total // count))
    far: dict[str, int] = defaultdict(int)
    for row in outliers:
        far[row.judge] += 1
    known = [*order, *sorted(set(own) - set(order))]
    return tuple(_one(judge, own[judge], compared[judge], far[judge], unit) for judge in known if judge in own)


class _Compared(NamedTuple):
    """A mark in a cell several judges marked, counted in a unit so small that all three are whole."""

    value: int
    rest: int  # the mean of the others
    deviation: int  # from the mean of all


def _one(
    judge: str,
    own: Mapping[str, Sequence[int]],
    compared: Mapping[str, Sequence[_Compared]],
    outliers: int,
    unit: int,
) -> JudgeFigures:
    """Work one judge's figures out of their marks, aspect by aspect; `unit` is how many whole numbers make one mark."""
    marks = sum(map(len, own.values()))
    squares = sum((_products(values, values) for values in own.values()), Fraction(0))
    freedom = sum(len(values) - 1 for values in own.values())
    deviations = [row.deviation for rows in compared.values() for row in rows]
    xy = xx = yy = Fraction(0)
    for rows in compared.values():
        mine, rest = [row.value for row in rows], [row.rest for row in rows]
        xy, xx, yy = xy + _products(mine, rest), xx + _products(mine, mine), yy + _products(rest, rest)
    return JudgeFigures(
        judge=judge,
        marks=marks,
        mean=Fraction(sum(map(sum, own.values())), marks * unit),
        severity=Fraction(sum(deviations), len(deviations) * unit) if deviations else None,
        variance=squares / (freedom * unit**2) if freedom else None,
        correlation_square=abs(xy) * xy / (xx * yy) if xx and yy else None,
        outliers=outliers,
    )


def _products(one: Sequence[int], other: Sequence[int]) -> Fraction:
    """Return Σ(x − x̄)(y − ȳ)."""
    products: int = sum(map(operator.mul, one, other))
    return products - Fraction(sum(one) * sum(other), len(one))


def _agreement(rows: Mapping[str, Mapping[str, agreement.Number]], order: Sequence[str]) -> Agreement:
    """Return how far judges agree about the largest part of rows without gaps."""
    entries, found = agreement.block(rows)
    judges = tuple(sorted(found, key=lambda judge: order.index(judge) if judge in order else len(order)))
    table = [[rows[entry][judge] for judge in judges] for entry in entries]
    return Agreement(len(entries), judges, agreement.kendall_w(table), *agreement.icc(table))


def _own_sums(scheme: Scheme, cells: Cells) -> dict[str, dict[str, Fraction]]:
    """Return entry → judge → the points of that judge's marks alone, over the aspects most judges have in common.

    An aspect counts with its factor and its group's weight; the difficulty of an entry's piece, which no judge gave, does
    not. Who has not marked all these aspects of an entry has no sum for it.
    """
    marked: dict[str, set[str]] = defaultdict(set)
    for aspect, rows in cells.items():
        for given in rows.values():
            for judge in given:
                marked[judge].add(aspect)
    sets = Counter(frozenset(aspects) for aspects in marked.values())
    if not sets:
        return {}
    common = max(sets, key=lambda aspects: (sets[aspects], len(aspects), sorted(aspects)))
    weights = {group.code: Fraction(group.weight) for group in scheme.groups}
    times = {row.code: Fraction(row.factor) * weights[row.group] * _scale(row) for row in scheme.aspects}
    entries = dict.fromkeys(entry for rows in cells.values() for entry in rows)
    sums: dict[str, dict[str, Fraction]] = {entry: {} for entry in entries}
    for entry, judge in itertools.product(entries, marked):
        row = {aspect: cells[aspect].get(entry, {}) for aspect in common}
        points = [Fraction(cell[judge]) * times[aspect] for aspect, cell in row.items() if judge in cell]
        if len(points) == len(common):
            sums[entry][judge] = sum(points, Fraction(0))
    return sums


def _scale(aspect: Aspect) -> Fraction:
    """Return points for one of a mark: worldskills marks are thirds of the aspect's maximum."""
    return Fraction(aspect.maximum) / Fraction(aspect.mark_maximum) if aspect.is_worldskills else Fraction(1)


def _outliers(judged: Iterable[Aspect], cells: Cells) -> Iterator[Outlier]:
    """Find marks further from the median of their cell than twice the aspect's robust scale, and more than one step.

    The scale is the median absolute deviation from the cells' medians over the aspect, times 1.4826, and never below half
    a step: a single step is the grain of the marks themselves. Only cells at least three judges marked can tell.
    """
    for aspect in judged:
        middles, limit = far_from(aspect, cells[aspect.code])
        for entry, middle in middles.items():
            for judge, value in cells[aspect.code][entry].items():
                row = Outlier(entry, aspect.code, judge, value, middle, limit)
                if abs(row.deviation) > limit:
                    yield row


def far_from(aspect: Aspect, rows: Mapping[str, Given]) -> tuple[dict[str, Fraction], Fraction]:
    """Return the median of each entry at least three judges marked, and how far from it a mark may lie in this aspect."""
    wide = {entry: given for entry, given in rows.items() if len(given) >= LEAST_FOR_OUTLIERS}
    middles = {entry: _median(map(Fraction, given.values())) for entry, given in wide.items()}
    sizes = [abs(Fraction(value) - middles[entry]) for entry, given in wide.items() for value in given.values()]
    spread = TO_DEVIATION * _median(sizes) if sizes else Fraction(0)
    return middles, FAR * max(spread, Fraction(aspect.mark_step) / 2)


def _median(values: Iterable[Fraction]) -> Fraction:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
