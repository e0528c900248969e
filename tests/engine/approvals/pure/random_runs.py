"""Random companies, policies and acts: every verb, parallel blocks included, most of them allowed."""

from __future__ import annotations

from random import Random
from typing import Any

from engine.approvals.pure import returns
from engine.approvals.pure.decide import waiting
from engine.approvals.pure.directory import Directory
from engine.approvals.pure.policy import Policy
from engine.approvals.pure.run import Run, chairs_of
from engine.approvals.pure.state import State

PEOPLE = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"]
UNITS = ["team", "crew", "shop", "plant"]
ROLES = ["expert", "safety", "none"]
VERBS = [
    "approve", "approve", "approve", "approve", "approve", "refuse", "abstain", "recuse", "claim", "return", "return",
    "withdraw", "take-back", "take-back", "transfer", "delegate", "add", "add", "remove", "cc", "urge", "substitute",
    "hand-over", "suspend", "resume", "void", "comment", "tick", "tick", "dance",
]  # fmt: skip


def company(rnd: Random) -> dict[str, Any]:
    """A company of eight people in a tree of four units, with roles and a panel."""
    heads = {unit: rnd.choice([*PEOPLE, None]) for unit in UNITS}
    parents = {"team": "shop", "crew": "shop", "shop": "plant"}
    units = {
        unit: ({"head": heads[unit]} if heads[unit] else {}) | ({"parent": parents[unit]} if unit in parents else {})
        for unit in UNITS
    }
    return {
        "people": {person: {"unit": rnd.choice(UNITS)} for person in PEOPLE} | {"admin": {}},
        "units": units,
        "roles": {"expert": rnd.sample(PEOPLE, 3), "safety": rnd.sample(PEOPLE, 2)}
        | ({"administrator": rnd.sample(PEOPLE, rnd.choice([1, 2]))} if rnd.random() < 0.6 else {}),
        "panels": {"jury": rnd.sample(PEOPLE, 4)},
    }


def source(rnd: Random, *, may_pick: bool) -> str:
    kinds = [
        f"user:{rnd.choice(PEOPLE)}", f"user:{rnd.choice(PEOPLE)}", f"role:{rnd.choice(ROLES)}", "role:expert@unit",
        f"manager:{rnd.choice([1, 1, 2, 3])}", "managers:expert", "pool:expert", "pool:safety", "panel:jury:2",
    ]  # fmt: skip
    return rnd.choice([*kinds, "applicant-picks:1", "previous-picks:2"] if may_pick else kinds)


def step(rnd: Random, key: str) -> dict[str, Any]:
    sources = [source(rnd, may_pick=True)] + [source(rnd, may_pick=False) for _ in range(rnd.choice([0, 0, 1, 2]))]
    whole: dict[str, Any] = {"key": key, "approvers": sources}
    whole["mode"] = rnd.choice(["all", "any", "in-turn", "vote"])
    if whole["mode"] == "vote":
        whole["pass"] = rnd.choice(["2", ">1/2", ">=2/3", ">=1/2", ">=1/1"])
    for name, choices in (
        ("empty", ["admin", "admin", "pass", "refuse"]), ("self", ["manager", "skip", "allow"]),
        ("repeat", ["pass", "ask"]), ("returns", ["any", "any", "start", "none"]),
    ):  # fmt: skip
        if rnd.random() < 0.5:
            whole[name] = rnd.choice(choices)
    if rnd.random() < 0.4:
        whole["deadline"] = rnd.choice([30, "1h", "1d"])
        whole["overdue"] = rnd.choice(["remind", "pass", "refuse", "hand-over"])
    if rnd.random() < 0.1:
        whole["cc"] = [rnd.choice(PEOPLE)]
    return whole


def policy(rnd: Random) -> dict[str, Any]:
    """Up to four elements, blocks of two or three branches among them."""
    steps: list[dict[str, Any]] = []
    keys = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for _ in range(rnd.choice([1, 2, 2, 3, 3, 4])):
        if rnd.random() < 0.4:
            branches = {
                f"branch-{n}": [step(rnd, next(keys)) for _ in range(rnd.choice([1, 1, 2]))]
                for n in range(rnd.choice([2, 2, 3]))
            }
            steps.append({"parallel": branches})
        else:
            steps.append(step(rnd, next(keys)))
    return {"name": "random", "steps": steps} | ({"keep_passed_branches": True} if rnd.random() < 0.4 else {})


