"""Whom a source names: what the core asks of the company, and plain data that answers for a replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Directory(Protocol):
    """Answers about people, by their codes (employee numbers)."""

    def exists(self, person: str) -> bool:
        """Whether the person is employed."""

    def heads_above(self, person: str) -> Sequence[str]:
        """Unit heads above a person, nearest first; empty posts, repeats and the person left out."""

    def holders(self, role: str) -> Sequence[str]:
        """Everybody who holds the role."""

    def holders_near(self, role: str, person: str) -> Sequence[str]:
        """Holders in the person's unit, else in the nearest unit above that has one."""

    def administrators(self) -> Sequence[str]:
        """Holders of the role `administrator`; without one, the person `admin`."""


@dataclass(frozen=True)
class PlainDirectory:
    """People, units and roles of a replay file.

    people: code → {"unit": code}; units: code → {"head": person, "parent": unit}; roles: name → people, where a role
    may also be {"unit": [people]}.
    """

    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def exists(self, person: str) -> bool:
        return person in self.people or any(person in holders for holders in self.roles.values())

    def _units_above(self, person: str) -> list[str]:
        unit: str | None = self.people.get(person, {}).get("unit")
        above: list[str] = []
        while unit and unit not in above:
            above.append(unit)
            unit = self.units.get(unit, {}).get("parent")
        return above

    def heads_above(self, person: str) -> list[str]:
        heads = [self.units.get(unit, {}).get("head") for unit in self._units_above(person)]
        return [head for head in dict.fromkeys(heads) if head and head != person]

    def holders(self, role: str) -> list[str]:
        return list(self.roles.get(role, ()))

    def holders_near(self, role: str, person: str) -> list[str]:
        holders = self.holders(role)
        for unit in self._units_above(person):
            if near := [holder for holder in holders if self.people.get(holder, {}).get("unit") == unit]:
                return near
        return []

    def administrators(self) -> list[str]:
        return self.holders("administrator") or ["admin"]
