"""May this employee register?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure.conditions import Candidate, Conditions, Reason, reasons

WELDER = Candidate(trade="welder", unit_ids=frozenset({1, 12, 125}), skill_level=3)


def test_contest_without_conditions_admits_anyone() -> None:
    assert reasons(Conditions(), Candidate()) == []


@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(trades=frozenset({"welder", "fitter"})),
        Conditions(unit_ids=frozenset({12})),
        Conditions(unit_ids=frozenset({1, 99})),
        Conditions(minimum_skill_level=3),
        Conditions(frozenset({"welder"}), frozenset({125}), 1),
    ],
)
def test_who_meets_the_conditions_may_register(conditions: Conditions) -> None:
    assert reasons(conditions, WELDER) == []


def test_another_trade_is_told_which_are_admitted() -> None:
    found = reasons(Conditions(trades=frozenset({"fitter", "electrician"})), WELDER)

    assert found == [Reason("trade_not_admitted", {"trade": "welder", "trades": "electrician, fitter"})]


def test_nobody_without_a_trade_meets_a_condition_on_trades() -> None:
    found = reasons(Conditions(trades=frozenset({"fitter"})), Candidate())

    assert [reason.code for reason in found] == ["trade_not_admitted"]


def test_a_unit_below_or_beside_does_not_help() -> None:
    assert reasons(Conditions(unit_ids=frozenset({1251, 13})), WELDER) == [Reason("unit_not_admitted")]


def test_a_lower_skill_level_is_told_both() -> None:
    assert reasons(Conditions(minimum_skill_level=4), WELDER) == [
        Reason("skill_level_too_low", {"level": 3, "minimum": 4})
    ]


def test_every_reason_is_given_at_once() -> None:
    conditions = Conditions(frozenset({"fitter"}), frozenset({7}), 5)

    codes = [reason.code for reason in reasons(conditions, WELDER)]

    assert codes == ["trade_not_admitted", "unit_not_admitted", "skill_level_too_low"]


TRADES = st.sampled_from(["welder", "fitter", "electrician"])
UNITS = st.frozensets(st.integers(1, 5))
CONDITIONS = st.builds(Conditions, st.frozensets(TRADES), UNITS, st.integers(0, 5))
CANDIDATES = st.builds(Candidate, TRADES | st.just(""), UNITS, st.integers(0, 5))


@given(CONDITIONS, CANDIDATES)
def test_dropping_a_condition_takes_its_reason_and_no_other(conditions: Conditions, employee: Candidate) -> None:
    dropped = {
        "trade_not_admitted": replace(conditions, trades=frozenset()),
        "unit_not_admitted": replace(conditions, unit_ids=frozenset()),
        "skill_level_too_low": replace(conditions, minimum_skill_level=0),
    }
    found = reasons(conditions, employee)

    left = {code: reasons(less, employee) for code, less in dropped.items()}

    assert left == {code: [reason for reason in found if reason.code != code] for code in dropped}
