"""The working clock of an approval: it runs through every deadline on its way."""

from __future__ import annotations

from engine.approvals.pure import places, sources
from engine.approvals.pure.places import Spot
from engine.approvals.pure.run import Run
from engine.approvals.pure.sentences import Refused
from engine.approvals.pure.walk import cast, note_asked, settle, walk


def tick(run: Run) -> None:
    """Let working minutes pass, by the system; deadlines reached on the way take effect in their order."""
    minutes = run.action.get("minutes")
    if run.by != "system":
        raise Refused("not-system")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes < 1:
        raise Refused("minutes")
    left = minutes
    while run.state.status == "running":
        clocks = _clocks(run)
        nearest = min(clocks.values(), default=left + 1)
        if nearest > left:
            break
        _pass_time(run, nearest)
        left -= nearest
        _overdue(run, next(key for key, minute in clocks.items() if minute == nearest))
        note_asked(run)
    _pass_time(run, left)


def minutes_to_deadline(run: Run) -> int | None:
    """Return the working minutes until the next deadline takes effect; None when none runs."""
    return min(_clocks(run).values(), default=None) if run.state.status == "running" else None


def _clocks(run: Run) -> dict[str, int]:
    """Return the running clocks in the policy's order."""
    steps = [(step.key, run.state.steps[step.key]) for step in run.policy.steps]
    return {key: step.clock_minutes for key, step in steps if step.status == "open" and step.clock_minutes is not None}


def _pass_time(run: Run, minutes: int) -> None:
    run.state.minute += minutes
    if run.state.status == "running":
        for step in run.state.steps.values():
            if step.status == "open" and step.clock_minutes is not None:
                step.clock_minutes -= minutes


def _overdue(run: Run, key: str) -> None:
    """Do what the policy says when a deadline has passed."""
    rules, step = run.step(key)
    step.clock_minutes = None
    if rules.overdue == "remind":
        run.record(key, "system", "remind", reason="overdue-remind")
        return
    if rules.overdue == "hand-over":
        for spot in places.asked_spots(rules, step):
            _hand_up(run, spot)
        step.clock_minutes = rules.deadline_minutes
        return
    _decide_open_places(run, key, "approve" if rules.overdue == "pass" else "refuse")
    settle(run, key)
    walk(run)


def _decide_open_places(run: Run, key: str, verb: str) -> None:
    """Cast the system's ballots in the open places, in order, until the step is decided; in turn only whose turn it is."""
    rules, step = run.step(key)
    for index, place in enumerate(step.places):
        if not places.is_live(place) or places.verdict(place):
            continue
        while not places.verdict(place):
            spot = next(iter(places.open_spots(key, index, place)))
            cast(run, spot, verb, person="system", reason=f"overdue-{rules.overdue}")
        if rules.is_in_turn or places.decided(rules, step):
            return


def _hand_up(run: Run, spot: Spot) -> None:
    """Give a seat to its approver's nearest unit head who is not yet on the step, else to the administrators."""
    rules, step = run.step(spot.key)
    seat = run.seat(spot)
    on = places.everybody_on(step) | set(run.state.recused) | _were_on(run, spot.key)
    if rules.self_rule != "allow":
        on.add(run.state.applicant)
    heads = run.directory.heads_above(seat.person) if seat.person else []
    head = next((person for person in heads if person not in on), "")
    run.record(spot.key, "system", "hand-over", spot, stands_for=seat.person, reason="overdue-hand-over")
    if head:
        seat.person, seat.pool, seat.is_administrators = head, (), False
    else:
        shared = sources.administrators(run, rules)
        seat.person, seat.pool, seat.is_administrators = "", shared.pool, True
    seat.delegate, seat.is_named = "", True


def _were_on(run: Run, key: str) -> set[str]:
    """Return who gave their place in an open step to somebody else, so that it does not go round in a circle."""
    since = [act for act in run.state.acts[run.state.steps[key].opened_seq :] if act.step == key]
    given = {act.stands_for for act in since if act.verb in {"transfer", "hand-over"}}
    return given | {act.person for act in since if act.verb == "transfer"}
