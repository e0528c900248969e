"""The core: `decide(state, action, policy, directory) -> state`. No database, no clock, no framework.

Source: the specification of approvals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.approvals.pure import hands, returns, sources
from engine.approvals.pure.directory import Directory
from engine.approvals.pure.policy import Policy
from engine.approvals.pure.returns import return_
from engine.approvals.pure.run import Chair, Run, locate
from engine.approvals.pure.run import waiting as _waiting
from engine.approvals.pure.sentences import Refused
from engine.approvals.pure.state import State, StepState, Substitution
from engine.approvals.pure.takeback import take_back
from engine.approvals.pure.tick import tick
from engine.approvals.pure.walk import cast, end, note_asked, settle, walk

__all__ = ["Refused", "allowed_returns", "decide", "returns_of", "start", "waiting"]

MINUTES_BETWEEN_URGES = 60
# The verbs possible in each state, beside which everything is refused.
ANYTIME = {"comment", "tick"}
POSSIBLE = {
    "draft": {"submit", "substitute"} | ANYTIME,
    "returned": {"submit", "withdraw", "suspend", "void", "cc", "substitute"} | ANYTIME,
    "suspended": {"resume", "void", "hand-over", "cc", "substitute"} | ANYTIME,
}


def start(policy: Policy, applicant: str) -> State:
    """Return an approval in draft, held by its applicant."""
    return State(applicant=applicant, steps={step.key: StepState() for step in policy.steps})


def decide(state: State, action: Mapping[str, Any], policy: Policy, directory: Directory) -> State:
    """Return the state after one recorded action; see `decide_and_see`."""
    return decide_and_see(state, action, policy, directory)[0]


def decide_and_see(
    state: State, action: Mapping[str, Any], policy: Policy, directory: Directory
) -> tuple[State, list[str]]:
    """Return the state after one recorded action, and who can act then, as `waiting` says.

    Args:
        action: `{"by": person, "do": verb, …}` as in a replay file.

    Raises:
        Refused: not an approver, already ended, wrong round, unknown verb …; the state is as it was.
    """
    if not isinstance(action, Mapping):
        raise Refused("malformed", field="action")
    if not isinstance(action.get("by"), str) or not action["by"]:
        raise Refused("malformed", field="by")
    for field in ("step", "for"):
        if action.get(field) is not None and not isinstance(action[field], str):
            raise Refused("malformed", field=field)
    verb = action.get("do")
    if not isinstance(verb, str) or verb not in VERBS:
        raise Refused("unknown-verb", verb=verb)
    if action.get("round") is not None and (action["round"] is True or action["round"] != state.round):
        raise Refused("wrong-round", round=state.round)
    if action.get("step") is not None and not policy.has(action["step"]):
        raise Refused("unknown-step", step=action["step"])
    _check_possible(state, verb)
    run = Run(state.copy(), policy, directory, action)
    VERBS[verb](run)
    return run.state, note_asked(run)


def _check_possible(state: State, verb: str) -> None:
    """Check that a verb exists in a state at all."""
    if state.is_terminal and verb not in ANYTIME:
        raise Refused("ended", status=state.status)
    if state.status in POSSIBLE and verb not in POSSIBLE[state.status]:
        raise Refused("not-suspended" if verb == "resume" else state.status)
    if state.status == "running" and verb in {"submit", "resume"}:
        raise Refused("running" if verb == "submit" else "not-suspended")


def waiting(state: State, policy: Policy, directory: Directory) -> list[str]:
    """Return who can act now, sorted; in draft and returned the applicant, suspended or ended nobody."""
    return _waiting(Run(state, policy, directory, {}))


def allowed_returns(state: State, person: str, policy: Policy, directory: Directory) -> list[str]:
    """Return the targets this person may choose for a return."""
    return returns.allowed(Run(state, policy, directory, {}), person)


def returns_of(state: State, policy: Policy, directory: Directory) -> list[str]:
    """Return what those who are waited for may choose, `applicant` first, then in the policy's order."""
    run = Run(state, policy, directory, {})
    targets = {target for person in _waiting(run) for target in returns.allowed(run, person)}
    return [target for target in ("applicant", *(step.key for step in policy.steps)) if target in targets]


def _note(run: Run) -> str:
    return str(run.action.get("note") or "")


def _submit(run: Run) -> None:
    state = run.state
    if run.by != state.applicant:
        raise Refused("not-applicant")
    sources.check_picks(run)
    for rules in run.policy.steps:
        if rules.picks("applicant"):
            sources.take_picks(run, rules, "applicant")
    state.status, state.round = "running", state.round + 1
    state.steps = {key: step if step.status == "passed" else StepState() for key, step in state.steps.items()}
    run.record("", run.by, "submit", note=_note(run))
    walk(run)


