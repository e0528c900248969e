"""What one rule decides about one event."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.pure.award_rules import (
    REMEMBERED,
    Band,
    Condition,
    Counterparties,
    Decision,
    Facts,
    Past,
    Person,
    Points,
    Rule,
    Streak,
    decide,
    streak_length,
)

EXAMPLES = int(os.environ.get("RULE_EXAMPLES", "150"))
DAY = date(2026, 11, 20)  # a Friday
WORKER = Person("1301", ("group", "steel", "steel-1"), "welder", 3, 2)
RULE = Rule("contest.placed", Points(fact="rank", bands=(Band(1, 1, 300), Band(2, 3, 200), Band(4, 8, 50))))


def facts(rank: int = 1, *, key: str = "contest:w", on: date = DAY, **changes: object) -> Facts:
    return replace(Facts("contest.placed", key, on, WORKER, {"rank": rank, "contest": "w"}), **changes)


def past(key: str, points: int = 0, *, days: int = 0, partner: str = "") -> Past:
    return Past("contest.placed", key, DAY - timedelta(days=days), points, partner)


@pytest.mark.parametrize(("rank", "points"), [(1, 300), (2, 200), (3, 200), (4, 50), (8, 50)])
def test_table_pays_by_the_fact(rank: int, points: int) -> None:
    assert decide(RULE, facts(rank)) == Decision(points, "granted", "granted", points)


def test_sentences_are_those_of_the_specification() -> None:
    five = Rule("contest.placed", Points(fixed=5), caps={"day": 8})

    decisions = [
        decide(five, facts()),
        decide(five, facts(), [past("contest:a", 5)]),
        decide(five, facts(), [past("contest:a", 8)]),
        decide(five, facts(), [past("contest:w", 5)]),
        decide(five, facts(budget_left=4)),
        decide(replace(five, approval_from=5), facts()),
    ]

    assert [(row.points, row.sentence) for row in decisions] == [
        (5, "granted"), (3, "capped 3 of 5"), (0, "capped 0 of 5"), (0, "duplicate of contest.placed contest:w"),
        (0, "budget empty"), (5, "waiting for approval"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition("rank", "at-most", (3,)), True), (Condition("rank", "at-least", (2,)), False),
        (Condition("contest", "in", ("v", "w")), True), (Condition("contest", "is", ("v",)), False),
        (Condition("unit", "in", ("steel",), "person"), True), (Condition("unit", "in", ("rolling",), "person"), False),
        (Condition("trade", "is", ("welder",), "person"), True), (Condition("skill_level", "at-least", (4,), "person"), False),
        (Condition("level", "at-least", (2,), "person"), True), (Condition("grade", "is", ("A",)), False),
    ],
)  # fmt: skip
def test_conditions_on_facts_and_person(condition: Condition, holds: bool) -> None:
    decision = decide(replace(RULE, conditions=(condition,)), facts())

    assert (decision.outcome == "granted") is holds
    if not holds:
        assert decision.sentence.startswith("condition not met: ")


def test_value_outside_the_table_pays_nothing() -> None:
    assert decide(RULE, facts(9)) == Decision(0, "not-met", "no points for this value")
    assert decide(Rule("contest.placed", Points(fact="entrants", each=2)), facts()).points == 0


@pytest.mark.parametrize(
    ("span", "earlier", "points"),
    [
        ("day", 0, 2),
        ("day", 1, 5),
        ("month", 19, 2),
        ("month", 20, 5),
        ("season", 50, 2),
        ("season", 51, 5),
        ("rule", 400, 2),
    ],
)
def test_caps_count_their_own_span(span: str, earlier: int, points: int) -> None:
    rule = Rule("contest.placed", Points(fixed=5), caps={span: 7})
    season = (DAY - timedelta(days=50), DAY + timedelta(days=50))

    decision = decide(rule, facts(season=season), [past("contest:a", 5, days=earlier)])

    assert decision.points == points


def test_cap_of_a_season_asks_nothing_outside_of_seasons() -> None:
    rule = Rule("contest.placed", Points(fixed=5), caps={"season": 7})

    assert decide(rule, facts(season=None), [past("contest:a", 7)]).points == 5


def test_partners_are_counted_once_each_and_never_oneself() -> None:
    rule = Rule("contest.placed", Points(fixed=5), counterparties=Counterparties(3, 30))
    before = [
        past("a", partner="1"),
        past("b", partner="1"),
        past("c", partner="1301"),
        past("d", days=30, partner="9"),
    ]

    few = decide(rule, facts(partner="2"), before)
    enough = decide(rule, facts(partner="2"), [*before, past("e", days=29, partner="3")])

    assert (few.outcome, few.sentence) == ("too-few", "2 of 3 different counterparties")
    assert enough.outcome == "granted"


def test_streak_of_weeks_pays_its_bonus_each_time_it_is_complete() -> None:
    rule = Rule("contest.placed", Points(fixed=10), streak=Streak(3, "week", 100))
    history: list[Past] = []
    points = []
    for week in range(7):
        on = DAY + timedelta(weeks=week)
        decision = decide(rule, facts(key=str(week), on=on), history)
        points.append(decision.points)
        history.append(Past("contest.placed", str(week), on, decision.points))

    again = decide(rule, facts(key="again", on=on), history)

    assert points == [10, 10, 110, 10, 10, 110, 10]
    assert again.points == 10


def test_streak_is_broken_by_a_gap_and_months_cross_the_year() -> None:
    days = [date(2026, 11, 3), date(2026, 12, 30), date(2027, 1, 1)]
    rows = [Past("e", str(day), day, 0) for day in days]

    assert streak_length("month", date(2027, 2, 28), rows) == 4
    assert streak_length("month", date(2027, 3, 1), rows) == 1
    assert streak_length("month", date(2027, 1, 30), rows) == 0
    assert streak_length("times", date(2027, 1, 30), rows) == 4


events = st.lists(
    st.tuples(st.integers(0, 70), st.integers(1, 12), st.sampled_from(["", "1", "2", "3", "1301"])), max_size=30
)
caps = st.fixed_dictionaries({}, optional={name: st.integers(1, 400) for name in ("day", "month", "season", "rule")})


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    events,
    caps,
    st.none() | st.integers(0, 500),
    st.none()
    | st.builds(Streak, st.integers(2, 4), st.sampled_from(["times", "day", "week", "month"]), st.integers(1, 50)),
)
def test_whatever_happens_caps_and_budgets_hold(rows, most, budget, streak) -> None:
    """Walk a random history: no cap is ever exceeded, no budget overdrawn, the same event never pays twice."""
    season = (date(2026, 1, 10), date(2026, 2, 10))
    rule = replace(RULE, caps=most, streak=streak)
    history: list[Past] = []
    left = budget
    for number, (day, rank, partner) in enumerate(sorted(rows)):
        on = date(2026, 1, 1) + timedelta(days=day)
        in_season = season if season[0] <= on <= season[1] else None
        asked = facts(rank, key=f"k{number // 2}", on=on, partner=partner, season=in_season, budget_left=left)
        decision = decide(rule, asked, history)
        is_repeat = any(row.key == asked.key for row in history)
        assert (decision.outcome == "duplicate") is is_repeat
        assert 0 <= decision.points <= max(0, decision.wanted)
        assert (decision.outcome == "granted") is (decision.points == decision.wanted > 0)
        if left is not None:
            left -= decision.points
            assert left >= 0
        if decision.outcome in REMEMBERED:
            history.append(Past(asked.event, asked.key, on, decision.points, partner))
    spans = {
        "rule": lambda _on: 0, "day": lambda on: on, "month": lambda on: (on.year, on.month),
        "season": lambda on: "in" if season[0] <= on <= season[1] else on,
    }  # fmt: skip
    for span, limit in most.items():
        sums: dict[object, int] = {}
        for row in history:
            sums[spans[span](row.on)] = sums.get(spans[span](row.on), 0) + row.points
        wanted = {key: value for key, value in sums.items() if span != "season" or key == "in"}
        assert all(value <= limit for value in wanted.values())
