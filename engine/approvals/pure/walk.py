"""Open what comes next, settle what is decided, until somebody must act or the approval ends."""

from __future__ import annotations

from engine.approvals.pure import places, sources
from engine.approvals.pure.places import Spot
from engine.approvals.pure.run import Run, waiting
from engine.approvals.pure.state import State, StepState


def walk(run: Run) -> None:
    """Go on from what is decided: open the next steps, end the approval when none is left or one is refused."""
    while run.state.status == "running":
        keys = frontier(run)
        if not keys:
            end(run, "approved")
        opened = False
        for key in keys:
            if run.state.steps[key].status not in {"open", "refused"}:
                open_step(run, key)
                opened = True
            if run.state.steps[key].status == "refused":
                end(run, "refused")
                return
        if not opened:
            return


def frontier(run: Run) -> list[str]:
    """Return the steps whose turn it is: of the first element that is not done, the first of each branch not passed."""
    for element in run.policy.elements:
        keys = [
            next((step.key for step in branch if run.state.steps[step.key].status != "passed"), "")
            for branch in element
        ]
        if any(keys):
            return [key for key in keys if key]
    return []


def end(run: Run, status: str) -> None:
    """End the approval; steps still open are cancelled."""
    run.state.status = status
    for step in run.state.steps.values():
        if step.status == "open":
            step.status = "cancelled"


def open_step(run: Run, key: str, *, is_target: bool = False) -> None:
    """Ask a step's people afresh; is_target: it was returned to, so everybody is asked."""
    rules = run.policy.step(key)
    if rules.picks("previous") and _is_led(run, key):
        sources.take_picks(run, rules, "previous")
    found, is_only_self = sources.find(run, rules)
    step = StepState("open", found, rules.deadline_minutes or None, opened_seq=len(run.state.acts), is_target=is_target)
    run.state.steps[key] = step
    run.state.copied += [person for person in rules.cc if person not in run.state.copied]
    if is_only_self:
        run.record(key, "system", "approve", reason="self")
        step.status = "passed"
    settle(run, key)


def _is_led(run: Run, key: str) -> bool:
    """Return whether a person's approval, or the submit, leads to a step, so that it may name the step's people."""
    before = run.policy.leading_to(key)
    if not before:
        return run.action.get("do") == "submit"
    cast = [act for act in run.state.acts[run.began_seq :] if act.is_ballot and act.step in before]
    return cast[-1].person != "system" if cast else run.action.get("do") == "approve"


def settle(run: Run, key: str) -> None:
    """Decide an open step as far as its mode allows; pass in the system's name who has approved before."""
    rules, step = run.step(key)
    while step.status == "open":
        if not places.has_people(step):
            _nobody(run, key)
            continue
        if said := places.decided(rules, step):
            step.status = "passed" if said == "approve" else "refused"
        elif not _pass_repeat(run, key):
            break
    if step.status == "open" and rules.is_in_turn:
        turn = places.asked_spots(rules, step)[0].place
        if turn != step.turn:
            step.turn, step.clock_minutes = turn, rules.deadline_minutes or None


def _nobody(run: Run, key: str) -> None:
    """Do what the policy says of a step for which nobody is found, or all have recused."""
    rules, step = run.step(key)
    if rules.empty == "admin":
        seat = sources.administrators(run, rules)
        run.is_forced = run.is_forced or set(seat.pool) <= set(run.state.recused)
        step.places.append(sources.one_seat(seat))
        return
    run.record(key, "system", "approve" if rules.empty == "pass" else "refuse", reason=f"nobody-{rules.empty}")
    step.status = "passed" if rules.empty == "pass" else "refused"


def _pass_repeat(run: Run, key: str) -> bool:
    """Pass the first who is asked although their approval in a step that comes before still stands."""
    rules, step = run.step(key)
    if rules.repeat != "pass" or step.is_target:
        return False
    for spot in places.asked_spots(rules, step):
        seat = run.seat(spot)
        if seat.person and not seat.is_named and not seat.pool and not seat.delegate:
            earlier = _approved_before(run.state, run, seat.person, key)
            if earlier:
                cast(run, spot, "approve", person="system", reason=f"repeat:{run.policy.number(earlier)}")
                return True
    return False


def _approved_before(state: State, run: Run, person: str, key: str) -> str:
    """Return the first step before this one in which the person's own approval stands, '' without one."""
    for act in state.acts:
        if (
            act.person == person
            and act.verb == "approve"
            and act.is_ballot
            and not act.status
            and run.policy.comes_before(act.step, key)
        ):
            return act.step
    return ""


def cast(
    run: Run, spot: Spot, verb: str, *, person: str, stands_for: str = "", note: str = "", reason: str = ""
) -> None:
    """Put a ballot into a seat and keep it for ever."""
    seat = run.seat(spot)
    seat.verb, seat.delegate = verb, ""
    run.record(spot.key, person, verb, spot, stands_for=stands_for, note=note, reason=reason)


def note_asked(run: Run) -> list[str]:
    """Remember who could act: they may comment and copy others, whatever comes. Returns who can act now."""
    people = waiting(run)
    if run.state.status == "running":
        run.state.asked += [person for person in people if person not in run.state.asked]
    return people
