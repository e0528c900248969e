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

    def panel(self, name: str) -> Sequence[str]:
        """The members of a panel in their drawn order."""

    def of_subject(self, name: str) -> Sequence[str]:
        """Whom the subject's own programme calls by a name: the judges of a round, its chief judge."""

    def administrators(self) -> Sequence[str]:
        """Holders of the role `administrator`; without one, the person `admin`."""

    def substitutes(self, person: str, policy: str) -> Sequence[str]:
        """Who stands for the person now under the policy, beside what an approval's own actions say."""

    def hour_clock(self, minute: int) -> int:
        """Minutes by which an hour between two urgings is counted, given the working minute of the approval."""


@dataclass(frozen=True)
class PlainDirectory:
    """People, units, roles and panels of a replay file.

    people: code → {"unit": code}; units: code → {"head": person, "parent": unit}; roles, panels, named (of the subject):
    name → people.
    Who stands anywhere in them, or acts, exists; where no people are given, everybody does. `"left": true` says who has
    left the company.
    """

    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    panels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    named: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def exists(self, person: str) -> bool:
        return bool(person) and person != "system" and not (self.people.get(person) or {}).get("left") and (
            not self.people
            or person in self.people
            or person in self.others
            or any(person in members for members in (*self.roles.values(), *self.panels.values(), *self.named.values()))
            or any((unit or {}).get("head") == person for unit in self.units.values())
            or person in self.administrators()
        )  # fmt: skip

    def _units_above(self, person: str) -> list[str]:
        unit: str | None = (self.people.get(person) or {}).get("unit")
        above: list[str] = []
        while unit and unit not in above:
            above.append(unit)
            unit = (self.units.get(unit) or {}).get("parent")
        return above

    def heads_above(self, person: str) -> list[str]:
        heads = [(self.units.get(unit) or {}).get("head") for unit in self._units_above(person)]
        return [head for head in dict.fromkeys(heads) if head and head != person]

    def holders(self, role: str) -> list[str]:
        return list(self.roles.get(role, ()))

    def holders_near(self, role: str, person: str) -> list[str]:
        holders = self.holders(role)
        for unit in self._units_above(person):
            if near := [holder for holder in holders if (self.people.get(holder) or {}).get("unit") == unit]:
                return near
        return []

    def panel(self, name: str) -> list[str]:
        return list(self.panels.get(name, ()))

    def of_subject(self, name: str) -> list[str]:
        return list(self.named.get(name, ()))

    def administrators(self) -> list[str]:
        return self.holders("administrator") or ["admin"]

    def substitutes(self, person: str, policy: str) -> list[str]:
        return []

    def hour_clock(self, minute: int) -> int:
        return minute
