"""Actions nobody should send: each is refused in words and changes nothing, none ends a replay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.approvals.pure.decide import VERBS
from engine.approvals.pure.replay import replay

DOCUMENT = {
    "policy": {"name": "p", "steps": [{"key": "a", "approvers": ["user:b"]},
                                      {"parallel": {"B": [{"key": "x", "approvers": ["user:c"]}],
                                                    "C": [{"key": "y", "approvers": ["user:d"]}]}}]},
    "applicant": "a",
}  # fmt: skip
BEFORE = [{"by": "a", "do": "submit"}, {"by": "b", "do": "approve"}]
FIELDS = ("picks", "to", "resume", "where", "people", "mode", "person", "from", "until", "policies", "note", "minutes",
          "round", "step", "for")  # fmt: skip
junk = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(["", "a", "b", "x", "previous", "applicant"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["x", "y"]), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("action", ["x", 1, None, [], {}, {"do": "approve"}, {"by": None, "do": "approve"},
                                    {"by": 5, "do": "approve"}, {"by": "c", "do": "approve", "round": True}, {"by": "c", "do": ["approve"]},
                                    {"by": "c", "do": "approve", "step": ["x"]}, {"by": "c", "do": "approve", "for": {}}])  # fmt: skip
def test_malformed_action_is_refused_and_the_replay_goes_on(action):
    *_, before, refused, after = replay(DOCUMENT | {"actions": [*BEFORE, action, {"by": "c", "do": "approve"}]})

    assert refused.pop("error")
    assert refused == before
    assert after["steps"]["x"] == "passed"


@given(
    st.sampled_from(sorted(VERBS)), st.sampled_from("abcd"), st.dictionaries(st.sampled_from(FIELDS), junk, max_size=4)
)
def test_no_content_of_a_field_is_more_than_a_refusal(verb, by, fields):
    shown = replay(DOCUMENT | {"actions": [*BEFORE, {"by": by, "do": verb, **fields}]})

    assert len(shown) == 3
