"""The way through a policy as an example; and what is tangled in one before it can be walked: blocks that cannot end,
returns to what comes only later.

A definition with a tangle is never read as a policy (`policy.read` refuses it). Here its place is found, so that an editor can
say it in words with an example of the way, and the definition is mended so far that everything else can be checked as well.

Source: the specification of approvals, "Steps", and the checks its editor promises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.approvals.pure.policy import CHOICES, Policy

SUBMIT = "submit"
NOBODY = "·"  # begins the key of what stands where a branch has no step


@dataclass(frozen=True)
class Stop:
    """Somewhere on the way: a step and the parallel branch it stands in; `submit` is where it begins."""

    key: str
    branch: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether no step stands here."""
        return self.key.startswith(NOBODY)

    def __str__(self) -> str:
        return "…" if self.is_missing else self.key


@dataclass(frozen=True)
class Tangle:
    """What cannot be walked: `step` is where it is seen, `target` the later step it would return to."""

    code: str  # block-endless, return-later
    step: str
    target: str = ""


def to(policy: Policy, key: str) -> tuple[Stop, ...]:
    """Return an example of the way to a step: everything it passes, from the submit on."""
    before = [step.key for step in policy.steps if policy.comes_before(step.key, key)]
    return (Stop(SUBMIT), *(Stop(one, policy.branch_of(one)) for one in (*before, key)))


def around(policy: Policy, tangle: Tangle) -> tuple[Stop, ...]:
    """Return an example of the way that meets a tangle: as far as the empty branch, or on to the later step."""
    if not tangle.target or tangle.target == tangle.step:
        return to(policy, tangle.step)
    if policy.comes_before(tangle.step, tangle.target):
        return to(policy, tangle.target)
    return (*to(policy, tangle.step), Stop(tangle.target, policy.branch_of(tangle.target)))


def untangle(definition: Mapping[str, Any]) -> tuple[dict[str, Any], list[Tangle]]:
    """Return a definition whose blocks end and whose returns go back, and what was in the way of that.

    Only what is tangled is changed; every other fault is left for `policy.read` to name.
    """
    rows = definition.get("steps")
    tangles: list[Tangle] = []
    if not isinstance(rows, list):
        return dict(definition), []
    known = {row["key"] for row in _steps(rows) if isinstance(row.get("key"), str)}
    seen: set[str] = set()
    mended = []
    for row in rows:
        block = _filled(row, tangles)
        mended.append(_straightened(block, known, seen, tangles))
        seen |= {step["key"] for step in _steps([row]) if isinstance(step.get("key"), str)}
    return {**definition, "steps": mended}, tangles


def _steps(rows: list[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the steps of a definition nobody has checked yet, in the order written."""
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        if isinstance(block := row.get("parallel"), Mapping):
            for branch in block.values():
                yield from (step for step in branch if isinstance(step, Mapping)) if isinstance(branch, list) else ()
        else:
            yield row


def _filled(row: Any, tangles: list[Tangle]) -> Any:
    """Put something that stands for nobody where a branch has no step, or a block no branch."""
    if not isinstance(row, Mapping) or not isinstance(block := row.get("parallel"), Mapping):
        return row
    branches = dict(block) or {"": []}
    for name, steps in branches.items():
        if steps == []:
            key = f"{NOBODY}{len(tangles) + 1}"
            tangles.append(Tangle("block-endless", key))
            branches[name] = [{"key": key, "approvers": ["user:-"]}]
    return {**row, "parallel": branches}


def _straightened(row: Any, known: set[str], before: set[str], tangles: list[Tangle]) -> Any:
    """Take away a return to what does not come before: a later step, a sibling, the step itself."""
    if not isinstance(row, Mapping):
        return row
    if not isinstance(block := row.get("parallel"), Mapping):
        return _forward(row, known - before, tangles)
    branches: dict[Any, Any] = {}
    for name, steps in block.items():
        if not isinstance(steps, list):
            branches[name] = steps
            continue
        own = set(before)
        branches[name] = []
        for step in steps:
            branches[name].append(_forward(step, known - own, tangles))
            if isinstance(step, Mapping) and isinstance(step.get("key"), str):
                own.add(step["key"])
    return {**row, "parallel": branches}


def _forward(step: Any, later: set[str], tangles: list[Tangle]) -> Any:
    if not isinstance(step, Mapping) or not isinstance(target := step.get("returns"), str):
        return step
    if target in CHOICES["returns"] or target not in later or not isinstance(step.get("key"), str):
        return step
    tangles.append(Tangle("return-later", step["key"], target))
    return {name: value for name, value in step.items() if name != "returns"}


__all__ = ["NOBODY", "SUBMIT", "Stop", "Tangle", "around", "to", "untangle"]
