"""Between the rows and the pure core: the only module that knows both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from engine.approvals.clock import minutes_of
from engine.approvals.directory import CompanyDirectory
from engine.approvals.models import Approval
from engine.approvals.pure import decide as pure
from engine.approvals.pure import policy as policies
from engine.approvals.pure import state as states
from engine.approvals.pure.decide import Refused as Refusal

__all__ = ["Refusal", "Step", "begin", "faults", "resume"]


@dataclass(frozen=True)
class Step:
    """An approval's state, with what is needed to go one act further; `before` is the state before that act."""

    policy: policies.Policy
    directory: CompanyDirectory
    state: states.State
    before: states.State | None = None

    def act(self, action: Mapping[str, Any]) -> Step:
        """Return the state after one act.

        Raises:
            Refusal: nothing changed; `code` for programs, the text for people.
        """
        after = pure.decide(self.state, action, self.policy, self.directory)
        return replace(self, state=after, before=self.state)

    @cached_property
    def waiting(self) -> set[str]:
        """Numbers of those who can act now."""
        return set(pure.waiting(self.state, self.policy))

    @cached_property
    def waiting_before(self) -> set[str]:
        """Numbers of those who could act before; a draft is submitted in the moment it is made, so nobody."""
        if self.before is None or self.before.status == "draft":
            return set()
        return set(pure.waiting(self.before, self.policy))

    @property
    def new_ballots(self) -> tuple[states.Ballot, ...]:
        """What the last act added: perhaps the person's ballot, then what the system decided."""
        known = len(self.before.ballots) if self.before else 0
        return self.state.ballots[known:]

    def step_of(self, person: str) -> str:
        """Return the step in which the person could act before the last act, '' if in none."""
        own = next((ballot.step for ballot in self.new_ballots if ballot.person == person), "")
        if own or self.before is None:
            return own
        open_before = [
            key for key, step in self.before.steps.items()
            if step.status == "open" and any(person in (*place.pool, place.person) for place in step.places)
        ]  # fmt: skip
        return open_before[0] if open_before else ""

    def open_steps(self) -> dict[str, int]:
        """Return the steps that are being asked, each with its deadline in working minutes (0: none)."""
        if self.state.status != "running":
            return {}
        steps = [step for step in self.policy.steps if self.state.steps[step.key].status == "open"]
        return {step.key: minutes_of(step.deadline) for step in steps}

    def allowed_returns(self, person: str) -> list[str]:
        """Return the targets a person may choose for a return, `applicant` first."""
        return pure.allowed_returns(self.state, person, self.policy)


def begin(approval: Approval, *, at: datetime) -> Step:
    """Return the draft of a new approval."""
    policy = policies.read(approval.policy.definition)
    return Step(policy, _directory(approval, policy, at), pure.start(policy, approval.applicant.number))


def resume(approval: Approval, *, at: datetime) -> Step:
    """Return the state an approval was left in."""
    policy = policies.read(approval.policy.definition)
    return Step(policy, _directory(approval, policy, at), states.from_json(approval.state))


def _directory(approval: Approval, policy: policies.Policy, at: datetime) -> CompanyDirectory:
    sources = [source for step in policy.steps for source in step.approvers]
    named = [source.partition(":")[2] for source in sources if source.startswith("user:")]
    return CompanyDirectory(applicant=approval.applicant, day=timezone.localdate(at), named=named)


def faults(definition: Mapping[str, Any]) -> list[str]:
    """Return every fault of a policy, in words with its place; none for a sound one."""
    try:
        policies.read(definition)
    except policies.FaultyPolicy as faulty:
        return list(faulty.faults)
    return []
