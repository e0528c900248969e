"""Rules as data: read, written, and checked before they are published."""

from __future__ import annotations

import pytest

from rewards.pure.rule_checks import BadRule, check, differences, read, write

PLACED = {"event": "contest.placed", "points": {"fact": "rank", "bands": [[1, 1, 300], [2, 3, 200]]}}
WHOLE = {
    **PLACED,
    "conditions": [{"fact": "unit", "operator": "in", "values": ["steel"], "of": "person"}],
    "caps": {"month": 500, "season": 900},
    "streak": {"length": 3, "span": "month", "bonus": 100},
    "approval_from": 300,
}


@pytest.mark.parametrize("data", [PLACED, WHOLE, {"event": "login.daily", "points": {"fixed": 1}, "caps": {"month": 20}},
                                  {"event": "course.attended", "points": {"fact": "hours", "each": 5}}])  # fmt: skip
def test_what_is_read_is_written_again(data: dict) -> None:
    assert write(read(data)) == data
    assert check(read(data)) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"points": {"fixed": -1}}, "points.fixed"), ({"points": {"fixed": 1.5}}, "points.fixed"), ({"points": {"fixed": True}}, "points.fixed"),
        ({"points": {"fact": "rank", "bands": [[3, 1, 5]]}}, "points.bands"), ({"points": {"fact": "rank"}}, "points.each"),
        ({"caps": {"week": 5}}, "caps"), ({"caps": {"day": 0}}, "caps.day"), ({"streak": {"length": 1, "span": "day", "bonus": 1}}, "streak"),
        ({"conditions": [{"fact": "rank", "operator": "like", "values": [1]}]}, "conditions"), ({"event": None}, "event"),
        ({"conditions": [{"fact": "rank", "operator": "is", "values": []}]}, "conditions"), ({"approval_from": "9"}, "approval_from"),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused_by_its_part(change: dict, where: str) -> None:
    with pytest.raises(BadRule) as caught:
        read({**PLACED, **change})

    assert str(caught.value) == where


def condition(fact: str, operator: str, *values: object, of: str = "event") -> dict:
    return {"fact": fact, "operator": operator, "values": list(values), "of": of}


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"event": "moon.landed"}, ["unknown-event"]),
        ({"conditions": [condition("colour", "is", "red")]}, ["unknown-fact"]),
        ({"conditions": [condition("shoe_size", "is", 44, of="person")]}, ["unknown-fact"]),
        ({"conditions": [condition("trade", "at-least", 3, of="person")]}, ["not-a-number"]),
        ({"conditions": [condition("rank", "is", "first")]}, ["wrong-values"]),
        ({"points": {"fact": "trade", "each": 5}}, ["no-such-number"]),
        ({"conditions": [condition("rank", "at-most", 2), condition("rank", "at-least", 3)]}, ["never-true"]),
        ({"conditions": [condition("contest", "is", "a"), condition("contest", "is", "b")]}, ["never-true"]),
        ({"conditions": [condition("unit", "in", "a", of="person"), condition("unit", "in", "b", of="person")]}, []),
        ({"conditions": [condition("rank", "at-least", 4)]}, ["never-points"]),
        ({"points": {"fact": "rank", "bands": [[1, 3, 5], [3, 4, 2]]}}, ["bands-overlap"]),
        ({"points": {"fixed": 0}}, ["nothing-to-pay"]),
        ({"caps": {"day": 600, "month": 500}}, ["cap-out-of-reach"]),
        ({"caps": {"day": 100}}, ["cap-below-points"]),
        ({"caps": {"day": 300}, "streak": {"length": 2, "span": "day", "bonus": 400}}, ["cap-below-bonus"]),
        ({"approval_from": 301}, ["approval-out-of-reach"]),
        ({"event": "suggestion.adopted", "points": {"fact": "benefit", "each": 1}}, ["not-reported"]),
        ({"counterparties": {"at_least": 3, "days": 30}}, ["no-partner"]),
    ],
)  # fmt: skip
def test_checks_name_what_cannot_work(change: dict, codes: list[str]) -> None:
    assert [row.code for row in check(read({**PLACED, **change}))] == codes


def test_two_versions_differ_part_by_part() -> None:
    assert differences(PLACED, WHOLE)[0] == ("conditions", None, WHOLE["conditions"])
    assert differences(PLACED, PLACED) == []
