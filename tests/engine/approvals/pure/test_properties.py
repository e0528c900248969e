"""The six properties of the specification, over random runs with every verb.

`APPROVAL_RUNS=20000` before the tests plays that many; each is one state machine from its draft on.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.approvals.pure import decide as core
from engine.approvals.pure.policy import Policy, read
from engine.approvals.pure.replay import directory_of, replay, show
from engine.approvals.pure.state import State, from_json, to_json
from tests.engine.approvals.pure import random_runs as runs

RUNS = int(os.environ.get("APPROVAL_RUNS", "300"))
APPROVERS_VERBS = ["approve", "refuse", "abstain", "recuse", "claim", "return", "transfer", "delegate", "add"]
seeds = st.integers(0, 2**32)


class RandomRun(RuleBasedStateMachine):
    @initialize(seed=seeds)
    def begin(self, seed: int) -> None:
        self.document = runs.document(Random(seed))
        self.policy: Policy = read(self.document["policy"])
        self.directory = directory_of(self.document)
        self.state: State = core.start(self.policy, self.document["applicant"])
        self.done: list[dict] = []
        self.shown: list[dict] = []

    @rule(seed=seeds)
    def act(self, seed: int) -> None:
        given = runs.action(Random(seed), self.state, self.policy, self.directory)
        before = self.state.copy()
        error = ""
        try:
            after = core.decide(self.state, given, self.policy, self.directory)
        except core.Refused as refusal:
            error, after = str(refusal), self.state
            assert error
        assert self.state == before, "an act never changes the state it was given"
        self.check_kept(before, after)
        self.check_terminal(before, after)
        self.state = after
        self.done.append(given)
        self.shown.append(show(after, self.policy, self.directory) | ({"error": error} if error else {}))

    def check_kept(self, before: State, after: State) -> None:
        """2. No ballot is lost: what was recorded stays, with its round; only its standing may change."""
        assert len(after.acts) >= len(before.acts)
        for old, new in zip(before.acts, after.acts, strict=False):
            assert (old.round, old.step, old.person, old.verb, old.note) == (
                new.round, new.step, new.person, new.verb, new.note,
            )  # fmt: skip
            assert not old.status or old.status == new.status, "what was undone stays undone"

    def check_terminal(self, before: State, after: State) -> None:
        """1. A terminal approval never changes."""
        if before.is_terminal:
            after = after.copy()
            after.minute = before.minute  # time passes
            assert after == before

    @precondition(lambda self: self.state.status == "running")
    @rule(seed=seeds)
    def act_without_the_right(self, seed: int) -> None:
        """6. Acting without the right to changes nothing and says why."""
        rnd = Random(seed)
        asked = core.waiting(self.state, self.policy, self.directory)
        others = [person for person in runs.PEOPLE if person not in asked]
        if not others:
            return
        given = {"by": rnd.choice(others), "do": rnd.choice(APPROVERS_VERBS), "to": "applicant"}
        with pytest.raises(core.Refused, match=r"\w"):
            core.decide(self.state, given, self.policy, self.directory)

    @invariant()
    def never_stuck(self) -> None:
        """3. Somebody can act, or it is terminal, suspended, or with the applicant."""
        if hasattr(self, "state") and self.state.status == "running":
            assert core.waiting(self.state, self.policy, self.directory)

    @invariant()
    def whoever_waits_can_decide(self) -> None:
        if not hasattr(self, "state") or self.state.status != "running":
            return
        for person in core.waiting(self.state, self.policy, self.directory):
            open_steps = [key for key, step in self.state.steps.items() if step.status == "open"]
            outcomes = [self.refused(person, key) for key in open_steps]
            assert None in outcomes, (person, outcomes)

    def refused(self, person: str, key: str) -> str | None:
        given = {"by": person, "do": "refuse", "step": key}
        try:
            core.decide(self.state, given, self.policy, self.directory)
        except core.Refused as refusal:
            return str(refusal)
        return None

    @invariant()
    def survives_json(self) -> None:
        if hasattr(self, "state"):
            assert from_json(to_json(self.state)) == self.state

    def teardown(self) -> None:
        """5. Replaying the recorded actions gives the same states."""
        if not hasattr(self, "state"):
            return
        state = core.start(self.policy, self.document["applicant"])
        for given in self.done:
            try:
                state = core.decide(state, given, self.policy, self.directory)
            except core.Refused:
                continue
        assert state == self.state
        if all(given["by"] in self.document["people"] or given["by"] == "system" for given in self.done):
            assert replay(self.document | {"actions": self.done}) == self.shown


RandomRun.TestCase.settings = settings(max_examples=RUNS, stateful_step_count=25, deadline=None)
TestRandomRun = RandomRun.TestCase
