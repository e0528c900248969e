"""Play recorded actions from the start and show the state after each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.approvals.pure import decide as core
from engine.approvals.pure.directory import Directory, PlainDirectory
from engine.approvals.pure.policy import Policy, read
from engine.approvals.pure.state import State


class FaultyFile(ValueError):
    """What was read is no recorded approval; the sentence names the field."""


def replay(document: Any) -> list[dict[str, Any]]:
    """Return the state after every action; a refused one has `error` and leaves the state as it was.

    Raises:
        FaultyFile: a field is missing or of another shape.
        policy.FaultyPolicy: the file's policy cannot be walked.
    """
    _check(document)
    policy, directory = read(document["policy"]), directory_of(document)
    state = core.start(policy, str(document["applicant"]))
    shown = []
    for action in document["actions"]:
        error = None
        try:
            state = core.decide(state, action, policy, directory)
        except core.Refused as refusal:
            error = str(refusal)
        shown.append(show(state, policy, directory) | ({"error": error} if error else {}))
    return shown


def _check(document: Any) -> None:
    """Raise FaultyFile at the first field of another shape than the page has it."""
    _demand(document, dict, "the file")
    for name, kind in (("policy", dict), ("applicant", str)):
        _demand(document.get(name), kind, name)
    _demand(document.get("actions"), list, "actions")  # what an action holds is refused where it is played
    for name, fields in (("people", ("unit",)), ("units", ("head", "parent"))):
        for key, row in _given(document, name, {}, name).items():
            for field in fields:
                _given(_demand({} if row is None else row, dict, f"{name}.{key}"), field, "", f"{name}.{key}.{field}")
    for name in ("roles", "panels", "subject"):
        for key, members in _given(document, name, {}, name).items():
            for place, member in enumerate(_demand(members, list, f"{name}.{key}")):
                _demand(member, str, f"{name}.{key}[{place}]")


def _given(fields: dict[str, Any], name: str, empty: Any, where: str) -> Any:
    """Return a field that may be left out or null, then `empty`; of its shape otherwise."""
    return empty if fields.get(name) is None else _demand(fields[name], type(empty), where)


def _demand(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind):
        found = "" if value is None else f", not {value!r:.60}"
        raise FaultyFile(f"{where} must be {KINDS[kind]}{found}")
    return value


KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "a text"}


def directory_of(document: Mapping[str, Any]) -> PlainDirectory:
    """Return the company of a replay file."""
    people, units, roles, panels = (document.get(name) or {} for name in ("people", "units", "roles", "panels"))
    actors = [action.get("by") for action in document.get("actions") or [] if isinstance(action, Mapping)]
    actors.append(document.get("applicant"))
    others = frozenset(actor for actor in actors if isinstance(actor, str))
    return PlainDirectory(people, units, roles, panels, others, document.get("subject") or {})


def show(state: State, policy: Policy, directory: Directory) -> dict[str, Any]:
    """Return what a replay prints of a state."""
    return {
        "status": state.status,
        "round": state.round,
        "steps": {step.key: state.steps[step.key].status for step in policy.steps},
        "waiting": core.waiting(state, policy, directory),
        "returns": core.returns_of(state, policy, directory),
    }
