"""Figures of an event log: pure functions, the same definitions process-mining tools use.

Throughput: from the first to the last event of a case. Variant: the sequence of a case's activities. Waiting: the time between an
event and the one that directly follows it in its case, by pair of activities. First response: from the first event to the first
by somebody else than who began.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from statistics import median

from engine.flows.history.log import HAND_OVERS, OVERDUE, RETURNS, LogEvent


@dataclass(frozen=True)
class Waiting:
    """How long cases lay between two activities that directly follow each other."""

    before: str
    activity: str
    count: int
    total: timedelta

    @property
    def mean(self) -> timedelta:
        """The average wait."""
        return self.total / self.count


@dataclass(frozen=True)
class Variant:
    """A way cases went, and how many went it."""

    activities: tuple[str, ...]
    count: int


@dataclass
class Figures:
    """What the page shows of a selection of cases."""

    cases: int = 0
    finished: int = 0
    median_throughput: timedelta | None = None
    median_first_response: timedelta | None = None
    overdue: int = 0
    returns: int = 0
    hand_overs: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)


def by_case(events: Iterable[LogEvent]) -> dict[str, list[LogEvent]]:
    """Return case → its events in their order."""
    cases: dict[str, list[LogEvent]] = {}
    for event in events:
        cases.setdefault(event.case, []).append(event)
    return cases


def throughput(events: Iterable[LogEvent]) -> dict[str, timedelta]:
    """Return case → time from its first to its last event."""
    return {case: rows[-1].at - rows[0].at for case, rows in by_case(events).items()}


def variants(events: Iterable[LogEvent]) -> list[Variant]:
    """Return the ways cases went, the most frequent first."""
    counted = Counter(tuple(row.activity for row in rows) for rows in by_case(events).values())
    return [Variant(way, count) for way, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]


def waiting(events: Iterable[LogEvent]) -> list[Waiting]:
    """Return the waits between activities, the largest total first: the bottlenecks."""
    totals: dict[tuple[str, str], timedelta] = defaultdict(timedelta)
    counts: Counter[tuple[str, str]] = Counter()
    for rows in by_case(events).values():
        for one, other in pairwise(rows):
            pair = one.activity, other.activity
            totals[pair] += other.at - one.at
            counts[pair] += 1
    found = [Waiting(before, activity, counts[before, activity], total) for (before, activity), total in totals.items()]
    return sorted(found, key=lambda row: (-row.total, row.before, row.activity))


def first_responses(events: Iterable[LogEvent]) -> dict[str, timedelta]:
    """Return case → time until somebody else than who began did something; cases without it are left out."""
    found: dict[str, timedelta] = {}
    for case, rows in by_case(events).items():
        starter = next((row.resource for row in rows if row.resource), "")
        answer = next((row for row in rows if row.resource and row.resource != starter), None)
        if answer is not None:
            found[case] = answer.at - rows[0].at
    return found


def _median(times: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(time.total_seconds() for time in times)) if times else None


def figures(events: Iterable[LogEvent]) -> Figures:
    """Return everything the page shows; throughput is of finished cases only."""
    rows = list(events)
    done = [row for row in rows if row.is_case_finished]
    times, answers = list(throughput(done).values()), list(first_responses(rows).values())
    return Figures(
        cases=len(by_case(rows)),
        finished=len(times),
        median_throughput=_median(times),
        median_first_response=_median(answers),
        overdue=sum(row.verb in OVERDUE for row in rows),
        returns=sum(row.verb in RETURNS for row in rows),
        hand_overs=sum(row.verb in HAND_OVERS for row in rows),
        waiting=[row for row in waiting(rows) if row.total][:12],
        variants=variants(rows)[:12],
    )
