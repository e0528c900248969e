"""contests/pure/whatif.py: steps, what undoes them, a removed stretch of time, the difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure import results, whatif
from contests.pure.bundle import Bundle
from contests.pure.scheme import STATUSES, Entry, Judge, Penalty
from contests.pure.whatif import CancelPenalty, Given, GivePenalty, SetFactor, SetMark, SetStatus
from tests.contests.pure import samples

NOON = datetime(2026, 12, 5, 4, tzinfo=UTC)


def small() -> Bundle:
    """Three entries judged by two: a 8, b 7, c 5; b has a penalty of half a point."""
    marks = [*samples.marks("a", "skill", 8, 8), *samples.marks("b", "skill", 7, 7), *samples.marks("c", "skill", 5, 5)]
    return Bundle(
        samples.scheme(),
        tuple(Entry(code, code) for code in "abc"),
        (Judge("j1", "x"), Judge("j2", "y")),
        tuple(marks),
        (Penalty("b", Decimal("0.5"), "超时"),),
    )


def lines(material: Bundle, points: dict[int | None, int] | None = None) -> dict[str, whatif.Line]:
    standings = results.standings(material)
    paid = {row.entry.entry: (points or {}).get(row.rank, 0) for row in standings}
    return whatif.lines(standings, paid)


def ranks(material: Bundle) -> dict[str, int | None]:
    return {code: line.rank for code, line in lines(material).items()}


def test_each_step_changes_what_it_names() -> None:
    steps = (
        SetMark("b", "skill", "j1", Decimal(10)),
        SetMark("b", "skill", "j2", None),
        CancelPenalty("b", Decimal("0.5"), "超时"),
        GivePenalty("a", Decimal(1), "越线"),
        SetStatus("c", "dq"),
        SetFactor("a", "skill", Decimal("1.1")),
    )

    after = whatif.apply(small(), steps)

    assert [(row.entry, row.judge, row.value) for row in after.marks if row.entry == "b"] == [("b", "j1", Decimal(10))]
    assert after.penalties == (Penalty("a", Decimal(1), "越线"),)
    assert [row.factor for row in after.factors] == [Decimal("1.1")]
    assert ranks(after) == {"b": 1, "a": 2, "c": None}
    assert lines(after)["a"].total == "7.80"


@pytest.mark.parametrize(
    "step",
    [SetMark("z", "skill", "j1", None), SetStatus("z", "dq"), CancelPenalty("b", Decimal(1), "超时")],
    ids=["no such entry", "no such entry to disqualify", "no such penalty"],
)
def test_a_step_about_nothing_is_refused(step: whatif.Step) -> None:
    with pytest.raises(whatif.NotThere):
        whatif.apply(small(), [step])
    with pytest.raises(whatif.NotThere):
        whatif.inverse(small(), [step])


def test_a_penalty_is_cancelled_once() -> None:
    step = CancelPenalty("b", Decimal("0.5"), "超时")

    with pytest.raises(whatif.NotThere):
        whatif.apply(small(), [step, step])


@st.composite
def steps_for(draw: st.DrawFn, material: Bundle) -> list[whatif.Step]:
    """Draw steps that fit the material, penalties cancelled only while they are there."""
    if not material.entries:
        return []
    entries = st.sampled_from([row.entry for row in material.entries])
    aspects = st.sampled_from([row.code for row in material.scheme.aspects])
    judges = st.sampled_from([row.judge for row in material.judges])
    numbers = samples.numbers("0.1", "9", 1)
    kinds = st.one_of(
        st.builds(SetMark, entries, aspects, judges, st.none() | st.integers(0, 3).map(Decimal)),
        st.builds(GivePenalty, entries, numbers, st.sampled_from(["", "x"])),
        st.builds(SetStatus, entries, st.sampled_from(["", *STATUSES])),
        st.builds(SetFactor, entries, aspects, st.none() | numbers),
        st.sampled_from([CancelPenalty(row.entry, row.points, row.reason) for row in material.penalties])
        if material.penalties
        else st.nothing(),
    )
    chosen: list[whatif.Step] = []
    for step in draw(st.lists(kinds, max_size=6)):
        try:
            whatif.apply(material, [*chosen, step])
        except whatif.NotThere:
            continue
        chosen.append(step)
    return chosen


@given(samples.bundles())
def test_no_step_makes_no_difference(material: Bundle) -> None:
    after = whatif.apply(material, [])

    assert after == material
    assert whatif.difference(lines(material), lines(after)) == ()


@given(st.data(), samples.bundles())
def test_what_is_undone_leaves_no_difference(data: st.DataObject, material: Bundle) -> None:
    steps = data.draw(steps_for(material))

    back = whatif.apply(whatif.apply(material, steps), whatif.inverse(material, steps))

    assert whatif.difference(lines(material), lines(back)) == ()
    assert set(back.marks) == set(material.marks)
    assert sorted(back.penalties, key=repr) == sorted(material.penalties, key=repr)
    assert (set(back.factors), back.entries) == (set(material.factors), material.entries)


@given(st.data(), samples.bundles())
def test_the_difference_names_exactly_what_changed(data: st.DataObject, material: Bundle) -> None:
    before, after = lines(material), lines(whatif.apply(material, data.draw(steps_for(material))))

    rows = whatif.difference(before, after)

    assert {row.entry for row in rows} == {code for code in before if before[code] != after[code]}
    assert all((row.before, row.after) == (before[row.entry], after[row.entry]) for row in rows)


def test_the_difference_says_ranks_points_medals_and_certificates() -> None:
    points: dict[int | None, int] = {1: 300, 2: 200}
    before = lines(small(), points)
    after = lines(whatif.apply(small(), [SetStatus("a", "dq")]), points)

    rows = whatif.difference(before, after, {"a": ["C-1"], "z": ["C-9"]})

    assert [whatif.to_json(row) for row in rows] == [
        {
            "entry": "b",
            "before": {
                "rank": 2,
                "total": "6.50",
                "standardised": None,
                "status": "",
                "points": 200,
                "medal": "silver",
            },
            "after": {"rank": 1, "total": "6.50", "standardised": None, "status": "", "points": 300, "medal": "gold"},
            "certificates": [],
        },
        {
            "entry": "c",
            "before": {"rank": 3, "total": "5.00", "standardised": None, "status": "", "points": 0, "medal": "bronze"},
            "after": {"rank": 2, "total": "5.00", "standardised": None, "status": "", "points": 200, "medal": "silver"},
            "certificates": [],
        },
        {
            "entry": "a",
            "before": {"rank": 1, "total": "8.00", "standardised": None, "status": "", "points": 300, "medal": "gold"},
            "after": {"rank": None, "total": "8.00", "standardised": None, "status": "dq", "points": 0, "medal": ""},
            "certificates": ["C-1"],
        },
    ]
    assert all(row.medal_changes for row in rows)


def op(minute: int, value: str | None, version: int, *, entry: str = "a", is_decision: bool = False) -> Given:
    mark = None if value is None else Decimal(value)
    return Given((entry, "skill", "j1"), mark, version, NOON + timedelta(minutes=minute), is_decision)


CELL = ("a", "skill", "j1")


@pytest.mark.parametrize(
    ("history", "held", "restored"),
    [
        ([op(0, "8", 1), op(11, "3", 2)], 2, [Decimal(8)]),
        ([op(11, "3", 1)], 1, [None]),
        ([op(0, "8", 1), op(10, "3", 2), op(19, "4", 3)], 3, [Decimal(8)]),
        ([op(0, "8", 1), op(9, "3", 2)], 2, []),
        ([op(0, "8", 1), op(11, "3", 2), op(20, "7", 3)], 3, []),
        ([op(0, "8", 1), op(12, "8", 1)], 1, []),
        ([op(0, "8", 1), op(11, "3", 2), op(12, "9", 3, is_decision=True)], 3, []),
        ([op(0, "8", 1), op(11, "3", 3)], 3, [None]),
        ([op(0, "8", 1), op(11, "3", 2)], 3, []),
    ],
    ids=[
        "the mark before comes back",
        "no mark before: cleared",
        "several in the span, its first minute included",
        "given before the span",
        "given again afterwards, its last minute excluded",
        "repeated in the span",
        "decided by the chief judge",
        "cleared in between to be marked again",
        "cleared since to be marked again",
    ],
)
def test_a_removed_stretch_of_time_gives_back_what_was(
    history: list[Given], held: int, restored: list[Decimal | None]
) -> None:
    voided = whatif.void_span(history, {CELL: held}, NOON + timedelta(minutes=10), NOON + timedelta(minutes=20))

    assert voided == whatif.Voided(tuple(SetMark(*CELL, value) for value in restored), ())


def test_a_mark_of_an_imported_contest_cannot_be_found_again() -> None:
    voided = whatif.void_span([op(11, "3", 2)], {CELL: 2}, NOON, NOON + timedelta(hours=1))

    assert voided == whatif.Voided((), (CELL,))


HISTORIES = st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 9).map(str)), max_size=6).map(
    lambda rows: [
        op(minute, value, number) for number, (minute, value) in enumerate(sorted(rows, key=lambda r: r[0]), 1)
    ]
)


@given(HISTORIES, st.integers(0, 60), st.integers(0, 30))
def test_a_removed_span_is_the_history_without_it(history: list[Given], since: int, minutes: int) -> None:
    begin, end = NOON + timedelta(minutes=since), NOON + timedelta(minutes=since + minutes)

    voided = whatif.void_span(history, {CELL: len(history)}, begin, end)

    now = history[-1].value if history else None
    left = [row for row in history if not begin <= row.at < end]
    expected = left[-1].value if left else None
    assert [step.value for step in voided.steps] in ([], [expected])
    assert (voided.steps[0].value if voided.steps else now) == expected
    assert voided.unknown == ()


@given(HISTORIES, st.integers(0, 60))
def test_a_span_of_no_length_removes_nothing(history: list[Given], minute: int) -> None:
    moment = NOON + timedelta(minutes=minute)

    assert whatif.void_span(history, {CELL: len(history)}, moment, moment) == whatif.Voided((), ())