def _ballot(run: Run) -> None:
    verb = str(run.action["do"])
    sources.check_picks(run)
    chair = locate(run)
    if chair.is_delegate:
        _opinion(run, chair, verb)
        return
    hands.taken(run, chair)
    rules, step = run.step(chair.spot.key)
    if verb == "abstain" and not (rules.is_vote and step.places[chair.spot.place].parts[chair.spot.part].is_own):
        raise Refused("no-vote")
    cast(run, chair.spot, verb, person=run.by, stands_for=chair.stands_for, note=_note(run))
    settle(run, chair.spot.key)
    walk(run)


def _opinion(run: Run, chair: Chair, verb: str) -> None:
    """Keep what a delegate thinks; the place goes back to who asked."""
    if verb not in {"approve", "refuse"}:
        raise Refused("opinion-only", who=run.by)
    run.seat(chair.spot).delegate = ""
    run.record(chair.spot.key, run.by, verb, chair.spot, stands_for=chair.stands_for, note=_note(run), is_opinion=True)


def _withdraw(run: Run) -> None:
    if run.by != run.state.applicant:
        raise Refused("not-applicant")
    end(run, "withdrawn")
    run.record("", run.by, "withdraw", note=_note(run))


def _suspend(run: Run) -> None:
    _check_administrator(run)
    run.state.suspended_from, run.state.status = run.state.status, "suspended"
    run.record("", run.by, "suspend", note=_note(run))


def _resume(run: Run) -> None:
    _check_administrator(run)
    run.state.status, run.state.suspended_from = run.state.suspended_from, ""
    run.record("", run.by, "resume", note=_note(run))
    walk(run)  # another version of the policy may have come meanwhile


def _void(run: Run) -> None:
    _check_administrator(run)
    if not _note(run).strip():
        raise Refused("note-missing")
    end(run, "void")
    run.record("", run.by, "void", note=_note(run))


def _check_administrator(run: Run) -> None:
    if run.by not in run.directory.administrators():
        raise Refused("not-administrator")


def _urge(run: Run) -> None:
    state = run.state
    if run.by != state.applicant:
        raise Refused("not-applicant")
    now = run.directory.hour_clock(state.minute)
    if state.urged_minute is not None and now - state.urged_minute < MINUTES_BETWEEN_URGES:
        raise Refused("urged")
    state.urged_minute = now
    run.record("", run.by, "urge", note=_note(run))


def _cc(run: Run) -> None:
    if run.by not in run.state.asked:
        raise Refused("not-asked")
    run.state.copied += [person for person in run.people("people") if person not in run.state.copied]
    run.record("", run.by, "cc", note=_note(run))


def _comment(run: Run) -> None:
    state = run.state
    if run.by not in {state.applicant, *state.asked, *state.copied, *run.directory.administrators()}:
        raise Refused("not-involved", who=run.by)


def _substitute(run: Run) -> None:
    """Name who stands for oneself; a new one takes the place of those it overlaps with; null ends one's own."""
    state, action = run.state, run.action
    if not run.directory.exists(run.by):
        raise Refused("unknown-person", who=run.by)
    if action.get("to") is None:
        state.substitutions = [row for row in state.substitutions if row.person != run.by]
        return
    to, begins, ends = run.person("to"), action.get("from"), action.get("until")
    begins = state.minute if begins is None else begins
    policies = action.get("policies") or []
    for field, minute in (("from", begins), ("until", ends)):
        if minute is not None and (not isinstance(minute, int) or isinstance(minute, bool) or minute < 0):
            raise Refused("malformed", field=field)
    if not isinstance(policies, list) or not all(isinstance(name, str) for name in policies):
        raise Refused("malformed", field="policies")
    if to == run.by:
        raise Refused("substitute-self")
    if ends is not None and ends <= begins:
        raise Refused("substitute-dates")
    new = Substitution(run.by, to, begins, ends, tuple(policies))
    state.substitutions = [row for row in state.substitutions if not _overlap(row, new)] + [new]


def _overlap(one: Substitution, other: Substitution) -> bool:
    if one.person != other.person or (one.policies and other.policies and not set(one.policies) & set(other.policies)):
        return False
    begins = max(one.from_minute, other.from_minute)
    return all(row.until_minute is None or begins < row.until_minute for row in (one, other))


VERBS: dict[str, Callable[[Run], None]] = {
    "submit": _submit,
    "approve": _ballot,
    "refuse": _ballot,
    "abstain": _ballot,
    "recuse": hands.recuse,
    "claim": hands.claim,
    "return": return_,
    "withdraw": _withdraw,
    "take-back": take_back,
    "transfer": hands.transfer,
    "delegate": hands.delegate,
    "add": hands.add,
    "remove": hands.remove,
    "cc": _cc,
    "urge": _urge,
    "substitute": _substitute,
    "hand-over": hands.hand_over,
    "suspend": _suspend,
    "resume": _resume,
    "void": _void,
    "comment": _comment,
    "tick": tick,
}
