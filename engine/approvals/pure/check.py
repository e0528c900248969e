"""What is wrong with a policy before it is published, and what differs between two: in words, with an example path.

Source: the specification of approvals and the checks its editor promises: no source that can never be found, no block that
cannot end, no return to a later step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.approvals.pure import way
from engine.approvals.pure.policy import FaultyPolicy, Policy, Step, read
from engine.approvals.pure.sentences import gettext_noop

FINDINGS: dict[str, str] = {
    "block-endless": gettext_noop("A branch of this block has no step, so the block never ends. Give it a step, or take the branch away."),
    "return-later": gettext_noop(
        "It may send back to “%(target)s”, which does not come before it: a return goes only to what has been passed."
    ),
    "source-unknown": gettext_noop("“%(source)s” can never be found: %(why)s."),
    "nobody-refuses": gettext_noop(
        "Where nobody is found the step refuses: everybody's request ends here. Let administrators decide instead."
    ),
    "block-refuses": gettext_noop(
        "Nobody is ever found for this branch, and then it refuses: the block never ends with a yes. Let administrators decide instead."
    ),
    "block-of-one": gettext_noop("This block has only one branch, so nothing runs side by side. Give the others the same block, next to it."),
    "vote-of-one": gettext_noop("The vote asks one person: “all must agree” says the same more clearly."),
    "count-too-high": gettext_noop("%(count)s approvals are wanted but only %(n)s people are asked: all of them must agree."),
    "picks-after-system": gettext_noop(
        "The people of this step are named by the approval before it, but %(before)s may pass by itself: then nobody is named."
    ),
    "picks-in-block": gettext_noop(
        "The step before is a block: whoever approves last names the people of this step."
    ),
    "same-people": gettext_noop("The same people were asked in %(before)s: they are passed automatically."),
    "deadline-unused": gettext_noop("What happens when overdue is said, but the step has no deadline."),
}  # fmt: skip
ERRORS = frozenset({"block-endless", "return-later", "source-unknown", "nobody-refuses", "block-refuses"})


@dataclass(frozen=True)
class Finding:
    """Something to know before publishing; an error forbids it. `template` is a message id, `params` fill it in, `path` is an
    example of the way that meets it."""

    code: str
    step: str
    params: Mapping[str, str]
    path: tuple[way.Stop, ...]

    @property
    def is_error(self) -> bool:
        """Whether it must be mended first."""
        return self.code in ERRORS

    @property
    def template(self) -> str:
        """The sentence before its parameters are filled in."""
        return FINDINGS[self.code]

    @property
    def example(self) -> str:
        """The way on one line: `submit → unit → hr`."""
        return " → ".join(map(str, self.path))

    def __str__(self) -> str:
        return f"{self.template % self.params} {self.example}"


def check(definition: Mapping[str, Any], why_unknown: Callable[[str], str]) -> list[Finding]:
    """Return what is to be known about a policy, errors first.

    Args:
        why_unknown: source → why it can never be found in this company, '' when it can.

    Raises:
        FaultyPolicy: it cannot even be read, for another reason than a block that cannot end or a return to a later step.
    """
    mended, tangles = way.untangle(definition)
    policy = read(mended)
    found = [
        Finding(row.code, row.step, {"target": row.target} if row.target else {}, way.around(policy, row))
        for row in tangles
    ]
    for step in policy.steps:
        if not way.Stop(step.key).is_missing:
            found += _findings(policy, step, why_unknown)
    return sorted(found, key=lambda row: not row.is_error)


def _findings(policy: Policy, step: Step, why_unknown: Callable[[str], str]) -> list[Finding]:
    said = [*_about_people(policy, step, why_unknown), *_about_votes(step), *_about_the_way(policy, step)]
    return [Finding(code, step.key, params, way.to(policy, step.key)) for code, params in said]


Said = Iterator[tuple[str, dict[str, str]]]


def _about_people(policy: Policy, step: Step, why_unknown: Callable[[str], str]) -> Said:
    unknown = {source: why for source in step.approvers if (why := why_unknown(source))}
    for source, why in unknown.items():
        yield "source-unknown", {"source": source, "why": why}
    if len(unknown) == len(step.approvers) and step.empty == "refuse":
        yield "block-refuses" if policy.siblings(step.key) else "nobody-refuses", {}


def _about_votes(step: Step) -> Said:
    named = [source for source in step.approvers if source.startswith("user:")]
    if not step.is_vote or len(named) != len(step.approvers):
        return
    if len(named) == 1:
        yield "vote-of-one", {}
    elif step.rule.count > len(named):
        yield "count-too-high", {"count": str(step.rule.count), "n": str(len(named))}


def _about_the_way(policy: Policy, step: Step) -> Said:
    before = policy.leading_to(step.key)
    if policy.is_block(step.key) and not policy.siblings(step.key) and not policy.leads_in_branch(step.key):
        yield "block-of-one", {}
    if step.picks("previous"):
        if len(before) > 1:
            yield "picks-in-block", {}
        for one in before:
            if policy.step(one).empty == "pass" or policy.step(one).overdue == "pass":
                yield "picks-after-system", {"before": one}
    twins = [
        one.key for one in policy.steps
        if policy.comes_before(one.key, step.key) and set(step.approvers) <= set(one.approvers) and one.mode == "all"
    ]  # fmt: skip
    if twins and step.repeat == "pass":
        yield "same-people", {"before": twins[0]}
    if step.overdue != "remind" and not step.deadline_minutes:
        yield "deadline-unused", {}


@dataclass(frozen=True)
class Difference:
    """What differs in one step between two versions: key → (before, after); added or removed steps have no `changes`."""

    step: str
    kind: str  # added, removed, moved, changed
    changes: Mapping[str, tuple[str, str]]


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Return what differs between two definitions, in the order of the new one, removed steps last."""
    before, after = _flat(old), _flat(new)
    found: list[Difference] = []
    for key, row in after.items():
        if key not in before:
            found.append(Difference(key, "added", {}))
            continue
        names = sorted((set(row) | set(before[key])) - {"key"})
        changes = {name: (_words(before[key].get(name)), _words(row.get(name))) for name in names}
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        if changes:
            is_moved = set(changes) == {"place"}
            found.append(Difference(key, "moved" if is_moved else "changed", changes))
    found += [Difference(key, "removed", {}) for key in before if key not in after]
    keeps = tuple(_words(row.get("keep_passed_branches", False)) for row in (old, new))
    if keeps[0] != keeps[1]:
        found.append(Difference("", "changed", {"keep_passed_branches": (keeps[0], keeps[1])}))
    return found


def _flat(definition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return key → step, with its place in the policy as `place`."""
    rows: dict[str, dict[str, Any]] = {}
    for number, element in enumerate(definition.get("steps", []), 1):
        if "parallel" in element:
            for name, steps in element["parallel"].items():
                for position, step in enumerate(steps, 1):
                    rows[step["key"]] = {**step, "place": f"{number}.{name}.{position}"}
        else:
            rows[element["key"]] = {**element, "place": str(number)}
    return rows


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


__all__ = ["Difference", "FaultyPolicy", "Finding", "check", "compare"]
