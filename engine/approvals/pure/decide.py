"""The core: `decide(state, action, policy, directory) -> state`. No database, no clock, no framework.

Source: the specification of approvals; here the verbs submit, approve, refuse, return to the applicant, withdraw, void, comment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from engine.approvals.pure import opening
from engine.approvals.pure.directory import Directory
from engine.approvals.pure.policy import Policy
from engine.approvals.pure.state import State, StepState

FIELDS = {
    "submit": {"picks"}, "approve": {"step"}, "refuse": {"step"}, "return": {"step", "to", "resume"},
    "withdraw": set(), "void": set(), "comment": set(),
}  # fmt: skip
COMMON = {"by", "do", "note", "round"}


class Refused(Exception):
    """The act may not be done; nothing changed. `code` is for programs, the text for people."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


def start(policy: Policy, applicant: str) -> State:
    """Return an approval in draft, held by its applicant."""
    return State(applicant=applicant, steps={step.key: StepState() for step in policy.steps})


def decide(state: State, action: Mapping[str, Any], policy: Policy, directory: Directory) -> State:
    """Return the state after one recorded action.

    Args:
        action: `{"by": person, "do": verb, …}` as in a replay file.

    Raises:
        Refused: not an approver, already ended, wrong round, unknown verb …; the state is as it was.
    """
    verb, by = str(action.get("do", "")), str(action.get("by", ""))
    if verb not in FIELDS:
        raise Refused("unknown-verb", f"There is no verb {verb!r} here.")
    if extra := sorted(set(action) - FIELDS[verb] - COMMON):
        raise Refused("unknown-field", f"{verb} has no field {extra[0]!r}.")
    if "round" in action and action["round"] != state.round:
        raise Refused("wrong-round", f"This is round {state.round} now.")
    if state.is_terminal and verb != "comment":
        raise Refused("ended", f"This approval has ended: {state.status}.")
    return VERBS[verb](state, action, by, policy, directory)


def waiting(state: State, policy: Policy) -> list[str]:
    """Return who can act now, sorted; in draft and returned the applicant, ended nobody."""
    if state.status in {"draft", "returned"}:
        return [state.applicant]
    if state.status != "running":
        return []
    return sorted({person for step in policy.steps for person in _asked_in(state, policy, step.key)})


def allowed_returns(state: State, person: str, policy: Policy) -> list[str]:
    """Return the targets this person may choose for a return."""
    open_steps = [step for step in policy.steps if person in _asked_in(state, policy, step.key)]
    return ["applicant"] if any(step.returns != "none" for step in open_steps) else []


def returns(state: State, policy: Policy) -> list[str]:
    """Return what those who are waited for may choose."""
    if state.status != "running":
        return []
    return ["applicant"] if any(allowed_returns(state, person, policy) for person in waiting(state, policy)) else []


def _asked_in(state: State, policy: Policy, key: str) -> list[str]:
    """Return who may act in a step now: open places, in turn only the first of them."""
    step = state.steps[key]
    if step.status != "open":
        return []
    turn = opening.turn_of(step) if policy.step(key).is_in_turn else None
    places = [place for index, place in enumerate(step.places) if place.is_open and turn in (None, index)]
    return [person for place in places for person in (place.pool or (place.person,))]


def _place(state: State, action: Mapping[str, Any], by: str, policy: Policy) -> tuple[str, int]:
    """Return the step and the place in which a person acts."""
    keys = [step.key for step in policy.steps if by in _asked_in(state, policy, step.key)]
    wanted = action.get("step")
    if wanted is not None:
        keys = [key for key in keys if key == wanted]
    if not keys:
        raise Refused("not-approver", f"{by} is not asked, or it is decided already.")
    places = state.steps[keys[0]].places
    index = next(index for index, place in enumerate(places) if place.is_open and by in (place.pool or (place.person,)))
    return keys[0], index


def _submit(state: State, action: Mapping[str, Any], by: str, policy: Policy, directory: Directory) -> State:
    if by != state.applicant or state.status not in {"draft", "returned"}:
        raise Refused("not-applicant", "Only the applicant submits, in draft or after a return.")
    steps = {key: step if step.status == "passed" else StepState() for key, step in state.steps.items()}
    state = replace(state, status="running", round=state.round + 1, steps=steps)
    return opening.walk(state, policy, directory)


def _ballot(state: State, action: Mapping[str, Any], by: str, policy: Policy, directory: Directory) -> State:
    key, index = _place(state, action, by, policy)
    verb, note = str(action["do"]), str(action.get("note", ""))
    state = opening.settled(opening.cast(state, key, index, by, verb, note=note), policy.step(key))
    if policy.step(key).is_in_turn and policy.step(key).repeat == "pass":
        state = opening.pass_repeats(state, policy.step(key), policy)
    return opening.walk(state, policy, directory)


def _return(state: State, action: Mapping[str, Any], by: str, policy: Policy, directory: Directory) -> State:
    _place(state, action, by, policy)
    if action.get("to", "applicant") not in allowed_returns(state, by, policy):
        raise Refused("return-target", "It cannot be returned there from this step.")
    resume = action.get("resume", "redo")
    if resume not in {"redo", "direct"}:
        raise Refused("resume", "resume is redo or direct.")
    is_direct = resume == "direct"
    steps, ballots = {}, state.ballots
    for name, step in state.steps.items():
        status = step.status
        if status == "open":
            status = "cancelled"
        elif status == "passed" and not is_direct:
            status = "void"
        steps[name] = replace(step, status=status)
    kept = {name for name, step in steps.items() if step.status == "passed"}
    ballots = tuple(ballot if ballot.step in kept else replace(ballot, is_void=True) for ballot in ballots)
    return replace(state, status="returned", steps=steps, ballots=ballots, is_direct=is_direct)


def _withdraw(state: State, action: Mapping[str, Any], by: str, policy: Policy, directory: Directory) -> State:
    if by != state.applicant or state.status not in {"running", "returned"}:
        raise Refused("not-applicant", "Only the applicant withdraws, while it runs or was returned.")
    return _ended(state, "withdrawn")


def _void(state: State, action: Mapping[str, Any], by: str, policy: Policy, directory: Directory) -> State:
    if by not in directory.administrators() or state.status not in {"running", "returned"}:
        raise Refused("not-administrator", "Only an administrator makes a running approval void.")
    if not str(action.get("note", "")).strip():
        raise Refused("note-missing", "Say why it is made void.")
    return _ended(state, "void")


def _comment(state: State, action: Mapping[str, Any], by: str, policy: Policy, directory: Directory) -> State:
    asked = {place.person for step in state.steps.values() for place in step.places}
    if by not in asked | {state.applicant} | set(directory.administrators()):
        raise Refused("not-involved", f"{by} was neither asked nor is the applicant.")
    return state


def _ended(state: State, status: str) -> State:
    steps = {
        key: replace(step, status="cancelled") if step.status == "open" else step for key, step in state.steps.items()
    }
    return replace(state, status=status, steps=steps)


VERBS: dict[str, Callable[[State, Mapping[str, Any], str, Policy, Directory], State]] = {
    "submit": _submit,
    "approve": _ballot,
    "refuse": _ballot,
    "return": _return,
    "withdraw": _withdraw,
    "void": _void,
    "comment": _comment,
}
