"""The state of one approval as plain data, to JSON and back without loss.

A step has places 席位, a place has parts (the approver's own, and what was added before and after it), a part has seats.
Nearly every place is one part with one seat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from operator import attrgetter
from typing import Any

TERMINAL = ("approved", "refused", "withdrawn", "void")
OPINIONS = ("approve", "refuse", "abstain")


@dataclass(slots=True)
class Seat:
    """One person's share of a place; a pool's until one of it claims it. `verb` is the ballot.

    `is_named`: put here by a verb, so always asked. `is_gone`: recused or removed. `added_by`: who added it, in their own
    name and for whom.
    """

    person: str = ""
    pool: tuple[str, ...] = ()
    delegate: str = ""
    verb: str = ""
    is_gone: bool = False
    is_named: bool = False
    is_administrators: bool = False
    added_by: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it still may get a ballot."""
        return not self.verb and not self.is_gone


@dataclass(slots=True)
class Part:
    """Seats that decide together by a mode: all, any or in-turn. A place has exactly one part that is its own."""

    seats: list[Seat]
    mode: str = "all"
    is_own: bool = True


@dataclass(slots=True)
class Place:
    """One of the n of a step: its parts decide one after the other."""

    parts: list[Part]


@dataclass(slots=True)
class StepState:
    """pending · open · passed · refused · void · cancelled, the places while it was asked, and its clock.

    clock_minutes: working minutes left until the deadline, None without one or when it has passed. turn: the place whose
    turn the clock measures, in turn only. opened_seq: how many acts there were when it opened.
    """

    status: str = "pending"
    places: list[Place] = field(default_factory=list)
    clock_minutes: int | None = None
    turn: int = -1
    opened_seq: int = 0
    is_target: bool = False


@dataclass(slots=True)
class Act:
    """Something done in a place, for ever: who, what, in which step and round, on whose behalf, why.

    status: '' it stands · void undone by a return · taken-back · undone by a take-back. `reason` is why the system acted.
    """

    seq: int
    round: int
    step: str
    person: str
    verb: str
    place: int = -1
    part: int = -1
    seat: int = -1
    stands_for: str = ""
    is_opinion: bool = False
    note: str = ""
    reason: str = ""
    status: str = ""

    @property
    def is_ballot(self) -> bool:
        """Whether it counts, or once counted, in its step."""
        return self.verb in OPINIONS and not self.is_opinion


@dataclass(slots=True)
class Substitution:
    """`to` stands for `person` from a minute until another (excluded; None: endless), for some policies or all."""

    person: str
    to: str
    from_minute: int
    until_minute: int | None
    policies: tuple[str, ...] = ()


@dataclass(slots=True)
class State:
    """One run of a policy for one applicant. `minute` is the working clock since the start."""

    applicant: str
    status: str = "draft"
    round: int = 0
    minute: int = 0
    suspended_from: str = ""
    urged_minute: int | None = None
    steps: dict[str, StepState] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    picks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    recused: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)
    substitutions: list[Substitution] = field(default_factory=list)
    ended_substitutions: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_terminal(self) -> bool:
        """Whether it has ended, finally."""
        return self.status in TERMINAL

    @property
    def ballots(self) -> list[Act]:
        """Every ballot ever cast, of every round."""
        return [act for act in self.acts if act.is_ballot]

    def copy(self) -> State:
        """Return a state that can be changed without changing this one."""
        return State(
            self.applicant,
            self.status,
            self.round,
            self.minute,
            self.suspended_from,
            self.urged_minute,
            steps={key: _copied_step(step) for key, step in self.steps.items()},
            acts=[Act(*_act_values(act)) for act in self.acts],
            picks=dict(self.picks),
            recused=list(self.recused),
            asked=list(self.asked),
            copied=list(self.copied),
            substitutions=[replace(row) for row in self.substitutions],
            ended_substitutions=list(self.ended_substitutions),
        )


