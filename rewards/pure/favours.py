"""Patterns in what rules pay and in what redemptions are agreed to, for the auditor: counted, explained, no proof.

The arithmetic beside that of manual awards (`rewards.pure.suspicion`); thresholds are constants, to be reckoned again by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low
from typing import Final

from rewards.pure.suspicion import OFTEN, OFTEN_DAYS, OFTEN_SHARE, Finding

LOPSIDED_PEOPLE, LOPSIDED_TIMES, LOPSIDED_POINTS, LOPSIDED_EVENTS = 5, 5, 200, 3
NEAR_PEOPLE: Final = 20  # a unit this small knows each other
FAVOURED, FAVOURED_SHARE = 4, 0.5
PATTERNS: Final = ("rule-one-person", "rule-approver", "redemption-approver", "redemption-small-unit")


@dataclass(frozen=True)
class Paid:
    """What a rule paid one person for one event; `approver` is '' where nobody was asked."""

    decision: str
    rule: str
    worker: str
    points: int
    at: datetime
    approver: str = ""


@dataclass(frozen=True)
class Agreed:
    """That somebody agreed to a redemption which was granted. `unit_size`: how many work in the unit both are of; 0 when
    they are of different ones."""

    redemption: str
    approver: str
    worker: str
    points: int
    at: datetime
    unit_size: int = 0


def in_rules(rows: Iterable[Paid]) -> list[Finding]:
    """Return the patterns in what rules paid."""
    ordered = sorted(rows, key=lambda row: (row.at, row.decision))
    return [*_lopsided(ordered), *_rule_approvers(ordered)]


def in_redemptions(rows: Iterable[Agreed]) -> list[Finding]:
    """Return the patterns in who agreed to whose redemptions; each pair in one of them."""
    ordered = sorted(rows, key=lambda row: (row.at, row.redemption))
    of_approver: dict[str, set[str]] = defaultdict(set)
    pairs: dict[tuple[str, str], list[Agreed]] = defaultdict(list)
    for row in ordered:
        of_approver[row.approver].add(row.redemption)
        pairs[row.approver, row.worker].append(row)
    return [
        found
        for (approver, worker), lines in sorted(pairs.items())
        for found in _favoured(approver, worker, lines, len(of_approver[approver]))
    ]


def _lopsided(rows: list[Paid]) -> Iterator[Finding]:
    """A rule pays one person at least five times what it usually pays the others, at least three times over."""
    rules: dict[str, dict[str, list[Paid]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        rules[row.rule][row.worker].append(row)
    for rule, people in sorted(rules.items()):
        if len(people) < LOPSIDED_PEOPLE:
            continue
        sums = {worker: sum(row.points for row in lines) for worker, lines in people.items()}
        for worker, lines in sorted(people.items()):
            usual = median_low(points for other, points in sums.items() if other != worker)
            is_much = sums[worker] >= max(LOPSIDED_TIMES * usual, LOPSIDED_POINTS)
            if is_much and len(lines) >= LOPSIDED_EVENTS:
                facts = {"usual": usual, "paid": len(people)}
                yield _made("rule-one-person", (worker,), [(row.decision, row.points, row.at) for row in lines],
                            about=rule, **facts)  # fmt: skip


def _rule_approvers(rows: list[Paid]) -> Iterator[Finding]:
    """One approver lets what rules pay one worker through again and again: 4 times in 90 days, half of what was asked for."""
    pairs: dict[tuple[str, str], list[Paid]] = defaultdict(list)
    of_worker: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.approver:
            pairs[row.approver, row.worker].append(row)
            of_worker[row.worker].add(row.decision)
    for people, lines in sorted(pairs.items()):
        best = _densest([(row.decision, row.points, row.at) for row in lines])
        share = len(lines) / len(of_worker[people[1]])
        if len(best) >= OFTEN and share >= OFTEN_SHARE:
            yield _made("rule-approver", people, best, share=round(100 * share))


def _favoured(approver: str, worker: str, lines: list[Agreed], all_of_approver: int) -> Iterator[Finding]:
    """One approver agrees to one person's redemptions 4 times in 90 days, half of all they agree to."""
    best = _densest([(row.redemption, row.points, row.at) for row in lines])
    share = len({row.redemption for row in lines}) / all_of_approver
    if len(best) < FAVOURED or share < FAVOURED_SHARE:
        return
    size = lines[-1].unit_size
    pattern = "redemption-small-unit" if 0 < size <= NEAR_PEOPLE else "redemption-approver"
    yield _made(pattern, (approver, worker), best, share=round(100 * share), size=size)


def _densest(lines: list[tuple[str, int, datetime]]) -> list[tuple[str, int, datetime]]:
    """Return the largest group of lines within 90 days, each thing once."""
    once = list({line[0]: line for line in lines}.values())
    best: list[tuple[str, int, datetime]] = []
    start = 0
    for end, row in enumerate(once):
        while row[2] - once[start][2] > timedelta(days=OFTEN_DAYS):
            start += 1
        if end - start + 1 > len(best):
            best = once[start : end + 1]
    return best


def _made(
    pattern: str, people: tuple[str, ...], lines: list[tuple[str, int, datetime]], *, about: str = "", **facts: int
) -> Finding:
    points = sum(row[1] for row in lines)
    return Finding(
        pattern, people, len(lines), points, tuple(row[0] for row in lines), lines[-1][2], facts, about=about
    )
