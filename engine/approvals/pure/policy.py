"""Approval policies 审批策略: read from JSON, every fault in words with its place; the order of their steps.

Source: the specification of approvals, "Steps".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.approvals.pure import deadline, votes

CHOICES: dict[str, tuple[str, ...]] = {
    "mode": ("all", "any", "in-turn", "vote"),
    "empty": ("admin", "pass", "refuse"),
    "self": ("manager", "skip", "allow"),
    "repeat": ("pass", "ask"),
    "overdue": ("remind", "pass", "refuse", "hand-over"),
    "returns": ("any", "start", "none"),
}
NOT_BACK = "a step returns only to what comes before it; "
WORDS = frozenset({"title", "name", "note", "description"})  # for people to read; nothing follows from them
STEP_KEYS = frozenset({"key", "approvers", "pass", "deadline", "cc", "signature"}) | CHOICES.keys() | WORDS
SOURCE = re.compile(
    r"user:\S+|role:[^\s@:]+(@unit)?|manager:[1-9]\d?|managers:[^\s@:]+|(applicant|previous)-picks:[1-9]\d?"
    r"|pool:[^\s@:]+|panel:[^\s@:]+:[1-9]\d{0,2}|subject:[^\s@:]+"
)
KEY = re.compile(r"[^\s:,]{1,60}")


@dataclass(frozen=True)
class Step:
    """Who approves, and by which rule; the attributes are the keys of the specification."""

    key: str
    approvers: tuple[str, ...]
    title: str = ""
    mode: str = "all"
    rule: votes.Rule = field(default_factory=votes.Rule)
    empty: str = "admin"
    self_rule: str = "manager"
    repeat: str = "pass"
    returns: str = "any"
    deadline_minutes: int = 0
    overdue: str = "remind"
    cc: tuple[str, ...] = ()
    has_signature: bool = False

    @cached_property
    def is_in_turn(self) -> bool:
        """Whether the next is asked only after the one before approved; `managers:` always is."""
        return self.mode == "in-turn" or any(source.startswith("managers:") for source in self.approvers)

    @cached_property
    def is_vote(self) -> bool:
        """Whether votes are counted."""
        return self.mode == "vote" and not self.is_in_turn

    def picks(self, who: str) -> int:
        """Return how many people `applicant` or `previous` picks for this step; 0: nobody is picked."""
        for source in self.approvers:
            kind, _, number = source.partition(":")
            if kind == f"{who}-picks":
                return int(number)
        return 0


@dataclass(frozen=True)
class Policy:
    """An ordered list of elements: a step is an element of one branch with one step; a block has several branches."""

    name: str
    elements: tuple[tuple[tuple[Step, ...], ...], ...]
    branch_names: tuple[tuple[str, ...], ...] = ()
    keeps_passed_branches: bool = False

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in the order written."""
        return tuple(step for element in self.elements for branch in element for step in branch)

    @cached_property
    def named(self) -> frozenset[str]:
        """Everybody whom a source names: `user:ID`."""
        sources = (source for step in self.steps for source in step.approvers)
        return frozenset(source.removeprefix("user:") for source in sources if source.startswith("user:"))

    @cached_property
    def _by_key(self) -> dict[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def _where(self) -> dict[str, tuple[int, int, int]]:
        """Key → (element, branch, position)."""
        return {
            step.key: (e, b, s)
            for e, element in enumerate(self.elements)
            for b, branch in enumerate(element)
            for s, step in enumerate(branch)
        }

    def step(self, key: str) -> Step:
        """Return the step with this key; KeyError without one."""
        return self._by_key[key]

    def has(self, key: object) -> bool:
        """Return whether a step has this key."""
        return key in self._by_key

    def number(self, key: str) -> int:
        """Return the number of a step as people count them, from 1."""
        return list(self._by_key).index(key) + 1

    def comes_before(self, one: str, other: str) -> bool:
        """Return whether a step is in an earlier element, or earlier in the other's own branch."""
        (e, b, s), (f, c, t) = self._where[one], self._where[other]
        return e < f or (e == f and b == c and s < t)

    def after(self, key: str) -> frozenset[str]:
        """Return the steps this one comes before."""
        return frozenset(other for other in self._by_key if self.comes_before(key, other))

    def leading_to(self, key: str) -> list[str]:
        """Return the steps directly before one: in its branch, else the last of each branch of the element before."""
        e, b, s = self._where[key]
        if s:
            return [self.elements[e][b][s - 1].key]
        return [branch[-1].key for branch in self.elements[e - 1]] if e else []

    def is_block(self, key: str) -> bool:
        """Return whether a step stands in a parallel block."""
        return bool(self.branch_names[self._where[key][0]])

    def branch_of(self, key: str) -> str:
        """Return the name of a step's branch; '' outside a block."""
        e, b, _ = self._where[key]
        return self.branch_names[e][b] if self.branch_names[e] else ""

    def leads_in_branch(self, key: str) -> bool:
        """Return whether a step stands behind another of its own branch."""
        return bool(self._where[key][2])

    def siblings(self, key: str) -> list[tuple[str, ...]]:
        """Return the other branches of a step's block, each as its keys."""
        e, b, _ = self._where[key]
        return [tuple(step.key for step in row) for c, row in enumerate(self.elements[e]) if c != b]

    def backwards(self, key: str) -> Iterator[list[str]]:
        """Yield what comes before a step, nearest first: steps of its own branch one by one, then whole elements."""
        e, b, s = self._where[key]
        for step in reversed(self.elements[e][b][:s]):
            yield [step.key]
        for element in reversed(self.elements[:e]):
            if len(element) == 1:
                yield from ([step.key] for step in reversed(element[0]))
            else:
                yield [step.key for branch in element for step in branch]


class FaultyPolicy(ValueError):
    """A policy broke the rules; `faults` is one sentence each, beginning with its place."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


def read(definition: Mapping[str, Any]) -> Policy:
    """Return the policy of a definition.

    Raises:
        FaultyPolicy: naming every fault.
    """
    faults: list[str] = []
    rows = definition.get("steps") if isinstance(definition, Mapping) else None
    if not isinstance(rows, list) or not rows:
        raise FaultyPolicy(["steps: write at least one step"])
    elements, names = [], []
    for index, row in enumerate(rows, 1):
        element, branch_names = _element(row, f"steps[{index}]", faults)
        elements.append(element)
        names.append(branch_names)
    keys = [step.key for element in elements for branch in element for step in branch if step.key]
    faults += [f"steps: the key {key!r} stands twice" for key in dict.fromkeys(keys) if keys.count(key) > 1]
    known = {"name", "title", "steps", "keep_passed_branches", "version", "note", "description"}
    faults += [f"{name}: unknown" for name in sorted(set(map(str, definition)) - known)]
    keeps = definition.get("keep_passed_branches", False)
    if not isinstance(keeps, bool):
        faults.append("keep_passed_branches: write true or false")
    if faults:
        raise FaultyPolicy(faults)
    return Policy(str(definition.get("name", "")), tuple(elements), tuple(names), bool(keeps))


def _element(row: object, place: str, faults: list[str]) -> tuple[tuple[tuple[Step, ...], ...], tuple[str, ...]]:
    """Return the branches of an element and their names (none for a single step)."""
    if not isinstance(row, Mapping) or "parallel" not in row:
        return ((_step(row, place, faults),),), ()
    faults += [f"{place}.{name}: unknown" for name in sorted(set(map(str, row)) - {"parallel", "key"} - WORDS)]
    block = row["parallel"]
    if not isinstance(block, Mapping) or not block:
        faults.append(f"{place}.parallel: write its branches, each a list of steps")
        return (), ()
    branches = []
    for name, steps in block.items():
        inside = f"{place}.parallel.{name}"
        if not isinstance(steps, list) or not steps:
            faults.append(f"{inside}: a branch without steps never ends; write at least one")
            continue
        if any(isinstance(step, Mapping) and "parallel" in step for step in steps):
            faults.append(f"{inside}: a block cannot stand in a block")
            continue
        branches.append(tuple(_step(step, f"{inside}[{n}]", faults) for n, step in enumerate(steps, 1)))
    return tuple(branches), tuple(map(str, block))


def _step(row: object, place: str, faults: list[str]) -> Step:
    if not isinstance(row, Mapping):
        faults.append(f"{place}: a step is an object")
        return Step("", ())
    faults += [f"{place}.{name}: unknown" for name in sorted(set(map(str, row)) - STEP_KEYS)]
    key = row.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key) or key in {"applicant", "previous"}:
        faults.append(f"{place}.key: write a short word without spaces, not “applicant” or “previous”")
        key = ""
    chosen = {name: row.get(name, choices[0]) for name, choices in CHOICES.items()}
    for name, choices in CHOICES.items():
        if chosen[name] not in choices:
            faults.append(f"{place}.{name}: {NOT_BACK if name == 'returns' else ''}write {', '.join(choices)}")
    return Step(
        key=key,
        approvers=_sources(row.get("approvers"), place, faults),
        title=str(row.get("title") or row.get("name") or ""),
        mode=str(chosen["mode"]),
        rule=_parsed(votes.read, str(row.get("pass", votes.MAJORITY)), f"{place}.pass", faults) or votes.Rule(),
        empty=str(chosen["empty"]),
        self_rule=str(chosen["self"]),
        repeat=str(chosen["repeat"]),
        returns=str(chosen["returns"]),
        deadline_minutes=_parsed(deadline.minutes_of, row.get("deadline"), f"{place}.deadline", faults) or 0,
        overdue=str(chosen["overdue"]),
        cc=_people(row.get("cc", []), f"{place}.cc", faults),
        has_signature=row.get("signature") is True,
    )


def _parsed(parse: Any, value: object, place: str, faults: list[str]) -> Any:
    try:
        return parse(value)
    except ValueError as fault:
        faults.append(f"{place}: {fault}")
        return None


def _people(given: object, place: str, faults: list[str]) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(person, str) and person for person in given):
        faults.append(f"{place}: write a list of people")
        return ()
    return tuple(given)


def _sources(given: object, place: str, faults: list[str]) -> tuple[str, ...]:
    if not isinstance(given, list) or not given:
        faults.append(f"{place}.approvers: name at least one source")
        return ()
    faults += [
        f"{place}.approvers: {source!r} is no source"
        for source in given
        if not isinstance(source, str) or not SOURCE.fullmatch(source)
    ]
    picks = [source for source in given if isinstance(source, str) and "-picks:" in source]
    if len(picks) > 1:
        faults.append(f"{place}.approvers: people are picked for a step by one source only")
    return tuple(map(str, given))
