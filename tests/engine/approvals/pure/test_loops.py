"""Loops: units that stand above themselves, policies that would go round, deadlines that come again and again. Everything
comes to an end with a clear answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.approvals.pure import decide as core
from engine.approvals.pure.policy import FaultyPolicy, read
from engine.approvals.pure.replay import directory_of, replay
from engine.approvals.pure.state import to_json
from tests.engine.approvals.pure.play import PEOPLE, block, play, step

UNITS = ["team", "crew", "shop", "plant"]
PERSONS = [*"abcde"]
AGES = 10**9  # working minutes
LOOP = {
    "people": PEOPLE | {name: {"unit": "team"} for name in "axb"} | {"c": {"unit": "shop"}},
    "units": {"team": {"head": "b", "parent": "shop"}, "shop": {"head": "c", "parent": "team"}},
}

units = st.fixed_dictionaries({
    name: st.fixed_dictionaries({}, optional={"head": st.sampled_from(PERSONS), "parent": st.sampled_from(UNITS)})
    for name in UNITS
})  # fmt: skip
rules = st.fixed_dictionaries(
    {"approvers": st.lists(
        st.sampled_from(["manager:1", "manager:4", "managers:boss", "managers:nobody", "role:boss@unit", "pool:boss", "user:b"]),
        min_size=1, max_size=2,
    )},
    optional={
        "mode": st.sampled_from(["any", "in-turn", "vote"]),
        "deadline": st.sampled_from([1, 60, "1d"]),
        "overdue": st.sampled_from(["remind", "pass", "refuse", "hand-over", "hand-over"]),
        "self": st.sampled_from(["skip", "allow"]),
        "empty": st.sampled_from(["pass", "refuse"]),
        "repeat": st.just("ask"),
    },
)  # fmt: skip
companies = st.fixed_dictionaries({
    "policy": st.lists(rules, min_size=1, max_size=3).map(
        lambda rows: {"name": "p", "steps": [{"key": f"s{n}", **row} for n, row in enumerate(rows)]}
    ),
    "people": st.fixed_dictionaries({name: st.fixed_dictionaries({"unit": st.sampled_from(UNITS)}) for name in PERSONS}),
    "units": units,
    "roles": st.fixed_dictionaries({"boss": st.lists(st.sampled_from(PERSONS), max_size=2, unique=True)}),
    "applicant": st.just("a"),
})  # fmt: skip
ticks = st.lists(st.sampled_from([1, 59, 60, 61, 479, 480, 5_000, AGES]), min_size=1, max_size=4)


@given(companies, ticks)
def test_any_tree_of_units_and_any_time_come_to_an_end(document: dict[str, Any], minutes: list[int]) -> None:
    actions = [{"by": "a", "do": "submit"}, *({"by": "system", "do": "tick", "minutes": n} for n in minutes)]

    shown = replay(document | {"actions": actions})

    assert len(shown) == len(actions)
    for row in shown:
        assert row["waiting"] or row["status"] in {"approved", "refused"}


@given(companies, st.integers(1, 700), st.integers(1, 700))
@settings(deadline=None)
def test_time_passes_the_same_in_one_piece_or_in_two(document: dict[str, Any], one: int, other: int) -> None:
    policy, directory = read(document["policy"]), directory_of(document)
    begun = core.decide(core.start(policy, "a"), {"by": "a", "do": "submit"}, policy, directory)

    def after(*pieces: int) -> Any:
        state = begun
        for minutes in pieces:
            state = core.decide(state, {"by": "system", "do": "tick", "minutes": minutes}, policy, directory)
        return to_json(state)

    assert after(one + other) == after(one, other) == after(*[1] * (one + other))


def test_heads_of_a_loop_of_units_are_each_asked_once() -> None:
    steps = [step("s", "managers:nobody")]

    shown = play(steps, "a submit", "b approve", "c approve", **LOOP)

    assert [row["waiting"] for row in shown] == [["b"], ["c"], []]
    assert shown[-1]["status"] == "approved"


def test_hand_over_leaves_a_loop_of_units_for_the_administrators() -> None:
    wait = {"by": "system", "do": "tick", "minutes": 60}

    shown = play([step("s", "x", deadline="1h", overdue="hand-over")], "a submit", wait, wait, wait, wait, **LOOP)

    assert [row["waiting"] for row in shown] == [["x"], ["b"], ["c"], ["admin"], ["admin"]]


def test_nothing_is_recorded_for_administrators_who_keep_what_they_hold() -> None:
    document = {"policy": {"name": "p", "steps": [step("s", "x", deadline=1, overdue="hand-over")]},
                "people": PEOPLE, "applicant": "a"}  # fmt: skip
    policy, directory = read(document["policy"]), directory_of(document)
    state = core.start(policy, "a")
    for action in ({"by": "a", "do": "submit"}, {"by": "system", "do": "tick", "minutes": AGES}):
        state = core.decide(state, action, policy, directory)

    assert [act.verb for act in state.acts] == ["submit", "hand-over"]
    assert (state.minute, state.steps["s"].clock_minutes) == (AGES, 1)
    assert core.waiting(state, policy, directory) == ["admin"]


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([step("A", "b"), step("B", "c"), step("A", "b")], "the key 'A' stands twice"),
        ([step("A", "b", returns="B"), step("B", "c")], "a step returns only to what comes before it"),
        ([step("A", "b", next="A")], "next: unknown"),
        ([block(B=[block(C=[step("c", "c")])])], "a block cannot stand in a block"),
        ([block(B=[step("A", "b")], C=[step("A", "c")])], "the key 'A' stands twice"),
        ([{"parallel": {"B": []}}], "a branch without steps never ends"),
    ],
)
def test_policies_that_would_go_round_are_refused_in_words(steps: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(FaultyPolicy, match=says):
        play(steps, "a submit")
