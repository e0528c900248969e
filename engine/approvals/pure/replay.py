"""Play recorded actions from the start and show the state after each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.approvals.pure import decide as core
from engine.approvals.pure.directory import Directory, PlainDirectory
from engine.approvals.pure.policy import Policy, read
from engine.approvals.pure.state import State


def replay(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the state after every action; a refused one has `error` and leaves the state as it was.

    Raises:
        policy.FaultyPolicy: the file's policy cannot be walked.
    """
    policy, directory = read(document["policy"]), directory_of(document)
    state = core.start(policy, str(document["applicant"]))
    shown = []
    for action in document.get("actions", []):
        error = None
        try:
            state = core.decide(state, action, policy, directory)
        except core.Refused as refusal:
            error = str(refusal)
        shown.append(show(state, policy, directory) | ({"error": error} if error else {}))
    return shown


def directory_of(document: Mapping[str, Any]) -> PlainDirectory:
    """Return the company of a replay file."""
    people, units, roles, panels = (document.get(name) or {} for name in ("people", "units", "roles", "panels"))
    actors = {action.get("by") for action in document.get("actions", [])} | {document.get("applicant")}
    return PlainDirectory(people, units, roles, panels, frozenset(actor for actor in actors if isinstance(actor, str)))


def show(state: State, policy: Policy, directory: Directory) -> dict[str, Any]:
    """Return what a replay prints of a state."""
    return {
        "status": state.status,
        "round": state.round,
        "steps": {step.key: state.steps[step.key].status for step in policy.steps},
        "waiting": core.waiting(state, policy, directory),
        "returns": core.returns_of(state, policy, directory),
    }
