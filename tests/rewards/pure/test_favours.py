"""Patterns in what rules pay and in who agrees to whose redemptions are found where they are, and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.pure.favours import Agreed, Paid, in_redemptions, in_rules

NOON = datetime(2026, 11, 2, 12, 0)


def paid(number: int, worker: str = "", points: int = 20, *, rule: str = "hours", approver: str = "", days: int = 7) -> Paid:  # fmt: skip
    return Paid(f"d{number}", rule, worker or f"w{number}", points, NOON + timedelta(days=days * number), approver)


def agreed(number: int, approver: str = "head", worker: str = "", *, size: int = 0, days: int = 7) -> Agreed:
    return Agreed(f"r{number}", approver, worker or f"w{number}", 300, NOON + timedelta(days=days * number), size)


def test_a_rule_that_pays_everybody_alike_has_no_pattern() -> None:
    assert in_rules(paid(number, f"w{number % 8}") for number in range(80)) == []


def test_a_rule_that_pays_one_person_far_more_than_others() -> None:
    others = [paid(number) for number in range(6)]
    one = [paid(number, "w", 100) for number in range(10, 13)]

    (found,) = in_rules([*others, *one])

    assert (found.pattern, found.about, found.people) == ("rule-one-person", "hours", ("w",))
    assert (found.count, found.points, found.facts) == (3, 300, {"usual": 20, "paid": 7})
    assert found.awards == ("d10", "d11", "d12")
    assert found.last_at == NOON + timedelta(days=84)


@pytest.mark.parametrize(
    ("others", "one"),
    [
        (3, [100, 100, 100]),  # too few people to say what is usual
        (6, [300]),  # once is luck
        (6, [60, 60, 60]),  # few points
        (6, [30, 30, 30]),
    ],
)
def test_what_is_not_far_more_is_no_pattern(others: int, one: list[int]) -> None:
    rows = [paid(number) for number in range(others)]

    assert in_rules([*rows, *(paid(20 + number, "w", points) for number, points in enumerate(one))]) == []


def test_each_rule_is_looked_at_for_itself() -> None:
    high = [paid(number, points=400, rule="podium") for number in range(6)]
    low = [paid(20 + number, f"w{number}", 10) for number in range(6)]

    assert in_rules([*high, *low]) == []


def test_one_approver_lets_one_workers_awards_through() -> None:
    often = [paid(number, "w", approver="chair") for number in range(4)]
    spread = [paid(number, "w", approver="chair", days=60) for number in range(4)]
    others = [paid(number, "w", approver=f"q{number}") for number in range(10, 16)]

    assert [(row.pattern, row.people, row.count, row.facts) for row in in_rules(often)] == [
        ("rule-approver", ("chair", "w"), 4, {"share": 100})
    ]
    assert in_rules(often[:3]) == in_rules(spread) == in_rules([*often, *others]) == []


def test_an_award_two_people_agreed_to_counts_once_for_each() -> None:
    rows = [paid(number, "w", approver=name) for number in range(4) for name in ("chair", "finance")]

    assert [(row.people, row.count, row.points) for row in in_rules(rows)] == [
        (("chair", "w"), 4, 80), (("finance", "w"), 4, 80),
    ]  # fmt: skip


def test_one_approver_and_one_person_again_and_again() -> None:
    same = [agreed(number, worker="w") for number in range(4)]
    others = [agreed(number) for number in range(10, 15)]

    assert [(row.pattern, row.people, row.count) for row in in_redemptions(same)] == [
        ("redemption-approver", ("head", "w"), 4)
    ]
    assert in_redemptions(same[:3]) == in_redemptions([*same, *others]) == []
    assert in_redemptions(agreed(number, worker="w", days=40) for number in range(4)) == []


@pytest.mark.parametrize(
    ("size", "pattern"), [(8, "redemption-small-unit"), (20, "redemption-small-unit"), (21, "redemption-approver")]
)
def test_of_the_same_small_unit_is_named_so(size: int, pattern: str) -> None:
    (found,) = in_redemptions(agreed(number, worker="w", size=size) for number in range(5))

    assert (found.pattern, found.points, found.facts) == (pattern, 1500, {"share": 100, "size": size})


def test_hr_who_agrees_to_everything_favours_nobody() -> None:
    rows = [agreed(number, "hr", f"w{number % 6}") for number in range(60)]

    assert in_redemptions(rows) == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("wxyz"), st.integers(0, 30)), max_size=30))
def test_each_pair_is_named_at_most_once_and_never_counts_more_than_there_is(rows: list[tuple[str, str, int]]) -> None:
    lines = [agreed(number, approver, worker, days=days) for number, (approver, worker, days) in enumerate(rows)]

    found = in_redemptions(lines)

    assert len({row.people for row in found}) == len(found)
    for row in found:
        mine = [line for line in lines if (line.approver, line.worker) == row.people]
        assert 4 <= row.count <= len(mine)
        assert row.points <= sum(line.points for line in mine)