def to_json(state: State) -> dict[str, Any]:
    """Return JSON-able data; what is as usual is left out."""
    return {
        "applicant": state.applicant,
        "status": state.status,
        "round": state.round,
        "minute": state.minute,
        "suspended_from": state.suspended_from,
        "urged_minute": state.urged_minute,
        "steps": {key: _step_to_json(step) for key, step in state.steps.items()},
        "acts": [_lean(act) for act in state.acts],
        "picks": {key: list(people) for key, people in state.picks.items()},
        "recused": list(state.recused),
        "asked": list(state.asked),
        "copied": list(state.copied),
        "substitutions": [asdict(row) | {"policies": list(row.policies)} for row in state.substitutions],
        "ended_substitutions": [list(pair) for pair in state.ended_substitutions],
    }


def from_json(data: Mapping[str, Any]) -> State:
    """Return the state `to_json` wrote."""
    return State(
        applicant=data["applicant"],
        status=data["status"],
        round=data["round"],
        minute=data["minute"],
        suspended_from=data["suspended_from"],
        urged_minute=data["urged_minute"],
        steps={key: _step_from_json(step) for key, step in data["steps"].items()},
        acts=[Act(**act) for act in data["acts"]],
        picks={key: tuple(people) for key, people in data["picks"].items()},
        recused=list(data["recused"]),
        asked=list(data["asked"]),
        copied=list(data["copied"]),
        substitutions=[
            Substitution(**{**row, "policies": tuple(row["policies"])}) for row in data["substitutions"]
        ],
        ended_substitutions=[(one, other) for one, other in data["ended_substitutions"]],
    )  # fmt: skip


ACT_FIELDS, SEAT_FIELDS = tuple(Act.__slots__), tuple(Seat.__slots__)
_act_values, _seat_values = attrgetter(*ACT_FIELDS), attrgetter(*SEAT_FIELDS)
USUAL_SEAT: tuple[Any, ...] = _seat_values(Seat())
# What is written of every act, even where it is empty: nothing is usual about it.
USUAL_ACT = tuple(
    None if name in {"seq", "round", "step", "person", "verb"} else value
    for name, value in zip(ACT_FIELDS, _act_values(Act(0, 0, "", "", "")), strict=True)
)


def _copied_step(step: StepState) -> StepState:
    places = [_copied(place) for place in step.places]
    return StepState(step.status, places, step.clock_minutes, step.turn, step.opened_seq, step.is_target)


def _copied(place: Place) -> Place:
    return Place(
        [Part([Seat(*_seat_values(seat)) for seat in part.seats], part.mode, part.is_own) for part in place.parts]
    )


def _lean(act: Act) -> dict[str, Any]:
    rows = zip(ACT_FIELDS, _act_values(act), USUAL_ACT, strict=True)
    return {name: value for name, value, usual in rows if value != usual}


def _seat_to_json(seat: Seat) -> dict[str, Any]:
    rows = zip(SEAT_FIELDS, _seat_values(seat), USUAL_SEAT, strict=True)
    return {name: list(value) if isinstance(value, tuple) else value for name, value, usual in rows if value != usual}


def _seat_from_json(data: Mapping[str, Any]) -> Seat:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    return Seat(**fields)


def _step_to_json(step: StepState) -> dict[str, Any]:
    return {
        "status": step.status,
        "places": [
            [{"mode": part.mode, "is_own": part.is_own, "seats": [_seat_to_json(seat) for seat in part.seats]}
             for part in place.parts]
            for place in step.places
        ],
        "clock_minutes": step.clock_minutes,
        "turn": step.turn,
        "opened_seq": step.opened_seq,
        "is_target": step.is_target,
    }  # fmt: skip


def _step_from_json(data: Mapping[str, Any]) -> StepState:
    places = [
        Place([Part([_seat_from_json(seat) for seat in part["seats"]], part["mode"], part["is_own"]) for part in parts])
        for parts in data["places"]
    ]
    return StepState(data["status"], places, data["clock_minutes"], data["turn"], data["opened_seq"], data["is_target"])
