"""Units over several disciplines: points, quotas, ties."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.pure.awards import Band
from contests.pure.unit_table import BadRule, Placing, UnitRule, read_rule, table, to_json, usual_rule

EXAMPLES = int(os.environ.get("JINBANG_EXAMPLES", "60"))


def placing(discipline: str, unit: str, rank: int, total: str = "0") -> Placing:
    return Placing(discipline, unit, rank, Decimal(total), f"{unit}-{rank}")


def short(lines: list) -> list[tuple[int, str, int]]:
    return [(line.rank, line.unit, line.total) for line in lines]


def test_ranks_bring_points_over_all_disciplines() -> None:
    placings = [
        placing("welding", "炼钢厂", 1), placing("welding", "轧钢厂", 2), placing("welding", "炼钢厂", 3),
        placing("fitting", "轧钢厂", 1), placing("fitting", "炼铁厂", 9),
    ]  # fmt: skip

    lines = table(placings, usual_rule())

    assert short(lines) == [(1, "轧钢厂", 16), (2, "炼钢厂", 15), (3, "炼铁厂", 0)]
    assert [dict(line.cells) for line in lines] == [{"welding": 7, "fitting": 9}, {"welding": 15}, {"fitting": 0}]


def test_best_counts_that_many_of_each_discipline_and_shows_the_others() -> None:
    placings = [placing("welding", "甲", rank) for rank in (1, 2, 3)] + [placing("fitting", "甲", 1)]

    (line,) = table(placings, UnitRule(bands=usual_rule().bands, best=2))

    assert line.cells == {"welding": 16, "fitting": 9}
    assert [(one.points, one.counts) for one in line.counted if one.placing.discipline == "welding"] == [
        (9, True), (7, True), (6, False),
    ]  # fmt: skip


def test_more_first_ranks_decide_between_equal_totals_then_the_rank_is_shared() -> None:
    bands = (Band(1, 1, 6), Band(2, 3, 3))
    placings = [
        placing("a", "二二", 2), placing("b", "二二", 3), placing("c", "头名", 1),
        placing("c", "也二二", 2), placing("d", "也二二", 3),
    ]  # fmt: skip

    assert short(table(placings, UnitRule(bands=bands))) == [(1, "头名", 6), (2, "也二二", 6), (2, "二二", 6)]
    assert [line.rank for line in table(placings, UnitRule(bands=bands, ties=()))] == [1, 1, 1]


def test_totals_are_standardised_in_each_discipline() -> None:
    placings = [
        placing("of-100", "甲", 1, "90"), placing("of-100", "乙", 2, "80"),
        placing("of-1000", "乙", 1, "900"), placing("of-1000", "甲", 2, "800"),
    ]  # fmt: skip

    lines = table(placings, UnitRule(kind="totals"))

    assert short(lines) == [(1, "乙", 1400), (1, "甲", 1400)]
    assert lines[0].cells == {"of-100": 600, "of-1000": 800}


def test_an_entry_without_a_unit_moves_the_standard_but_nobody_is_given_its_points() -> None:
    placings = [placing("a", "", 1, "90"), placing("a", "甲", 2, "80")]

    assert short(table(placings, UnitRule(kind="totals"))) == [(1, "甲", 600)]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ([], "kind"),
        ({"kind": "sum"}, "kind"),
        ({"kind": "ranks", "rows": []}, "rows"),
        ({"rows": [{"rank_from": 2, "rank_to": 1, "points": 1}]}, "rows"),
        ({"rows": "x"}, "rows"),
        ({"kind": "totals", "best": 0}, "best"),
        ({"kind": "totals", "best": True}, "best"),
        ({"kind": "totals", "ties": ["firsts", "firsts"]}, "ties"),
        ({"kind": "totals", "ties": ["luck"]}, "ties"),
        ({"kind": "totals", "more": 1}, "kind"),
    ],
)
def test_a_wrong_rule_is_refused_by_its_part(data: object, part: str) -> None:
    with pytest.raises(BadRule, match=part):
        read_rule(data)


def test_a_rule_survives_being_stored() -> None:
    rule = UnitRule("totals", (), 3, ("best", "firsts"))

    assert read_rule(to_json(rule)) == rule
    assert read_rule({}) == usual_rule() == read_rule(to_json(usual_rule()))


units = st.sampled_from(["甲厂", "乙厂", "丙厂", "丁厂", ""])
placings_of_a_festival = st.lists(
    st.builds(
        Placing,
        discipline=st.sampled_from(["a", "b", "c"]),
        unit=units,
        rank=st.integers(1, 12),
        total=st.decimals(0, 100, places=2),
        entry=st.text("0123456789", min_size=1, max_size=3),
    ),
    max_size=30,
)
rules = st.builds(
    UnitRule,
    kind=st.sampled_from(["ranks", "totals"]),
    bands=st.just(usual_rule().bands),
    best=st.none() | st.integers(1, 4),
    ties=st.permutations(["firsts", "seconds", "thirds", "best"]).map(tuple),
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(placings=placings_of_a_festival, rule=rules, shuffle=st.randoms(use_true_random=False))
def test_whatever_the_order_of_placings_the_table_is_the_same_and_adds_up(placings, rule, shuffle) -> None:  # type: ignore[no-untyped-def]
    lines = table(placings, rule)
    mixed = list(placings)
    shuffle.shuffle(mixed)

    assert table(mixed, rule) == lines
    assert {line.unit for line in lines} == {row.unit for row in placings} - {""}
    for line in lines:
        assert line.total == sum(line.cells.values()) == sum(one.points for one in line.counted if one.counts)
    totals = [line.total for line in lines]
    assert totals == sorted(totals, reverse=True)
    ranks = [line.rank for line in lines]
    assert all(rank == 1 + sum(other < rank for other in ranks) for rank in ranks)


@settings(max_examples=EXAMPLES, deadline=None)
@given(placings=placings_of_a_festival, unit=units.filter(bool))
def test_one_more_first_rank_never_harms_a_unit_where_ranks_bring_points(placings, unit) -> None:  # type: ignore[no-untyped-def]
    rule = usual_rule()
    before = {line.unit: (line.total, line.rank) for line in table(placings, rule)}

    after = {line.unit: (line.total, line.rank) for line in table([*placings, placing("z", unit, 1, "100")], rule)}

    if unit in before:
        assert after[unit][0] == before[unit][0] + 9
        assert after[unit][1] <= before[unit][1]
