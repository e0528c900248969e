"""Short words for scenarios: `play(steps, "a submit", "b approve", {...})`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.approvals.pure.replay import replay

PEOPLE = {name: {} for name in "abcdefghxyz"} | {"admin": {}}


def step(key: str, *approvers: str, **rules: Any) -> dict[str, Any]:
    """A step; approvers are people unless they name a source."""
    rules = {"self": rules.pop("self_", "manager"), **rules}
    return {"key": key, "approvers": [one if ":" in one else f"user:{one}" for one in approvers], **rules}


def block(**branches: list[dict[str, Any]]) -> dict[str, Any]:
    """A parallel block."""
    return {"parallel": branches}


def action(given: str | Mapping[str, Any]) -> dict[str, Any]:
    """`"b approve"` or `"b return to=A resume=direct"` as an action."""
    if not isinstance(given, str):
        return dict(given)
    by, verb, *fields = given.split()
    whole: dict[str, Any] = {"by": by, "do": verb}
    for field in fields:
        name, _, value = field.partition("=")
        whole[name] = int(value) if value.isdigit() else value.split(",") if name == "people" else value
    return whole


def play(steps: list[dict[str, Any]], *actions: str | Mapping[str, Any], **document: Any) -> list[dict[str, Any]]:
    """Replay from the applicant a; the first action is the submit unless given."""
    policy = {"name": "test", "steps": steps, **document.pop("policy", {})}
    given = {"policy": policy, "people": PEOPLE, "applicant": "a", "actions": [action(row) for row in actions]}
    return replay(given | document)


def last(steps: list[dict[str, Any]], *actions: str | Mapping[str, Any], **document: Any) -> dict[str, Any]:
    """The state after the last action; no action before it may have been refused."""
    shown = play(steps, *actions, **document)
    for given, row in zip(actions[:-1], shown, strict=False):
        assert "error" not in row, (given, row["error"])
    return shown[-1]
