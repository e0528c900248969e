"""The working clock of an approval: it runs through every deadline on its way."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

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
    left, idle = minutes, set[str]()  # idle: handed to administrators who hold it already, whatever time passes
    while run.state.status == "running":
        clocks = {key: minute for key, minute in _clocks(run).items() if key not in idle}
        nearest = min(clocks.values(), default=left + 1)
        if nearest > left:
            break
        _pass_time(run, nearest, idle)
        left -= nearest
        key = next(key for key, minute in clocks.items() if minute == nearest)
        idle = set() if _overdue(run, key) else {*idle, key}
        note_asked(run)
    _pass_time(run, left, idle)


def minutes_to_deadline(run: Run) -> int | None:
    """Return the working minutes until the next deadline takes effect; None when none runs."""
    return min(_clocks(run).values(), default=None) if run.state.status == "running" else None


def _clocks(run: Run) -> dict[str, int]:
    """Return the running clocks in the policy's order."""
    steps = [(step.key, run.state.steps[step.key]) for step in run.policy.steps]
    return {key: step.clock_minutes for key, step in steps if step.status == "open" and step.clock_minutes is not None}


def _pass_time(run: Run, minutes: int, idle: AbstractSet[str]) -> None:
    """Move the clock; one that is idle begins anew as often as it runs out, at once however long the time is."""
    run.state.minute += minutes
    if run.state.status == "running":
        for key, step in run.state.steps.items():
            if step.status == "open" and step.clock_minutes is not None:
                step.clock_minutes -= minutes
                if key in idle and step.clock_minutes < 1:
                    again = run.policy.step(key).deadline_minutes
                    step.clock_minutes = again - -step.clock_minutes % again


def _overdue(run: Run, key: str) -> bool:
    """Do what the policy says when a deadline has passed; returns whether that changed anything but the clock."""
    rules, step = run.step(key)
    step.clock_minutes = None
    if rules.overdue == "remind":
        run.record(key, "system", "remind", reason="overdue-remind")
        return True
    if rules.overdue == "hand-over":
        handed = [_hand_up(run, spot) for spot in places.asked_spots(rules, step)]
        step.clock_minutes = rules.deadline_minutes
        return any(handed)
    _decide_open_places(run, key, "approve" if rules.overdue == "pass" else "refuse")
    settle(run, key)
    walk(run)
    return True


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


def _hand_up(run: Run, spot: Spot) -> bool:
    """Give a seat to its approver's nearest unit head who is not yet on the step, else to the administrators; returns
    whether that is somebody else than before. Administrators who hold it keep it: nothing is recorded, so that an approval
    nobody looks at does not grow for ever."""
    rules, step = run.step(spot.key)
    seat = run.seat(spot)
    on = places.everybody_on(step) | set(run.state.recused) | _were_on(run, spot.key)
    if rules.self_rule != "allow":
        on.add(run.state.applicant)
    heads = run.directory.heads_above(seat.person) if seat.person else []
    head = next((person for person in heads if person not in on), "")
    shared = sources.administrators(run, rules)
    if (
        not head
        and seat.is_administrators
        and seat.is_named
        and (seat.person, seat.delegate, seat.pool) == ("", "", shared.pool)
    ):
        return False
    run.record(spot.key, "system", "hand-over", spot, stands_for=seat.person, reason="overdue-hand-over")
    if head:
        seat.person, seat.pool, seat.is_administrators = head, (), False
    else:
        seat.person, seat.pool, seat.is_administrators = "", shared.pool, True
    seat.delegate, seat.is_named = "", True
    return True


def _were_on(run: Run, key: str) -> set[str]:
    """Return who gave their place in an open step to somebody else, so that it does not go round in a circle."""
    since = [act for act in run.state.acts[run.state.steps[key].opened_seq :] if act.step == key]
    given = {act.stands_for for act in since if act.verb in {"transfer", "hand-over"}}
    return given | {act.person for act in since if act.verb == "transfer"}
