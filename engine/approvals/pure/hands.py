"""Verbs that change whose hands it is in: recuse, claim, transfer, delegate, add, remove, hand over."""

from __future__ import annotations

from engine.approvals.pure import sources
from engine.approvals.pure.places import Spot
from engine.approvals.pure.run import Chair, Run, locate
from engine.approvals.pure.sentences import Refused
from engine.approvals.pure.state import Part, Seat
from engine.approvals.pure.walk import settle, walk

WHERE = ("before", "after", "alongside")
MODES = ("all", "any", "in-turn")


def approver(run: Run) -> tuple[Chair, Seat]:
    """Return where the actor decides; an unclaimed pool's place becomes theirs, for acting claims.

    Raises:
        Refused: not an approver, several steps, or asked for an opinion only.
    """
    chair = locate(run)
    if chair.is_delegate:
        raise Refused("opinion-only", who=run.by)
    return chair, taken(run, chair)


def taken(run: Run, chair: Chair) -> Seat:
    """Return the seat of a chair; that of an unclaimed pool becomes the actor's."""
    seat = run.seat(chair.spot)
    if not seat.person:
        seat.person = chair.stands_for or run.by
    return seat


def kept(run: Run, chair: Chair, verb: str) -> None:
    """Record what the actor did in their place."""
    note = str(run.action.get("note") or "")
    run.record(chair.spot.key, run.by, verb, chair.spot, stands_for=chair.stands_for, note=note)


def claim(run: Run) -> None:
    """Take a pool's place."""
    chair = locate(run)
    if run.seat(chair.spot).person:
        raise Refused("not-a-pool")
    chair, _seat = approver(run)
    kept(run, chair, "claim")


def recuse(run: Run) -> None:
    """Leave every undecided place, for the whole approval; a substitute only stops substituting."""
    chair = locate(run)
    if chair.is_delegate:
        raise Refused("opinion-only", who=run.by)
    kept(run, chair, "recuse")
    if chair.stands_for:
        run.state.ended_substitutions.append((chair.stands_for, run.by))
        return
    seat = run.seat(chair.spot)
    if seat.is_administrators and set(seat.pool) <= {run.by}:
        raise Refused("last-administrator")
    run.state.recused.append(run.by)
    for step in run.state.steps.values():
        for place in step.places:
            for part in place.parts:
                for one in part.seats:
                    _leave(one, run.by)
    for step_rules in run.policy.steps:
        settle(run, step_rules.key)
    walk(run)
    if run.is_forced:
        raise Refused("last-administrator")


def _leave(seat: Seat, person: str) -> None:
    """Take a person out of an undecided seat; a claimed one goes back to the others of its pool."""
    if not seat.is_open:
        return
    if seat.delegate == person:
        seat.delegate = ""
    if person in seat.pool:
        seat.pool = tuple(other for other in seat.pool if other != person)
        if seat.person in {"", person}:
            seat.person, seat.delegate = "", ""
            seat.is_gone = not seat.pool
    elif seat.person == person:
        seat.is_gone = True


def transfer(run: Run) -> None:
    """Let another person decide instead."""
    chair, seat = approver(run)
    to = run.person("to")
    sources.check_may_join(run, chair.spot.key, to)
    seat.person, seat.pool, seat.is_named, seat.is_administrators = to, (), True, False
    kept(run, chair, "transfer")


def delegate(run: Run) -> None:
    """Ask another person alone for an opinion; then it comes back."""
    chair, seat = approver(run)
    to = run.person("to")
    sources.check_may_join(run, chair.spot.key, to)
    seat.delegate = to
    kept(run, chair, "delegate")


def add(run: Run) -> None:
    """Ask further people: before me or after me in my place, or alongside with a place each."""
    chair, _seat = approver(run)
    key, where, mode = chair.spot.key, run.action.get("where"), run.action.get("mode") or "all"
    step = run.state.steps[key]
    place = step.places[chair.spot.place]
    if not place.parts[chair.spot.part].is_own:
        raise Refused("cannot-add")
    if where not in WHERE:
        raise Refused("where")
    if mode not in MODES:
        raise Refused("mode")
    people = run.people("people")
    for person in people:
        sources.check_may_join(run, key, person)
    by = (run.by, chair.stands_for) if chair.stands_for else (run.by,)
    seats = [Seat(person=person, is_named=True, added_by=by) for person in people]
    kept(run, chair, "add")
    if where == "before":
        place.parts.insert(chair.spot.part, Part(seats, mode, is_own=False))
    elif where == "after":
        place.parts.append(Part(seats, mode, is_own=False))
    else:
        step.places += [sources.one_seat(seat) for seat in seats]
    settle(run, key)
    walk(run)


def remove(run: Run) -> None:
    """Take away an added person who has not acted; the step is then decided anew."""
    person, wanted = run.action.get("person"), run.action.get("step")
    if not isinstance(person, str):
        raise Refused("malformed", field="person")
    found = [
        spot for spot in _open_spots(run)
        if run.seat(spot).added_by and run.seat(spot).person == person and wanted in {None, spot.key}
    ]  # fmt: skip
    if not found:
        raise Refused("not-added", who=person)
    if run.by not in run.directory.administrators():
        found = [spot for spot in found if run.by in run.seat(spot).added_by]
        if not found:
            raise Refused("not-the-adder", who=person)
    if len(steps := list(dict.fromkeys(spot.key for spot in found))) > 1:
        raise Refused("which-step", who=person, steps=", ".join(steps))
    spot = found[0]
    run.seat(spot).is_gone = True
    run.record(spot.key, run.by, "remove", spot, note=str(run.action.get("note") or ""))
    settle(run, spot.key)
    walk(run)


def hand_over(run: Run) -> None:
    """Give every undecided place of one person in open steps to another (who leaves the company, for example)."""
    if run.by not in run.directory.administrators():
        raise Refused("not-administrator")
    leaver, to = run.action.get("from"), run.person("to")
    if not isinstance(leaver, str) or not leaver:
        raise Refused("malformed", field="from")
    found = [spot for spot in _open_spots(run) if leaver in {run.seat(spot).person, run.seat(spot).delegate}]
    if not found:
        raise Refused("nothing-to-hand-over", who=leaver)
    for key in dict.fromkeys(spot.key for spot in found):
        sources.check_may_join(run, key, to)
    for spot in found:
        seat = run.seat(spot)
        if seat.delegate == leaver:
            seat.delegate = to
        else:
            seat.person, seat.pool, seat.is_named, seat.is_administrators = to, (), True, False
        run.record(spot.key, run.by, "hand-over", spot, stands_for=leaver, note=str(run.action.get("note") or ""))


def _open_spots(run: Run) -> list[Spot]:
    """Return every undecided seat of open steps, whether its turn has come or not."""
    return [
        Spot(key, p, q, s)
        for key, step in run.state.steps.items()
        if step.status == "open"
        for p, place in enumerate(step.places)
        for q, part in enumerate(place.parts)
        for s, seat in enumerate(part.seats)
        if seat.is_open
    ]
