"""What an editor is told before publishing; what differs; who would be asked."""

from __future__ import annotations

from typing import Any

import pytest

from engine.approvals.pure.check import FaultyPolicy, check, compare, path_to
from engine.approvals.pure.decide import decide, start, waiting
from engine.approvals.pure.directory import PlainDirectory
from engine.approvals.pure.forecast import forecast
from engine.approvals.pure.migrate import migrate
from engine.approvals.pure.policy import read
from tests.engine.approvals.pure.play import PEOPLE, block, step


def policy(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"name": "test", "steps": list(steps)}


def codes(*steps: dict[str, Any], unknown: str = "") -> list[str]:
    return [row.code for row in check(policy(*steps), lambda source: "it is gone" if source == unknown else "")]


def test_a_sound_policy_has_no_findings() -> None:
    assert codes(step("one", "b"), step("two", "c")) == []


def test_a_source_never_found_is_an_error_with_its_path() -> None:
    [row] = check(policy(step("one", "b"), step("two", "c")), lambda source: "left" if source == "user:c" else "")

    assert (row.is_error, str(row)) == (True, "“user:c” can never be found: left. Then the way is submit → one → two.")


def test_nobody_who_refuses_is_an_error() -> None:
    assert codes(step("one", "b", empty="refuse"), unknown="user:b") == ["source-unknown", "nobody-refuses"]


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([step("s", "b", mode="vote")], "vote-of-one"),
        ([step("s", "b", "c", mode="vote", **{"pass": "3"})], "count-too-high"),
        ([step("s", "b", empty="pass"), step("t", "previous-picks:1")], "picks-after-system"),
        ([block(B=[step("B", "b")], C=[step("C", "c")]), step("t", "previous-picks:1")], "picks-in-block"),
        ([step("s", "b", "c"), step("t", "b")], "same-people"),
        ([step("s", "b", overdue="pass")], "deadline-unused"),
    ],
)
def test_what_may_surprise_is_a_warning(steps: list[dict[str, Any]], code: str) -> None:
    assert codes(*steps) == [code]


def test_blocks_that_cannot_end_are_no_policy() -> None:
    for broken in ({"parallel": {}}, {"parallel": {"B": []}}, {"parallel": {"B": [block(C=[step("c", "c")])]}}):
        with pytest.raises(FaultyPolicy):
            check(policy(broken), str.strip)


def test_a_return_to_a_later_step_is_no_policy() -> None:
    with pytest.raises(FaultyPolicy, match="returns: a step returns only to what comes before it"):
        check(policy(step("one", "b", returns="two"), step("two", "c")), str.strip)


def test_the_path_leaves_siblings_out() -> None:
    rules = read(policy(step("A", "b"), block(B=[step("B", "b")], C=[step("C", "c")]), step("D", "d")))

    assert [path_to(rules, key) for key in ("C", "D")] == ["submit → A → C", "submit → A → B → C → D"]


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
    for given in ({"by": "a", "do": "submit"}, {"by": "b", "do": "approve"}, {"by": "c", "do": "approve"}):
        state = decide(state, given, old, directory)

    after = migrate(state, new, directory, by="admin")

    assert {key: row.status for key, row in after.steps.items()} == {
        "one": "passed", "extra": "open", "two": "pending", "three": "pending",
    }  # fmt: skip
    assert waiting(after, new, directory) == ["e"]
    assert [act.status for act in after.acts if act.verb == "approve"] == ["", "void"]
