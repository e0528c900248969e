"""Open the next step: find its people, apply what the policy says of nobody, oneself and repeats."""

from __future__ import annotations

from dataclasses import replace

from engine.approvals.pure.directory import Directory
from engine.approvals.pure.policy import Policy, Step
from engine.approvals.pure.state import Ballot, Place, State, StepState


def people_of(step: Step, applicant: str, directory: Directory) -> list[str]:
    """Return whom the sources of a step name now, each once, the applicant included."""
    found: list[str] = []
    for source in step.approvers:
        kind, _, name = source.partition(":")
        found += _named(kind, name, applicant, directory)
    return list(dict.fromkeys(found))


def _named(kind: str, name: str, applicant: str, directory: Directory) -> list[str]:
    if kind == "user":
        return [name] if directory.exists(name) else []
    if kind == "role" and name.endswith("@unit"):
        return list(directory.holders_near(name.removesuffix("@unit"), applicant))
    if kind == "role":
        return list(directory.holders(name))
    heads = directory.heads_above(applicant)
    if kind == "manager":
        return list(heads[int(name) - 1 : int(name)])
    holders = set(directory.holders(name))
    until = next((index for index, head in enumerate(heads) if head in holders), len(heads) - 1)
    return list(heads[: until + 1])


def asked(step: Step, applicant: str, directory: Directory) -> tuple[list[str], bool]:
    """Return who is asked and whether only the applicant was found and is left out (self = skip)."""
    people = people_of(step, applicant, directory)
    if applicant not in people or step.self_rule == "allow":
        return people, False
    others = [person for person in people if person != applicant]
    if step.self_rule == "skip":
        return others, not others
    manager = directory.heads_above(applicant)[:1]
    return list(dict.fromkeys([*others, *manager])), False


def walk(state: State, policy: Policy, directory: Directory) -> State:
    """Open what comes next until somebody must act or the approval ends."""
    while state.status == "running":
        step = next((step for step in policy.steps if state.steps[step.key].status != "passed"), None)
        if step is None:
            return replace(state, status="approved")
        status = state.steps[step.key].status
        if status == "refused":
            return replace(state, status="refused")
        if status == "open":
            return state
        state = settled(_opened(state, step, policy, directory), step)
    return state


def _opened(state: State, step: Step, policy: Policy, directory: Directory) -> State:
    """Ask a step's people; a step nobody can be found for follows the policy's `empty`."""
    people, only_self = asked(step, state.applicant, directory)
    if only_self:
        state = state.with_step(step.key, StepState("open", (Place("system"),)))
        return cast(state, step.key, 0, "system", "approve", reason="仅有申请人本人，自动通过")
    if not people and step.empty == "admin":
        return state.with_step(step.key, StepState("open", (Place(pool=tuple(directory.administrators())),)))
    if not people:
        verb, words = ("approve", "无审批人，自动通过") if step.empty == "pass" else ("refuse", "无审批人，自动驳回")
        state = state.with_step(step.key, StepState("open", (Place("system"),)))
        return cast(state, step.key, 0, "system", verb, reason=words)
    state = state.with_step(step.key, StepState("open", tuple(Place(person) for person in people)))
    return pass_repeats(state, step, policy) if step.repeat == "pass" else state


def pass_repeats(state: State, step: Step, policy: Policy) -> State:
    """Pass in the system's name whoever approved in an earlier step of this walk and whose approval still stands."""
    for index, place in enumerate(state.steps[step.key].places):
        earlier = _approved_in(state, place.person, policy, before=step.key)
        if earlier is None or state.steps[step.key].status != "open":
            continue
        if step.is_in_turn and index != turn_of(state.steps[step.key]):
            continue
        state = settled(
            cast(state, step.key, index, "system", "approve", reason=f"已在第 {earlier} 步审批，自动通过"), step
        )
    return state


def _approved_in(state: State, person: str, policy: Policy, *, before: str) -> int | None:
    """Return the number of the earlier passed step in which the person's own approval stands."""
    for number, step in enumerate(policy.steps, 1):
        if step.key == before:
            return None
        stands = any(
            ballot.person == person and ballot.verb == "approve" and ballot.step == step.key and not ballot.is_void
            for ballot in state.ballots
        )
        if stands and state.steps[step.key].status == "passed":
            return number
    return None


def turn_of(step: StepState) -> int | None:
    """Return the index of the place whose turn it is; None when all have acted."""
    return next((index for index, place in enumerate(step.places) if place.is_open), None)


def cast(state: State, key: str, index: int, person: str, verb: str, *, note: str = "", reason: str = "") -> State:
    """Put a ballot into a place and keep it for ever."""
    step = state.steps[key]
    places = list(step.places)
    places[index] = replace(places[index], verb=verb, person=places[index].person or person)
    state = state.with_step(key, replace(step, places=tuple(places)))
    ballot = Ballot(round=state.round, step=key, person=person, verb=verb, note=note, reason=reason)
    return replace(state, ballots=(*state.ballots, ballot))


def settled(state: State, rules: Step) -> State:
    """Decide a step as soon as its mode allows: all and in-turn need every approval, any takes the first ballot."""
    step = state.steps[rules.key]
    verbs = [place.verb for place in step.places if place.verb]
    if step.status != "open" or not verbs:
        return state
    if "refuse" in verbs:
        return state.with_step(rules.key, replace(step, status="refused"))
    is_any = rules.mode == "any" and not rules.is_in_turn
    if is_any or len(verbs) == len(step.places):
        return state.with_step(rules.key, replace(step, status="passed"))
    return state
