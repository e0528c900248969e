"""Which judges mark which entries, when not every judge marks every entry: evenly, and never against a conflict.

Anchors: Tabbycat's and pretalx's allocation of panels. Loads are balanced by moving single marks along shortest paths until no
judge could be relieved, which makes the heaviest load as small as the conflicts allow.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

Pair = tuple[str, str]  # judge, entry


class TooFewJudges(ValueError):
    """An entry has fewer judges without a conflict than it needs; `entries` names all of these."""

    def __init__(self, entries: Sequence[str]) -> None:
        super().__init__(", ".join(entries))
        self.entries = tuple(entries)


def assign(
    entries: Sequence[str],
    judges: Sequence[str],
    per_entry: int,
    *,
    excluded: Collection[Pair] = (),
    loads: Mapping[str, int] | None = None,
    seed: str = "",
) -> dict[str, tuple[str, ...]]:
    """Give every entry `per_entry` judges.

    Args:
        excluded: (judge, entry) that must not meet.
        loads: entries each judge has marked in earlier rounds; they count as work already done.
        seed: of the lot among equals; public, so that anybody can assign again.

    Returns:
        entry → judges in the order of `judges`, for the entries in their order.

    Raises:
        TooFewJudges.
    """
    barred = set(excluded)
    able = {entry: [judge for judge in judges if (judge, entry) not in barred] for entry in entries}
    if short := [entry for entry in entries if len(able[entry]) < per_entry]:
        raise TooFewJudges(short)
    work = Counter({judge: (loads or {}).get(judge, 0) for judge in judges})
    met: Counter[frozenset[str]] = Counter()
    chosen: dict[str, set[str]] = {}
    for entry in sorted(entries, key=lambda code: (len(able[code]), _lot(seed, code))):
        picked: list[str] = []
        for _place in range(per_entry):
            left = [judge for judge in able[entry] if judge not in picked]
            picked.append(
                min(left, key=lambda judge: (work[judge], _company(met, judge, picked), _lot(seed, entry + judge)))
            )
        chosen[entry] = set(picked)
        work.update(picked)
        met.update(frozenset(pair) for pair in combinations(picked, 2))
    while path := _relief(chosen, able, work):
        for heavy, entry, light in path:
            chosen[entry].remove(heavy)
            chosen[entry].add(light)
            work[heavy] -= 1
            work[light] += 1
    return {entry: tuple(judge for judge in judges if judge in chosen[entry]) for entry in entries}


def _company(met: Counter[frozenset[str]], judge: str, picked: Sequence[str]) -> int:
    """Count how often this judge has sat with these already: panels should mix."""
    return sum(met[frozenset((judge, other))] for other in picked)


def _relief(
    chosen: Mapping[str, set[str]], able: Mapping[str, Sequence[str]], work: Mapping[str, int]
) -> list[tuple[str, str, str]]:
    """Find a shortest way to take one entry from a busiest judge and give one to a judge with two fewer; empty: none."""
    most = max(work.values(), default=0)
    came: dict[str, tuple[str, str]] = {}
    queue = deque(sorted(judge for judge, load in work.items() if load == most))
    seen = set(queue)
    while queue:
        judge = queue.popleft()
        if work[judge] <= most - 2:
            return _way(judge, came)
        for entry, held in chosen.items():
            if judge not in held:
                continue
            for other in able[entry]:
                if other not in held and other not in seen:
                    seen.add(other)
                    came[other] = (judge, entry)
                    queue.append(other)
    return []


def _way(judge: str, came: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    steps = []
    while judge in came:
        before, entry = came[judge]
        steps.append((before, entry, judge))
        judge = before
    return steps


def _lot(seed: str, text: str) -> str:
    return hashlib.sha256(f"assign\n{seed}\n{text}".encode()).hexdigest()
