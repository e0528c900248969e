"""Patterns in manual awards are found where they are, and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta

from rewards.pure.suspicion import Line, find

NOON = datetime(2026, 11, 2, 12, 0)


def line(number: int, **changes: object) -> Line:
    at = NOON + timedelta(days=7 * number)
    given = {
        "award": f"a{number}", "proposer": f"p{number}", "approver": f"q{number}", "worker": f"w{number}", "points": 100,
        "proposed_at": at, "decided_at": at + timedelta(hours=3),
    }  # fmt: skip
    return Line(**(given | changes))


def found(*lines: Line) -> list[tuple[str, tuple[str, ...], int]]:
    return [(row.pattern, row.people, row.count) for row in find(lines, threshold=10_000)]


def test_ordinary_awards_have_no_pattern() -> None:
    assert found(*(line(number) for number in range(40))) == []


def test_one_approver_and_one_worker_too_often() -> None:
    often = [line(number, approver="chair", worker="w") for number in range(4)]

    assert found(*often) == [("approver-worker", ("chair", "w"), 4)]
    assert found(*often[:3]) == []
    assert found(*often, *(line(number, worker="w") for number in range(10, 15))) == []
    spread = [line(number * 8, approver="chair", worker="w") for number in range(4)]
    assert found(*spread) == []


def test_pairs_that_agree_or_propose_for_each_other() -> None:
    there = [line(number, proposer="a", approver="b") for number in range(2)]
    back = [line(number, proposer="b", approver="a") for number in range(5, 7)]
    gifts = [line(0, proposer="a", worker="b"), line(1, proposer="a", worker="b"), line(2, proposer="b", worker="a"),
             line(3, proposer="b", worker="a")]  # fmt: skip

    assert found(*there, *back) == [("reciprocal-approval", ("a", "b"), 4)]
    assert found(*there, *back[:1]) == []
    assert found(*gifts) == [("mutual-proposal", ("a", "b"), 4)]


def test_just_under_the_limit_at_night_in_haste_and_split() -> None:
    near = [line(number, proposer="a", points=9_600) for number in range(3)]
    night = [line(number, approver="b", decided_at=NOON + timedelta(days=7 * number, hours=11)) for number in range(3)]
    haste = [
        line(number, proposer="a", approver="b", decided_at=NOON + timedelta(days=7 * number, seconds=40))
        for number in range(3)
    ]
    split = [
        line(number, proposer="a", worker="w", proposed_at=NOON, decided_at=None, approver="") for number in range(3)
    ]

    assert found(*near) == [("just-under", ("a",), 3)]
    assert found(*(line(number, proposer="a", points=9_499) for number in range(3))) == []
    assert found(*night) == [("at-night", ("b",), 3)]
    assert found(*haste) == [("within-a-minute", ("a", "b"), 3)]
    assert found(*split) == [("split", ("a", "w"), 3)]


def test_most_points_come_first_and_facts_can_be_reckoned_again() -> None:
    rows = [
        *(line(n, approver="c", worker="w", points=10) for n in range(4)),
        *(line(n + 20, proposer="a", points=9_900) for n in range(3)),
    ]

    first, second = find(rows, threshold=10_000)

    assert (first.pattern, first.points, first.facts) == ("just-under", 29_700, {"threshold": 10_000})
    assert (second.points, second.awards, second.facts) == (40, ("a0", "a1", "a2", "a3"), {"share": 100})
