"""One act under way: a copy of the state that may be changed, and what is known around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.approvals.pure.directory import Directory
from engine.approvals.pure.places import Spot, asked_spots, seat_at
from engine.approvals.pure.policy import Policy, Step
from engine.approvals.pure.sentences import Refused
from engine.approvals.pure.state import Act, Seat, State, StepState


@dataclass(frozen=True, slots=True)
class Chair:
    """A seat in which a person can act now, and for whom they sit there ('' in their own name)."""

    spot: Spot
    stands_for: str
    is_delegate: bool


@dataclass
class Run:
    """One act: `state` is a copy; a verb changes it or raises `Refused`, and then the copy is thrown away."""

    state: State
    policy: Policy
    directory: Directory
    action: Mapping[str, Any]
    is_forced: bool = False  # administrators who recused had to be asked: nobody else is left

    def __post_init__(self) -> None:
        self.began_seq = len(self.state.acts)

    @property
    def by(self) -> str:
        """Who acts."""
        return str(self.action.get("by", ""))

    def step(self, key: str) -> tuple[Step, StepState]:
        """Return a step's rules and its state."""
        return self.policy.step(key), self.state.steps[key]

    def seat(self, spot: Spot) -> Seat:
        """Return the seat of a spot."""
        return seat_at(self.state.steps[spot.key], spot)

    def record(self, step: str, person: str, verb: str, spot: Spot | None = None, **more: Any) -> Act:
        """Keep an act for ever."""
        where: dict[str, Any] = {"place": spot.place, "part": spot.part, "seat": spot.seat} if spot else {}
        act = Act(seq=len(self.state.acts) + 1, round=self.state.round, step=step, person=person, verb=verb,
                  **where, **more)  # fmt: skip
        self.state.acts.append(act)
        return act

    def person(self, field: str) -> str:
        """Return the person a field of the action names.

        Raises:
            Refused: nobody, or nobody who exists.
        """
        given = self.action.get(field)
        if not isinstance(given, str) or not given:
            raise Refused("malformed", field=field)
        if not self.directory.exists(given):
            raise Refused("unknown-person", who=given)
        return given

    def people(self, field: str) -> list[str]:
        """Return the people a field of the action names, each once; at least one.

        Raises:
            Refused: nobody, or somebody who does not exist.
        """
        return known_people(self, self.action.get(field), field)


def known_people(run: Run, given: object, field: str) -> list[str]:
    """Return a list of people who exist, each once.

    Raises:
        Refused: not a list of people, empty, or somebody does not exist.
    """
    if not isinstance(given, list | tuple) or not all(isinstance(person, str) for person in given):
        raise Refused("malformed", field=field)
    if not given:
        raise Refused("people-missing")
    for person in given:
        if not run.directory.exists(person):
            raise Refused("unknown-person", who=person)
    return list(dict.fromkeys(given))


def substitutes(run: Run, person: str, step: Step) -> list[str]:
    """Return who stands for a person in a step now; never the applicant (unless self = allow), never who recused."""
    state, name = run.state, run.policy.name
    standing = [
        row.to
        for row in state.substitutions
        if row.person == person
        and row.from_minute <= state.minute
        and (row.until_minute is None or state.minute < row.until_minute)
        and (not row.policies or name in row.policies)
    ]
    found = dict.fromkeys([*standing, *run.directory.substitutes(person, name)])
    if not found:
        return []
    return [
        other
        for other in found
        if other not in state.recused
        and other != person
        and (other != state.applicant or step.self_rule == "allow")
        and (person, other) not in state.ended_substitutions
    ]


def chairs(run: Run, key: str) -> list[tuple[str, Chair]]:
    """Return (person, chair) of everybody who can act in a step now."""
    rules, step = run.step(key)
    found: list[tuple[str, Chair]] = []
    for spot in asked_spots(rules, step):
        seat = seat_at(step, spot)
        is_delegate = bool(seat.delegate)
        owners = [seat.delegate] if is_delegate else [seat.person] if seat.person else list(seat.pool)
        for owner in owners:
            found.append((owner, Chair(spot, "", is_delegate)))
            found += [(other, Chair(spot, owner, is_delegate)) for other in substitutes(run, owner, rules)]
    return found


def chairs_of(run: Run, person: str) -> list[Chair]:
    """Return where a person can act now, one's own place first."""
    if run.state.status != "running":
        return []
    found = [chair for step in run.policy.steps for who, chair in chairs(run, step.key) if who == person]
    return sorted(found, key=lambda chair: bool(chair.stands_for))


def waiting(run: Run) -> list[str]:
    """Return who can act now, sorted; in draft and returned the applicant, suspended or ended nobody."""
    if run.state.status in {"draft", "returned"}:
        return [run.state.applicant]
    if run.state.status != "running":
        return []
    return sorted({who for step in run.policy.steps for who, _chair in chairs(run, step.key)})


def locate(run: Run) -> Chair:
    """Return where the actor acts.

    Raises:
        Refused: nowhere, or in several steps and none is named.
    """
    found = chairs_of(run, run.by)
    if (stands_for := run.action.get("for")) is not None:
        found = [chair for chair in found if chair.stands_for == ("" if stands_for == run.by else stands_for)]
    if (key := run.action.get("step")) is not None:
        found = [chair for chair in found if chair.spot.key == key]
    if not found:
        raise Refused("not-approver", who=run.by)
    steps = list(dict.fromkeys(chair.spot.key for chair in found))
    if len(steps) > 1:
        raise Refused("which-step", who=run.by, steps=", ".join(steps))
    return found[0]
