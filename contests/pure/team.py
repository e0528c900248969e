"""A team on paper: how many people it has, and how its points are shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

MOST_SUBSTITUTES = 3
Sharing = Literal["each", "split"]


def faults(size: int, members: Sequence[str], substitutes: Sequence[str]) -> list[str]:
    """Say what is wrong with a team by the numbers of its people: too_few · too_many · too_many_substitutes · twice."""
    found = []
    if len(members) != size:
        found.append("too_few" if len(members) < size else "too_many")
    if len(substitutes) > MOST_SUBSTITUTES:
        found.append("too_many_substitutes")
    everybody = [*members, *substitutes]
    if len(set(everybody)) != len(everybody):
        found.append("twice")
    return found


def shares(points: int, members: int, sharing: Sharing) -> list[int]:
    """Return what each member of a team gets, the captain first; none for a team without people.

    each: everybody the whole points. split: the points are divided; the captain also gets what cannot be divided.
    """
    if members < 1:
        return []
    if sharing == "each":
        return [points] * members
    share, rest = divmod(points, members)
    return [share + rest, *([share] * (members - 1))]
