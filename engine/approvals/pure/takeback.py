"""Take back 拿回: undo one's own latest ballot, or call back an unanswered delegation.

Source: the specification of approvals, "Verbs".
"""

from __future__ import annotations

from engine.approvals.pure.places import Spot
from engine.approvals.pure.run import Run
from engine.approvals.pure.sentences import Refused
from engine.approvals.pure.state import Act, Seat, StepState
from engine.approvals.pure.walk import settle, walk

# What somebody does with an approval; reminders, copies and comments leave everything as it is.
ACTING = frozenset({
    "approve", "refuse", "abstain", "return", "recuse", "claim", "transfer", "delegate", "add", "remove", "hand-over",
})  # fmt: skip


def take_back(run: Run) -> None:
    """Undo the latest of the actor's ballots and unanswered delegations."""
    act = _latest(run)
    if act is None:
        raise Refused("nothing-to-take-back", who=run.by)
    if act.verb == "delegate":
        _seat(run, act).delegate = ""
        act.status = "taken-back"
    else:
        _undo_ballot(run, act)
    run.record(act.step, run.by, "take-back", _spot(act), stands_for=act.stands_for,
               note=str(run.action.get("note") or ""))  # fmt: skip
    settle(run, act.step)
    walk(run)


def _latest(run: Run) -> Act | None:
    """Return what the actor would take back."""
    for act in reversed(run.state.acts):
        if act.person != run.by or act.status or run.by in run.state.recused:
            continue
        if run.action.get("step") not in {None, act.step} or run.action.get("for") not in {None, act.stands_for}:
            continue
        if act.is_ballot or (act.verb == "delegate" and _is_unanswered(run, act)):
            return act
    return None


def _is_unanswered(run: Run, act: Act) -> bool:
    """Return whether a delegation still waits for its answer; a later one from the same seat counts instead."""
    step = run.state.steps[act.step]
    if step.status != "open" or step.opened_seq >= act.seq:
        return False
    seat = _seat(run, act)
    later = [
        one for one in run.state.acts[act.seq :]
        if one.step == act.step and _line(one) == _line(act) and (one.is_opinion or one.verb == "delegate")
    ]  # fmt: skip
    return bool(seat.delegate) and not later and seat.person in {run.by, act.stands_for}


def _undo_ballot(run: Run, ballot: Act) -> None:
    """Open the step again with the others' ballots; later ones are pending.

    Raises:
        Refused: somebody acted on it since.
    """
    rules, step = run.step(ballot.step)
    later = run.policy.after(ballot.step)
    _check_nobody_acted(run, ballot, later)
    seat = _seat(run, ballot)
    seat.verb, seat.is_named, ballot.status = "", True, "taken-back"
    for act in run.state.acts[ballot.seq :]:
        if act.person == "system" and not act.status and act.is_ballot:
            if act.step == ballot.step and _is_next_in_line(run, ballot, act):
                _seat(run, act).verb, act.status = "", "taken-back"
            elif act.step in later:
                act.status = "taken-back"
    for key in later:
        one = run.state.steps[key]
        if one.status != "passed" or one.opened_seq >= ballot.seq:
            run.state.steps[key] = StepState()
    if step.status == "passed":
        step.status, step.turn, step.clock_minutes = "open", -1, rules.deadline_minutes or None


def _check_nobody_acted(run: Run, ballot: Act, later: frozenset[str]) -> None:
    for act in run.state.acts[ballot.seq :]:
        if act.person == "system" or act.status or act.verb not in ACTING:
            continue
        if act.step in later or (act.step == ballot.step and _is_next_in_line(run, ballot, act)):
            raise Refused("acted-after", who=act.person)


def _is_next_in_line(run: Run, ballot: Act, act: Act) -> bool:
    """Return whether an act in the same step was done further down the line: in turn, or among people added."""
    rules, step = run.step(ballot.step)
    if act.place != ballot.place:
        return rules.is_in_turn and act.place > ballot.place
    if act.part != ballot.part:
        return act.part > ballot.part
    return step.places[act.place].parts[act.part].mode == "in-turn" and act.seat > ballot.seat


def _line(act: Act) -> tuple[int, int, int]:
    return act.place, act.part, act.seat


def _spot(act: Act) -> Spot:
    return Spot(act.step, act.place, act.part, act.seat)


def _seat(run: Run, act: Act) -> Seat:
    return run.seat(_spot(act))
