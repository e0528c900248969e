"""What a step's places say: who is asked now, what each place and the whole step have decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.approvals.pure.policy import Step
from engine.approvals.pure.state import Part, Place, Seat, StepState
from engine.approvals.pure.votes import Tally


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a seat stands: step, place, part and seat, by their indexes."""

    key: str
    place: int
    part: int
    seat: int


def seat_at(step: StepState, spot: Spot) -> Seat:
    """Return the seat of a spot."""
    return step.places[spot.place].parts[spot.part].seats[spot.seat]


def is_live(place: Place) -> bool:
    """Return whether a place belongs to the n of its step: not everybody in it recused or was removed."""
    for part in place.parts:
        for seat in part.seats:
            if not seat.is_gone:
                return True
    return False


def part_verdict(part: Part) -> str:
    """Return approve, refuse, abstain, or '' while it is open; a part that everybody left says approve."""
    if len(part.seats) == 1:  # nearly always; whatever the mode
        return "approve" if part.seats[0].is_gone else part.seats[0].verb
    verbs = [seat.verb for seat in part.seats if not seat.is_gone]
    cast = [verb for verb in verbs if verb]
    if part.mode == "any":
        return cast[0] if cast else ("" if verbs else "approve")
    for verb in ("refuse", "abstain"):
        if verb in cast:
            return verb
    return "approve" if len(cast) == len(verbs) else ""


def verdict(place: Place) -> str:
    """Return what a place says: approved when all its parts are, refused when one is; '' while it is open."""
    for part in place.parts:
        said = part_verdict(part)
        if said != "approve":
            return said
    return "approve"


def open_spots(key: str, index: int, place: Place) -> Iterator[Spot]:
    """Yield the seats of a place that are asked now: those of its first undecided part, in turn only the first."""
    for number, part in enumerate(place.parts):
        said = part_verdict(part)
        if said == "approve":
            continue
        if not said:
            spots = [Spot(key, index, number, n) for n, seat in enumerate(part.seats) if seat.is_open]
            yield from spots[:1] if part.mode == "in-turn" else spots
        return


def asked_spots(rules: Step, step: StepState) -> list[Spot]:
    """Return the seats of an open step that are asked now."""
    if step.status != "open":
        return []
    spots: list[Spot] = []
    for index, place in enumerate(step.places):
        if is_live(place) and not verdict(place):
            spots += open_spots(rules.key, index, place)
            if rules.is_in_turn:
                break
    return spots


def everybody_on(step: StepState) -> set[str]:
    """Return who is on a step: who holds a seat, is in an unclaimed pool, or was asked for an opinion."""
    on: set[str] = set()
    for place in step.places:
        for part in place.parts:
            for seat in part.seats:
                if not seat.is_gone:
                    on |= {seat.person, seat.delegate} if seat.person else {*seat.pool, seat.delegate}
    return on - {""}


def has_people(step: StepState) -> bool:
    """Return whether a step has people in it, who could be asked again."""
    return any(is_live(place) for place in step.places)


def tally(rules: Step, step: StepState) -> Tally:
    """Count the votes of a step."""
    said = [verdict(place) for place in step.places if is_live(place)]
    return Tally(
        places=len(said),
        approvals=said.count("approve"),
        refusals=said.count("refuse"),
        abstentions=said.count("abstain"),
        needed=rules.rule.needed(len(said)),
    )


def decided(rules: Step, step: StepState) -> str:
    """Return approve or refuse once a step's mode decides it, '' until then. There is at least one live place."""
    if rules.is_vote:
        return tally(rules, step).verdict
    said = [verdict(place) for place in step.places if is_live(place)]
    if rules.mode == "any" and not rules.is_in_turn:
        return next(filter(None, said), "")
    if "refuse" in said:
        return "refuse"
    return "" if "" in said else "approve"
