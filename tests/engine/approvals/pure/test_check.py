"""What an editor is told before publishing; what differs; who would be asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.approvals.pure import way
from engine.approvals.pure.check import FaultyPolicy, check, compare
from engine.approvals.pure.decide import decide, start, waiting
from engine.approvals.pure.directory import PlainDirectory
from engine.approvals.pure.forecast import forecast
from engine.approvals.pure.migrate import migrate
from engine.approvals.pure.policy import read
from tests.engine.approvals.pure.play import PEOPLE, block, step


def policy(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"name": "test", "steps": list(steps)}


def found_all(_source: str) -> str:
    return ""


def codes(*steps: dict[str, Any], unknown: str = "") -> list[str]:
    return [row.code for row in check(policy(*steps), lambda source: "it is gone" if source == unknown else "")]


def test_a_sound_policy_has_no_findings() -> None:
    assert codes(step("one", "b"), step("two", "c")) == []


def test_a_source_never_found_is_an_error_with_its_path() -> None:
    [row] = check(policy(step("one", "b"), step("two", "c")), lambda source: "left" if source == "user:c" else "")

    assert (row.is_error, str(row)) == (True, "“user:c” can never be found: left. submit → one → two")


def test_nobody_who_refuses_is_an_error() -> None:
    assert codes(step("one", "b", empty="refuse"), unknown="user:b") == ["source-unknown", "nobody-refuses"]


def test_branch_that_only_refuses_is_a_block_that_cannot_end() -> None:
    steps = (step("A", "a"), block(B=[step("B", "b", empty="refuse")], C=[step("C", "c")]))

    found = check(policy(*steps), lambda source: "gone" if source == "user:b" else "")

    assert [(row.code, row.example) for row in found] == [
        ("source-unknown", "submit → A → B"), ("block-refuses", "submit → A → B"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([step("s", "b", mode="vote")], "vote-of-one"),
        ([step("s", "b", "c", mode="vote", **{"pass": "3"})], "count-too-high"),
        ([step("s", "b", empty="pass"), step("t", "previous-picks:1")], "picks-after-system"),
        ([block(B=[step("B", "b")], C=[step("C", "c")]), step("t", "previous-picks:1")], "picks-in-block"),
        ([step("s", "b", "c"), step("t", "b")], "same-people"),
        ([step("s", "b", overdue="pass")], "deadline-unused"),
        ([block(B=[step("s", "b"), step("t", "c")])], "block-of-one"),
    ],
)
def test_what_may_surprise_is_a_warning(steps: list[dict[str, Any]], code: str) -> None:
    assert codes(*steps) == [code]


EMPTY_BRANCH = [step("A", "b"), {"parallel": {"left": [step("B", "c")], "right": []}}, step("D", "d")]
LATER = [step("A", "b"), step("B", "c", returns="D"), step("C", "d"), step("D", "e")]
SIBLING = [step("A", "b"), block(left=[step("B", "c"), step("C", "d", returns="D")], right=[step("D", "e")])]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        (EMPTY_BRANCH, [("block-endless", "submit → A → …")]),
        ([step("A", "b"), {"parallel": {}}], [("block-endless", "submit → A → …")]),
        ([{"parallel": {"left": [], "right": []}}], [("block-endless", "submit → …"), ("block-endless", "submit → …")]),
        (LATER, [("return-later", "submit → A → B → C → D")]),
        ([step("A", "b", returns="A")], [("return-later", "submit → A")]),
        (SIBLING, [("return-later", "submit → A → B → C → D")]),
    ],
)
def test_tangles_are_findings_with_an_example_path(steps: list[dict[str, Any]], found: list[tuple[str, str]]) -> None:
    rows = check(policy(*steps), found_all)

    assert [(row.code, row.example) for row in rows] == found
    assert all(row.is_error for row in rows)
    with pytest.raises(FaultyPolicy):  # what other programs send is refused, as ever
        read(policy(*steps))


def test_empty_branch_is_named_on_the_way() -> None:
    [row] = check(policy(*EMPTY_BRANCH), found_all)

    assert [(stop.key, stop.branch) for stop in row.path if not stop.is_missing] == [("submit", ""), ("A", "")]
    assert (row.path[-1].is_missing, row.path[-1].branch) == (True, "right")


def test_everything_else_is_checked_beside_a_tangle() -> None:
    steps = [step("A", "b", returns="B"), step("B", "c"), {"parallel": {"x": [], "y": [step("C", "d")]}}]

    found = check(policy(*steps), lambda source: "left" if source == "user:c" else "")

    assert sorted(row.code for row in found) == ["block-endless", "return-later", "source-unknown"]


@pytest.mark.parametrize(
    "broken",
    [
        step("one", "b", returns="nowhere-known"),
        {"parallel": {"B": [block(C=[step("c", "c")])]}},
        {"parallel": {"B": "x"}},
        {"parallel": [step("B", "b")]},
        {"key": 1},
        "x",
    ],
)
def test_other_faults_are_no_policy(broken: Any) -> None:
    with pytest.raises(FaultyPolicy):
        check(policy(step("first", "b"), broken), str.strip)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.sampled_from(["A", "B", "any", "start", "user:b", "x"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["key", "approvers", "returns", "parallel", "steps", "A"]), inner, max_size=4
            )
        ),
        max_leaves=20,
    )
)
def test_whatever_is_sent_is_checked_or_refused(given_steps: Any) -> None:
    try:
        found = check({"name": "test", "steps": given_steps}, found_all)
    except FaultyPolicy:
        assert not _is_readable(given_steps)
        return
    assert any(row.is_error for row in found) != _is_readable(given_steps)


def _is_readable(steps: Any) -> bool:
    try:
        read({"name": "test", "steps": steps})
    except FaultyPolicy:
        return False
    return True


def test_the_path_leaves_siblings_out() -> None:
    rules = read(policy(step("A", "b"), block(B=[step("B", "b")], C=[step("C", "c")]), step("D", "d")))

    ways = [" → ".join(map(str, way.to(rules, key))) for key in ("C", "D")]

    assert ways == ["submit → A → C", "submit → A → B → C → D"]


def test_compare_names_what_differs() -> None:
    old = policy(step("one", "b"), step("two", "c"), step("gone", "d"))
    new = policy(step("one", "b", mode="any"), step("new", "e"), step("two", "c")) | {"keep_passed_branches": True}

    assert [(row.step, row.kind) for row in compare(old, new)] == [
        ("one", "changed"), ("new", "added"), ("two", "moved"), ("gone", "removed"), ("", "changed"),
    ]  # fmt: skip
    assert compare(old, old) == []


UNITS = {"team": {"head": "b", "parent": "shop"}, "shop": {"head": "c"}}
COMPANY = PlainDirectory({name: {"unit": "team"} for name in PEOPLE}, UNITS, {"x": ["d", "e"], "none": []})


def test_forecast_says_who_would_be_asked() -> None:
    rules = read(policy(
        step("unit", "manager:1"), step("again", "b"), step("pool", "pool:x"), step("none", "role:none", empty="pass"),
        step("mine", "applicant-picks:2"), block(B=[step("B", "managers:x")], C=[step("C", "previous-picks:1")]),
    ))  # fmt: skip

    stages = forecast(rules, "a", COMPANY)

    assert [(row.step, row.people, row.pool, row.reason, row.is_picked) for row in stages] == [
        ("unit", ("b",), (), "", False),
        ("again", ("b",), (), "repeat:1", False),
        ("pool", (), ("d", "e"), "", False),
        ("none", (), (), "nobody-pass", False),
        ("mine", (), (), "", True),
        ("B", ("b", "c"), (), "repeat:1", False),
        ("C", (), (), "", True),
    ]


def test_migration_keeps_what_passed_in_the_same_order() -> None:
    old = read(policy(step("one", "b"), step("two", "c"), step("three", "d")))
    new = read(policy(step("one", "b"), step("extra", "e"), step("two", "c"), step("three", "d")))
    directory = PlainDirectory(PEOPLE)
    state = start(old, "a")
    for action in ({"by": "a", "do": "submit"}, {"by": "b", "do": "approve"}, {"by": "c", "do": "approve"}):
        state = decide(state, action, old, directory)

    after = migrate(state, new, directory, by="admin")

    assert {key: row.status for key, row in after.steps.items()} == {
        "one": "passed", "extra": "open", "two": "pending", "three": "pending",
    }  # fmt: skip
    assert waiting(after, new, directory) == ["e"]
    assert [act.status for act in after.acts if act.verb == "approve"] == ["", "void"]
