"""Patterns in manual awards an auditor looks at: not proof of anything, each named, counted and explained.

Thresholds are constants here, so that a finding can be reckoned again by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

OFTEN, OFTEN_DAYS, OFTEN_SHARE = 4, 90, 0.5
RECIPROCAL: Final = 2
NEAR, NEAR_SHARE = 3, 0.05
NIGHT, NIGHT_SHARE, NIGHT_FROM, NIGHT_UNTIL = 3, 0.3, 22, 6
HASTY, HASTY_SECONDS = 3, 60
SPLIT: Final = 3
MIRROR: Final = 2


@dataclass(frozen=True)
class Line:
    """One paid or proposed line of a manual award. Times are of the union's zone; `approver` is '' while nobody agreed."""

    award: str
    proposer: str
    approver: str
    worker: str
    points: int
    proposed_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class Finding:
    """A pattern: its name, the people in it (in the order of the sentence), how often, how many points, which awards
    (or decisions of rules, or redemptions: `rewards.pure.favours`); `about` is the code of the rule, where one is meant."""

    pattern: str
    people: tuple[str, ...]
    count: int
    points: int
    awards: tuple[str, ...]
    last_at: datetime
    facts: dict[str, int] = field(default_factory=dict)
    about: str = ""


def find(lines: Iterable[Line], *, threshold: int) -> list[Finding]:
    """Return every pattern, the one with most points first.

    Args:
        threshold: points from which more would have been asked: the most one line may have.
    """
    rows = sorted(lines, key=lambda row: (row.proposed_at, row.award, row.worker))
    found = [
        *_often(rows), *_reciprocal(rows), *_mirrored(rows), *_near(rows, threshold), *_at_night(rows), *_hasty(rows),
        *_split(rows),
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.points, one.pattern, one.people))


def _made(pattern: str, people: tuple[str, ...], rows: list[Line], **facts: int) -> Finding:
    awards = tuple(dict.fromkeys(row.award for row in rows))
    last = max(row.decided_at or row.proposed_at for row in rows)
    return Finding(pattern, people, len(awards), sum(row.points for row in rows), awards, last, facts)


def _often(rows: list[Line]) -> Iterator[Finding]:
    """One approver agrees for one worker again and again: 4 times in 90 days, and half of what the worker gets."""
    pairs: dict[tuple[str, str], list[Line]] = defaultdict(list)
    of_worker: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.approver:
            pairs[row.approver, row.worker].append(row)
            of_worker[row.worker] += 1
    for (approver, worker), lines in sorted(pairs.items()):
        best = _densest(lines, timedelta(days=OFTEN_DAYS))
        if len(best) >= OFTEN and len(lines) >= OFTEN_SHARE * of_worker[worker]:
            yield _made("approver-worker", (approver, worker), best, share=round(100 * len(lines) / of_worker[worker]))


def _densest(lines: list[Line], width: timedelta) -> list[Line]:
    """Return the largest group of lines within a stretch of time."""
    best: list[Line] = []
    start = 0
    for end, row in enumerate(lines):
        while row.proposed_at - lines[start].proposed_at > width:
            start += 1
        if end - start + 1 > len(best):
            best = lines[start : end + 1]
    return best


def _both_ways(
    groups: dict[tuple[str, str], list[Line]], least: int
) -> Iterator[tuple[str, str, list[Line], int, int]]:
    """Yield pairs that occur in both directions, each once."""
    for one, other in sorted(groups):
        there, back = groups[one, other], groups.get((other, one), [])
        counts = len({row.award for row in there}), len({row.award for row in back})
        if one < other and min(counts) >= least:
            yield one, other, [*there, *back], *counts


def _reciprocal(rows: list[Line]) -> Iterator[Finding]:
    """Two people agree to each other's proposals."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for row in rows:
        if row.approver:
            groups[row.proposer, row.approver].append(row)
    for one, other, lines, there, back in _both_ways(groups, RECIPROCAL):
        yield _made("reciprocal-approval", (one, other), lines, there=there, back=back)


def _mirrored(rows: list[Line]) -> Iterator[Finding]:
    """Two people propose points for each other."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for row in rows:
        groups[row.proposer, row.worker].append(row)
    for one, other, lines, there, back in _both_ways(groups, MIRROR):
        yield _made("mutual-proposal", (one, other), lines, there=there, back=back)


def _near(rows: list[Line], threshold: int) -> Iterator[Finding]:
    """One proposer asks again and again for a little less than the threshold."""
    floor = threshold - threshold * NEAR_SHARE
    groups: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        if floor <= row.points <= threshold:
            groups[row.proposer].append(row)
    for proposer, lines in sorted(groups.items()):
        if len({row.award for row in lines}) >= NEAR:
            yield _made("just-under", (proposer,), lines, threshold=threshold)


def _at_night(rows: list[Line]) -> Iterator[Finding]:
    """One approver agrees at night, often and for a good part of all."""
    all_of: dict[str, set[str]] = defaultdict(set)
    nightly: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        if row.approver and row.decided_at is not None:
            all_of[row.approver].add(row.award)
            if row.decided_at.hour >= NIGHT_FROM or row.decided_at.hour < NIGHT_UNTIL:
                nightly[row.approver].append(row)
    for approver, lines in sorted(nightly.items()):
        count = len({row.award for row in lines})
        if count >= NIGHT and count >= NIGHT_SHARE * len(all_of[approver]):
            yield _made("at-night", (approver,), lines, share=round(100 * count / len(all_of[approver])))


def _hasty(rows: list[Line]) -> Iterator[Finding]:
    """A pair of proposer and approver decides within a minute."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for row in rows:
        if row.approver and row.decided_at and row.decided_at - row.proposed_at <= timedelta(seconds=HASTY_SECONDS):
            groups[row.proposer, row.approver].append(row)
    for pair, lines in sorted(groups.items()):
        if len({row.award for row in lines}) >= HASTY:
            yield _made("within-a-minute", pair, lines)


def _split(rows: list[Line]) -> Iterator[Finding]:
    """One proposer gives one worker several awards on one day."""
    groups: dict[tuple[str, str, int], list[Line]] = defaultdict(list)
    for row in rows:
        groups[row.proposer, row.worker, row.proposed_at.toordinal()].append(row)
    for (proposer, worker, _day), lines in sorted(groups.items()):
        if len({row.award for row in lines}) >= SPLIT:
            yield _made("split", (proposer, worker), lines)


PATTERNS: Final = (
    "approver-worker", "reciprocal-approval", "mutual-proposal", "just-under", "at-night", "within-a-minute", "split",
)  # fmt: skip
