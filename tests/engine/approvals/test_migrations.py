"""An approval that ran before every verb was possible goes on after the upgrade."""

from __future__ import annotations

from importlib import import_module

from engine.approvals.pure.decide import decide, waiting
from engine.approvals.pure.policy import read
from engine.approvals.pure.replay import directory_of
from engine.approvals.pure.state import from_json

migration = import_module("engine.approvals.migrations.0004_states_of_every_verb")


def test_state_of_before_is_understood():
    old = {
        "applicant": "a", "status": "running", "round": 1, "is_direct": False,
        "steps": {
            "one": {"status": "passed", "places": [{"person": "b", "pool": [], "verb": "approve"}]},
            "two": {"status": "open", "places": [{"person": "c", "pool": [], "verb": ""}, {"person": "", "pool": ["d"], "verb": ""}]},
        },
        "ballots": [{"round": 1, "step": "one", "person": "b", "verb": "approve", "note": "好", "reason": "", "is_void": False}],
    }  # fmt: skip
    policy = read({"steps": [{"key": "one", "approvers": ["user:b"]}, {"key": "two", "approvers": ["user:c"]}]})
    directory = directory_of({})

    state = from_json(migration.converted(old))

    assert waiting(state, policy, directory) == ["c", "d"]
    after = decide(state, {"by": "c", "do": "return", "to": "one"}, policy, directory)
    assert (after.steps["one"].status, after.acts[0].status, after.acts[0].note) == ("open", "void", "好")
