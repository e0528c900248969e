"""Return 退回: where it may go, and what it undoes.

Source: the specification of approvals, "Verbs" and "Returning inside parallel branches".
"""

from __future__ import annotations

from engine.approvals.pure.places import has_people
from engine.approvals.pure.run import Run, chairs_of, locate
from engine.approvals.pure.sentences import Refused
from engine.approvals.pure.walk import open_step, walk


def allowed_from(run: Run, key: str) -> list[str]:
    """Return where a step may send it back to: the applicant, and steps before it that passed with people in them."""
    rules = run.policy.step(key)
    if rules.returns == "none":
        return []
    if rules.returns == "start":
        return ["applicant"]
    return ["applicant"] + [step.key for step in run.policy.steps if _is_target(run, step.key, key)]


def _is_target(run: Run, one: str, key: str) -> bool:
    step = run.state.steps[one]
    return run.policy.comes_before(one, key) and step.status == "passed" and has_people(step)


def allowed(run: Run, person: str) -> list[str]:
    """Return the targets a person may choose now, `applicant` first, then in the policy's order."""
    keys = [chair.spot.key for chair in chairs_of(run, person) if not chair.is_delegate]
    targets = {target for key in keys for target in allowed_from(run, key)}
    return [target for target in ("applicant", *(step.key for step in run.policy.steps)) if target in targets]


def return_(run: Run) -> None:
    """Send it back: one person's act, never counted as a ballot."""
    chair = locate(run)
    if chair.is_delegate:
        raise Refused("opinion-only", who=run.by)
    key, target, resume = chair.spot.key, run.action.get("to"), run.action.get("resume") or "redo"
    if target is None or not isinstance(target, str):
        raise Refused("return-missing")
    if resume not in {"redo", "direct"}:
        raise Refused("resume")
    if target == "previous":
        target = _previous(run, key)
    if target not in allowed_from(run, key):
        raise Refused("return-target", to=target)
    undo(run, key, target, is_direct=resume == "direct")
    run.record(key, run.by, "return", chair.spot, stands_for=chair.stands_for, note=str(run.action.get("note") or ""))
    if target == "applicant":
        run.state.status = "returned"
    else:
        open_step(run, target, is_target=True)
        walk(run)


def _previous(run: Run, key: str) -> str:
    """Return the nearest target; the applicant where no step comes before.

    Raises:
        Refused: several branches end right before it.
    """
    for keys in run.policy.backwards(key):
        targets = [one for one in keys if _is_target(run, one, key)]
        if targets and len(keys) > 1:
            raise Refused("return-previous")
        if targets:
            return targets[0]
    return "applicant"


def affected(run: Run, key: str, target: str, *, is_direct: bool) -> dict[str, str]:
    """Return step → its new state (void, cancelled) for each step a return from `key` to `target` undoes."""
    after = {step.key for step in run.policy.steps} if target == "applicant" else run.policy.after(target) | {target}
    if run.policy.keeps_passed_branches:
        for branch in run.policy.siblings(key):
            if all(run.state.steps[one].status == "passed" for one in branch):
                after -= set(branch)
    changes: dict[str, str] = {}
    for step in run.policy.steps:
        status = run.state.steps[step.key].status
        if step.key in after and status == "open":
            changes[step.key] = "cancelled"
        elif step.key in after and status == "passed" and (not is_direct or step.key == target):
            changes[step.key] = "void"
    return changes


def undo(run: Run, key: str, target: str, *, is_direct: bool) -> None:
    """Make void what comes after the target, and the target; the ballots are kept, struck through."""
    for one, status in affected(run, key, target, is_direct=is_direct).items():
        run.state.steps[one].status = status
        for act in run.state.acts:
            if act.step == one and not act.status:
                act.status = "void"
