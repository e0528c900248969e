"""How far several judges agree about the same entries: Kendall's W and intraclass correlation, exactly.

A table is one row for each entry and one column for each judge, without gaps. Everything is exact on fractions; a
square root is rounded once, when it is asked for.

Sources: M. G. Kendall and B. Babington Smith, The Problem of m Rankings (1939), with the correction for ties of Kendall,
Rank Correlation Methods (1948); P. E. Shrout and J. L. Fleiss, Intraclass Correlations (1979), cases ICC(2,1) and ICC(2,k).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from contests.pure import decimals

Number = Fraction | Decimal | int
Table = Sequence[Sequence[Number]]
LEAST_JUDGES = LEAST_ENTRIES = 2
MOST_PATTERNS = 12  # of who marked whom: beyond these the search for a block without gaps looks at fewer


def mid_ranks(values: Sequence[Number]) -> list[Fraction]:
    """Return the rank of each value, 1 for the smallest; equal values share the mean of their ranks."""
    counts = Counter(values)
    first, shared = 1, {}
    for value in sorted(counts):
        shared[value] = Fraction(2 * first + counts[value] - 1, 2)
        first += counts[value]
    return [shared[value] for value in values]


def kendall_w(table: Table) -> Fraction | None:
    """Return Kendall's W, 0 (no agreement about the order) to 1 (the same order), corrected for ties.

    W = 12·S / (m²(n³ − n) − m·ΣT), S the squared deviations of the rank sums, T = Σ(t³ − t) of each judge's ties.
    None with fewer than two entries or judges, or when every judge gave all entries the same mark.
    """
    n, m = len(table), len(table[0]) if table else 0
    if n < LEAST_ENTRIES or m < LEAST_JUDGES:
        return None
    columns = [[row[judge] for row in table] for judge in range(m)]
    ranks = [mid_ranks(column) for column in columns]
    ties = sum(count**3 - count for column in columns for count in Counter(column).values())
    most = m * m * (n**3 - n) - m * ties
    if not most:
        return None
    middle = Fraction(m * (n + 1), 2)
    apart = sum(((sum(column[entry] for column in ranks) - middle) ** 2 for entry in range(n)), Fraction(0))
    return 12 * apart / most


def icc(table: Table) -> tuple[Fraction | None, Fraction | None]:
    """Return ICC(2,1), how far one judge can be relied on, and ICC(2,k), how far the panel's mean can.

    Two-way random effects, absolute agreement: 1 is full agreement; near 0 or below, judges differ as much as entries
    do. None with fewer than two entries or judges, and where nothing differs that could be compared.
    """
    n, k = len(table), len(table[0]) if table else 0
    if n < LEAST_ENTRIES or k < LEAST_JUDGES:
        return None, None
    cells = [[Fraction(value) for value in row] for row in table]
    rows = [sum(row, Fraction(0)) for row in cells]
    columns = [sum((row[judge] for row in cells), Fraction(0)) for judge in range(k)]
    whole = sum(rows, Fraction(0))
    base = whole * whole / (n * k)
    between_entries = sum((row * row for row in rows), Fraction(0)) / k - base
    between_judges = sum((column * column for column in columns), Fraction(0)) / n - base
    every = sum((value * value for row in cells for value in row), Fraction(0)) - base
    msr, msc = between_entries / (n - 1), between_judges / (k - 1)
    mse = (every - between_entries - between_judges) / ((n - 1) * (k - 1))
    single = msr + (k - 1) * mse + k * (msc - mse) / n
    mean = msr + (msc - mse) / n
    return ((msr - mse) / single if single > 0 else None, (msr - mse) / mean if mean > 0 else None)


def block(marks: Mapping[str, Mapping[str, Number]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (entries, judges) of the largest part of entry → judge → mark without gaps, each in the order given.

    Judges who begin late, leave or are recused leave gaps; agreement needs none. Largest is most cells, then most
    judges. Empty when no two judges marked the same two entries.
    """
    patterns = {entry: frozenset(given) for entry, given in marks.items()}
    distinct = list(dict.fromkeys(patterns.values()))
    candidates = dict.fromkeys(distinct)
    if len(distinct) <= MOST_PATTERNS:
        candidates |= dict.fromkeys(one & other for one in distinct for other in distinct)
    elif distinct:
        candidates |= dict.fromkeys([frozenset.intersection(*distinct)])
    best: tuple[int, int, tuple[str, ...], frozenset[str]] = (0, 0, (), frozenset())
    for judges in candidates:
        entries = tuple(entry for entry, pattern in patterns.items() if judges <= pattern)
        if len(judges) < LEAST_JUDGES or len(entries) < LEAST_ENTRIES:
            continue
        if (len(judges) * len(entries), len(judges)) > best[:2]:
            best = (len(judges) * len(entries), len(judges), entries, judges)
    order = dict.fromkeys(judge for given in marks.values() for judge in given)
    return best[2], tuple(judge for judge in order if judge in best[3])


def root(value: Fraction, places: int) -> Decimal:
    """Return the square root of value ≥ 0 (for a negative one: minus the root of its size), a half rounded up."""
    size = abs(value)
    twice = isqrt(4 * size.numerator * 100**places // size.denominator)
    return decimals.rounded(Fraction((twice + 1) // 2 * (-1 if value < 0 else 1), 10**places), places, "half-up")
