"""Ranks of very many people by points, in memory: one look-up for a rank, one step for a change, pages in order.

People with the same points share a bucket; the number of people above each bucket is summed when somebody asks after a
change. Ranks are competition ranks: 1, 2, 2, 4. A bucket is put into order (by number) only when a page shows it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple


class Place(NamedTuple):
    """One line: competition rank, employee number, points."""

    rank: int
    number: str
    points: int


class Leaderboard:
    """Everybody with more than 0 points."""

    __slots__ = ("_above", "_buckets", "_counts", "_is_stale", "_ordered", "_scores", "_starts", "points")

    def __init__(self, rows: Iterable[tuple[str, int]] = ()) -> None:
        self.points: dict[str, int] = {}
        self._buckets: dict[int, list[str]] = {}
        self._counts: dict[int, int] = {}
        self._ordered: dict[int, list[str]] = {}
        self._scores: list[int] = []
        self._starts: list[int] = []
        self._above: dict[int, int] = {}
        self._is_stale = True
        self._fill(rows)

    def _fill(self, rows: Iterable[tuple[str, int]]) -> None:
        self.points = points = dict(rows)
        buckets = self._buckets
        for number, score in points.items():
            bucket = buckets.get(score)
            if bucket is None:
                buckets[score] = [number]
            else:
                bucket.append(number)
        for score in [score for score in buckets if score <= 0]:
            del buckets[score]
        self._counts = {score: len(bucket) for score, bucket in buckets.items()}

    def __len__(self) -> int:
        """Return how many people have points."""
        return sum(self._counts.values())

    def add(self, number: str, points: int) -> None:
        """Give a person points, or take some back."""
        before = self.points.get(number, 0)
        after = before + points
        self.points[number] = after
        if before > 0:
            self._counts[before] -= 1
            self._ordered.pop(before, None)
            if self._counts[before] == 0:
                del self._counts[before], self._buckets[before]
        if after > 0:
            # A bucket may still name people who left; they are passed over when it is put into order.
            self._buckets.setdefault(after, []).append(number)
            self._counts[after] = self._counts.get(after, 0) + 1
            self._ordered.pop(after, None)
        self._is_stale = True

    def settle(self) -> None:
        """Sum how many people are above each bucket; called by whoever asks, and after a batch of changes."""
        if not self._is_stale:
            return
        self._scores = sorted(self._counts, reverse=True)
        self._starts, above = [], 0
        for score in self._scores:
            self._starts.append(above)
            above += self._counts[score]
        self._above = dict(zip(self._scores, self._starts, strict=True))
        self._is_stale = False

    def rank(self, number: str) -> int | None:
        """Return a person's competition rank, None without points."""
        if self._is_stale:
            self.settle()
        above = self._above.get(self.points.get(number, 0))
        return None if above is None else above + 1

    def page(self, start: int, count: int) -> list[Place]:
        """Return so many lines from a position (from 0) in the order of points, then numbers."""
        self.settle()
        found: list[Place] = []
        index = max(0, bisect_right(self._starts, start) - 1)
        while len(found) < count and index < len(self._scores):
            score, first = self._scores[index], self._starts[index]
            names = self._in_order(score)
            skipped = max(0, start - first)
            found += [Place(first + 1, name, score) for name in names[skipped : skipped + count - len(found)]]
            index += 1
        return found

    def position(self, number: str) -> int | None:
        """Return a person's position (from 0) in the order of `page`, None without points."""
        self.settle()
        score = self.points.get(number, 0)
        if score not in self._above:
            return None
        return self._above[score] + bisect_right(self._in_order(score), number) - 1

    def _in_order(self, score: int) -> list[str]:
        names = self._ordered.get(score)
        if names is None:
            points = self.points
            names = self._ordered[score] = sorted({name for name in self._buckets[score] if points[name] == score})
            self._buckets[score] = list(names)
        return names
