"""Who goes on to the next round: the best, within a quota for each unit, with a rule for ties at the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from contests.pure.ranking import Standing

TIES = ("all", "none", "order")


@dataclass(frozen=True, slots=True)
class Rule:
    """`top` places; at most `per_unit` of one unit (None: no quota); `ties` at the line: all of the tied go on, none of them,
    or those who started earlier."""

    top: int
    per_unit: int | None = None
    ties: str = "all"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one entry: `advances`, else `reserve` in this order, else `out`; `why` is '' · tied · unit_full · unranked."""

    entry: str
    rank: int | None
    outcome: str
    why: str = ""


def read_rule(data: Any) -> Rule:
    """Read `{"top": n, "per_unit": k or null, "ties": "all|none|order"}`. Raises ValueError with a code: top · per_unit · ties."""
    given = data if isinstance(data, dict) else {}
    top, per_unit, ties = given.get("top"), given.get("per_unit"), given.get("ties", "all")
    if type(top) is not int or not 1 <= top <= 10_000:
        raise ValueError("top")
    if per_unit is not None and (type(per_unit) is not int or per_unit < 1):
        raise ValueError("per_unit")
    if ties not in TIES:
        raise ValueError("ties")
    return Rule(top, per_unit, ties)


def advance(standings: Sequence[Standing], rule: Rule) -> tuple[Verdict, ...]:
    """Judge every entry, in the order of the standings.

    The quota of a unit is filled in the order of ranks (equal ranks: who started earlier); a place it frees goes to the next in
    rank. Entries without a unit have no quota. Reserves keep the order of the standings and the quotas.
    """
    taken: Counter[str] = Counter()
    verdicts: dict[str, Verdict] = {}
    left = rule.top
    ranked = [row for row in standings if row.rank is not None]
    for rank, rows in groupby(ranked, key=lambda row: row.rank):
        group = sorted(rows, key=lambda row: (row.entry.start_order, row.entry.entry))
        able = []
        for row in group:
            unit = row.entry.unit
            if rule.per_unit is not None and unit and taken[unit] >= rule.per_unit:
                verdicts[row.entry.entry] = Verdict(row.entry.entry, rank, "out", "unit_full")
                continue
            taken[unit] += 1
            able.append(row)
        is_line = left < len(able)
        count = len(able) if not is_line else {"all": len(able) if left else 0, "none": 0, "order": left}[rule.ties]
        for place, row in enumerate(able):
            goes_on = place < count
            why = "tied" if is_line and left else ""
            verdicts[row.entry.entry] = Verdict(row.entry.entry, rank, "advances" if goes_on else "reserve", why)
        left = 0 if is_line else left - len(able)
    return tuple(
        verdicts.get(row.entry.entry, Verdict(row.entry.entry, row.rank, "out", "unranked")) for row in standings
    )
