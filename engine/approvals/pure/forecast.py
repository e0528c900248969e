"""If this employee submitted it: who would be asked, one step after the other, everybody agreeing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from engine.approvals.pure import decide as core
from engine.approvals.pure.directory import Directory
from engine.approvals.pure.policy import Policy
from engine.approvals.pure.run import Run, chairs
from engine.approvals.pure.sources import find
from engine.approvals.pure.state import State

MOST_ACTS = 200


@dataclass(frozen=True)
class Stage:
    """A step of the way: whom it asks, in order; `reason` says why the system decided it by itself."""

    step: str
    people: tuple[str, ...]
    pool: tuple[str, ...]
    reason: str
    is_picked: bool


def forecast(policy: Policy, applicant: str, directory: Directory) -> list[Stage]:
    """Return the stages of an approval somebody would start now, in the order of the policy.

    Everybody who is asked approves; who must be picked stays open, because nobody knows yet whom they will name.
    """
    state = core.start(policy, applicant)
    wanted = {row.key: row.picks("applicant") or row.picks("previous") for row in policy.steps}
    picked = {key for key, count in wanted.items() if count}
    # Anybody stands in for those who will be picked, so that the walk can go on.
    somebody = {key: [f"·{key}·{n}" for n in range(wanted[key])] for key in picked}
    guide = cast("Directory", _Anybody(directory))
    state = core.decide(state, {"by": applicant, "do": "submit", "picks": somebody}, policy, guide)
    for _ in range(MOST_ACTS):
        run = Run(state, policy, guide, {})
        asked = [(key, who) for key in state.steps for who, chair in chairs(run, key) if not chair.stands_for]
        if state.status != "running" or not asked:
            break
        key, who = asked[0]
        action = {"by": who, "do": "approve", "step": key, "for": who, "picks": somebody}
        state = core.decide(state, action, policy, guide)
    return [
        _stage(Run(core.start(policy, applicant), policy, directory, {}), state, row.key, row.key in picked)
        for row in policy.steps
    ]


def _stage(run: Run, state: State, key: str, is_picked: bool) -> Stage:  # noqa: FBT001
    places, _only_self = find(run, run.policy.step(key))
    seats = [part.seats[0] for place in (places or state.steps[key].places) for part in place.parts]
    reasons = [act.reason for act in state.acts if act.step == key and act.reason]
    return Stage(
        step=key,
        people=tuple(dict.fromkeys(seat.person for seat in seats if seat.person and not seat.person.startswith("·"))),
        pool=tuple(dict.fromkeys(person for seat in seats for person in seat.pool)),
        reason=reasons[0] if reasons else "",
        is_picked=is_picked,
    )


class _Anybody:
    """The company, and besides the nameless people who stand in for those who will be picked."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def exists(self, person: str) -> bool:
        return person.startswith("·") or self._directory.exists(person)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._directory, name)
