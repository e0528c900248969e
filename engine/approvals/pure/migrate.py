"""Move a running approval to another version of its policy: what has passed stays, everything else is asked afresh.

A step stays passed when it has the same key in both versions and everything the new version puts before it has passed as
well. The ballots of the others no longer count; they are kept, struck through.
"""

from __future__ import annotations

from engine.approvals.pure.directory import Directory
from engine.approvals.pure.policy import Policy
from engine.approvals.pure.run import Run
from engine.approvals.pure.sentences import Refused
from engine.approvals.pure.state import State, StepState
from engine.approvals.pure.walk import note_asked, walk


def migrate(state: State, new: Policy, directory: Directory, *, by: str) -> State:
    """Return the state under the new version, gone on as far as it goes.

    Raises:
        Refused: it has ended, or people would have to be named first.
    """
    if state.is_terminal:
        raise Refused("ended", status=state.status)
    run = Run(state.copy(), new, directory, {"by": by, "do": "migrate"})
    kept: set[str] = set()
    for step in new.steps:
        before = {one.key for one in new.steps if new.comes_before(one.key, step.key)}
        if step.key in state.steps and state.steps[step.key].status == "passed" and before <= kept:
            kept.add(step.key)
    for act in run.state.acts:
        if act.step and act.step not in kept and not act.status:
            act.status = "void"
    run.state.steps = {step.key: run.state.steps[step.key] if step.key in kept else StepState() for step in new.steps}
    run.state.picks = {key: people for key, people in run.state.picks.items() if new.has(key)}
    run.record("", by, "migrate")
    walk(run)
    note_asked(run)
    return run.state
