"""Approval policies 审批策略: read from JSON and checked, every fault in words with its place.

Source: the specification of approvals. Here: steps one after the other, modes all, any and in-turn, sources user, role, role@unit,
manager and managers; a deadline is kept and reminds. Votes, parallel blocks, pools, panels and picks come with the full set of verbs; a policy that
uses them is refused, never half understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MODES = ("all", "any", "in-turn")
EMPTY = ("admin", "pass", "refuse")
SELF = ("manager", "skip", "allow")
REPEAT = ("pass", "ask")
RETURNS = ("none", "start", "any")
SOURCE = re.compile(r"user:\S+|role:[\w-]+|role:[\w-]+@unit|manager:[1-9]\d?|managers:[\w-]+")
DEADLINE = re.compile(r"[1-9]\d{0,4}[mhd]?")
KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True)
class Step:
    """Who approves, and by which rule."""

    key: str
    approvers: tuple[str, ...]
    title: str = ""
    mode: str = "all"
    empty: str = "admin"
    self_rule: str = "manager"
    repeat: str = "pass"
    returns: str = "any"
    deadline: str = ""

    @property
    def is_in_turn(self) -> bool:
        """Whether the next is asked only after the one before approved; `managers:` always is."""
        return self.mode == "in-turn" or any(source.startswith("managers:") for source in self.approvers)


@dataclass(frozen=True)
class Policy:
    """An ordered list of steps."""

    name: str
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """Return the step with this key; KeyError without one."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)


class FaultyPolicy(ValueError):
    """A policy broke the rules; `faults` is one sentence each, beginning with its place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


CHOICES: dict[str, tuple[str, ...]] = {
    "mode": MODES,
    "empty": EMPTY,
    "self": SELF,
    "repeat": REPEAT,
    "returns": RETURNS,
}


def read(definition: Mapping[str, Any]) -> Policy:
    """Return the policy of a definition.

    Raises:
        FaultyPolicy: naming every fault.
    """
    faults: list[str] = []
    rows = definition.get("steps")
    if not isinstance(rows, list) or not rows:
        raise FaultyPolicy(["steps: write at least one step"])
    steps = [_step(row, f"steps[{index}]", faults) for index, row in enumerate(rows, 1)]
    keys = [step.key for step in steps]
    faults += [f"steps: the key {key!r} stands twice" for key in dict.fromkeys(keys) if keys.count(key) > 1]
    if faults:
        raise FaultyPolicy(faults)
    return Policy(str(definition.get("name", "")), tuple(steps))


def _step(row: object, place: str, faults: list[str]) -> Step:
    if not isinstance(row, Mapping):
        faults.append(f"{place}: a step is an object")
        return Step("", ())
    known = {"key", "title", "approvers", "deadline", *CHOICES}
    faults += [f"{place}.{name}: unknown, or not possible yet" for name in sorted(set(map(str, row)) - known)]
    key = row.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        faults.append(f"{place}.key: write letters, digits and hyphens")
        key = ""
    approvers = row.get("approvers")
    if not isinstance(approvers, list) or not approvers:
        faults.append(f"{place}.approvers: name at least one source")
        approvers = []
    faults += [
        f"{place}.approvers: {source!r} is no source, or not possible yet"
        for source in approvers
        if not isinstance(source, str) or not SOURCE.fullmatch(source)
    ]
    deadline = str(row.get("deadline", ""))
    if deadline and not DEADLINE.fullmatch(deadline):
        faults.append(f"{place}.deadline: write minutes, or 90m, 8h, 2d")
    chosen = {name: row.get(name, choices[0]) for name, choices in CHOICES.items()}
    chosen["returns"] = row.get("returns", "any")
    for name, choices in CHOICES.items():
        if chosen[name] not in choices:
            faults.append(f"{place}.{name}: write {', '.join(choices)}")
    return Step(
        key=key,
        approvers=tuple(map(str, approvers)),
        title=str(row.get("title", "")),
        mode=str(chosen["mode"]),
        empty=str(chosen["empty"]),
        self_rule=str(chosen["self"]),
        repeat=str(chosen["repeat"]),
        returns=str(chosen["returns"]),
        deadline=deadline,
    )