def document(rnd: Random) -> dict[str, Any]:
    """Everything of a replay file but its actions."""
    return {"policy": policy(rnd), "applicant": rnd.choice(PEOPLE)} | company(rnd)


def action(rnd: Random, state: State, rules: Policy, directory: Directory) -> dict[str, Any]:
    """The next act: usually by somebody who may, usually with fields that fit."""
    asked = waiting(state, rules, directory)
    if state.status in {"draft", "returned"} and rnd.random() < 0.75:
        return {"by": state.applicant, "do": "submit"} | picks(rnd, rules)
    verb = rnd.choice(VERBS)
    if state.status == "suspended" and rnd.random() < 0.6:
        verb = rnd.choice(["resume", "hand-over", "tick"])
    if verb in {"void", "withdraw", "suspend"} and rnd.random() < 0.6:
        verb = "approve"
    by = rnd.choice(asked) if asked and rnd.random() < 0.9 else rnd.choice(PEOPLE)
    whole = {"by": by, "do": verb} | fields(rnd, verb, by, state, rules, directory)
    if rnd.random() < 0.1:
        whole["round"] = rnd.choice([state.round, state.round, state.round + 1])
    return whole


def fields(
    rnd: Random, verb: str, by: str, state: State, rules: Policy, directory: Directory
) -> dict[str, Any]:  # fmt: skip
    """The fields a verb wants, and who may do it where that is not an approver."""
    chosen = where(rnd, by, state, rules, directory)
    administrator = rnd.choice(list(directory.administrators()))
    match verb:
        case "approve" | "submit":
            return chosen | picks(rnd, rules)
        case "return":
            targets = returns.allowed(Run(state, rules, directory, {}), by)
            to = rnd.choice([*targets, *targets, "previous", rules.steps[-1].key])
            return chosen | {"to": to, "resume": rnd.choice(["redo", "direct"])}
        case "transfer" | "delegate":
            return chosen | {"to": rnd.choice([*PEOPLE, "ghost"])}
        case "add":
            people = rnd.sample(PEOPLE, rnd.choice([1, 2]))
            place = rnd.choice(["before", "after", "alongside"])
            return chosen | {"where": place, "people": people, "mode": rnd.choice(["all", "any", "in-turn"])}
        case "remove":
            added = [
                seat.person for row in state.steps.values() for place in row.places for part in place.parts
                for seat in part.seats if seat.added_by
            ]  # fmt: skip
            person = rnd.choice(added or PEOPLE)
            return {"person": person} | ({"by": administrator} if rnd.random() < 0.5 else {})
        case "cc":
            return {"people": [rnd.choice(PEOPLE)]}
        case "urge" | "withdraw":
            return {"by": state.applicant}
        case "take-back":
            actors = [act.person for act in state.acts if act.person != "system"]
            return {"by": rnd.choice(actors)} if actors else {}
        case "substitute":
            begins = state.minute + rnd.choice([-20, 0, 40])
            window = {"from": max(begins, 0), "until": state.minute + 90} if rnd.random() < 0.5 else {}
            return {"by": rnd.choice(PEOPLE), "to": rnd.choice([*PEOPLE, None])} | window
        case "hand-over":
            return {"by": administrator, "from": rnd.choice(PEOPLE), "to": rnd.choice(PEOPLE)}
        case "suspend" | "resume":
            return {"by": administrator}
        case "void":
            return {"by": administrator, "note": "error"}
        case "tick":
            return {"by": "system", "minutes": rnd.choice([1, 20, 30, 60, 200, 500])}
        case "comment":
            return {"note": "?"}
    return chosen


def where(rnd: Random, by: str, state: State, rules: Policy, directory: Directory) -> dict[str, Any]:
    """Name the step, and whom a substitute stands for, where that is needed."""
    chairs = chairs_of(Run(state, rules, directory, {}), by)
    if len({chair.spot.key for chair in chairs}) < 2 or rnd.random() < 0.1:
        return {}
    chair = rnd.choice(chairs)
    return {"step": chair.spot.key} | ({"for": chair.stands_for} if chair.stands_for else {})


def picks(rnd: Random, rules: Policy) -> dict[str, Any]:
    """People for every step that wants them named."""
    named = {
        step.key: rnd.sample(PEOPLE, step.picks("applicant") or step.picks("previous"))
        for step in rules.steps
        if step.picks("applicant") or step.picks("previous")
    }
    return {"picks": named} if named and rnd.random() < 0.95 else {}
