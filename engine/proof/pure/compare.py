"""What kept papers say about an earlier tree, held against today's: where the first leaf that differs may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """The hash of leaves start … end − 1 as a kept paper has it, and whether today's log gives the same."""

    start: int
    end: int
    is_same: bool


def spans(index: int, size: int) -> list[tuple[int, int]]:
    """Return which leaves (start, end) each hash of an inclusion proof covers, the leaf's sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    found, start, end = [], 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def first_difference(facts: Iterable[Fact]) -> tuple[int, int] | None:
    """Return (earliest, latest) place of the first leaf that differs; None when nothing does.

    Equal hashes settle all leaves below them; in every span whose hash differs, at least one of the others does.
    """
    known = list(facts)
    same = _joined((fact.start, fact.end) for fact in known if fact.is_same)
    latest = [place for fact in known if not fact.is_same if (place := _last_open(fact, same)) is not None]
    if not latest:
        return None
    earliest = next((end for start, end in same if start == 0), 0)
    return earliest, max(earliest, min(latest))


def _joined(parts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the union of spans as disjoint ones in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _last_open(fact: Fact, same: Sequence[tuple[int, int]]) -> int | None:
    """Return the last leaf of a span that no equal hash settles; None when all are: then the papers contradict each other."""
    last = fact.end - 1
    for start, end in reversed(same):
        if start <= last < end:
            last = start - 1
    return last if last >= fact.start else None
