"""The state of one approval as plain data, to JSON and back without loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

TERMINAL = ("approved", "refused", "withdrawn", "void")


@dataclass(frozen=True)
class Place:
    """One of the n of a step 席位: it belongs to one person, or to a pool until one of it acts. `verb` is the ballot."""

    person: str = ""
    pool: tuple[str, ...] = ()
    verb: str = ""

    @property
    def is_open(self) -> bool:
        """Whether no ballot was cast in it."""
        return not self.verb


@dataclass(frozen=True)
class StepState:
    """pending · open · passed · refused · void · cancelled, and the places while it was asked."""

    status: str = "pending"
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Ballot:
    """An opinion 意见, for ever: who, what, in which step and round; `reason` is why the system acted."""

    round: int
    step: str
    person: str
    verb: str
    note: str = ""
    reason: str = ""
    is_void: bool = False


@dataclass(frozen=True)
class State:
    """One run of a policy for one applicant."""

    applicant: str
    status: str = "draft"
    round: int = 0
    steps: Mapping[str, StepState] = field(default_factory=dict)
    ballots: tuple[Ballot, ...] = ()
    is_direct: bool = False

    @property
    def is_terminal(self) -> bool:
        """Whether it has ended, finally."""
        return self.status in TERMINAL

    def with_step(self, key: str, step: StepState) -> State:
        """Return the state with one step replaced."""
        return replace(self, steps={**self.steps, key: step})


def to_json(state: State) -> dict[str, Any]:
    """Return JSON-able data."""
    return {
        "applicant": state.applicant,
        "status": state.status,
        "round": state.round,
        "is_direct": state.is_direct,
        "steps": {
            key: {
                "status": step.status,
                "places": [{"person": p.person, "pool": list(p.pool), "verb": p.verb} for p in step.places],
            }
            for key, step in state.steps.items()
        },
        "ballots": [vars(ballot) for ballot in state.ballots],
    }


def from_json(data: Mapping[str, Any]) -> State:
    """Return the state `to_json` wrote."""
    steps = {
        key: StepState(step["status"], tuple(Place(p["person"], tuple(p["pool"]), p["verb"]) for p in step["places"]))
        for key, step in data["steps"].items()
    }
    return State(
        applicant=data["applicant"],
        status=data["status"],
        round=data["round"],
        steps=steps,
        ballots=tuple(Ballot(**ballot) for ballot in data["ballots"]),
        is_direct=data["is_direct"],
    )
