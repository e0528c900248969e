"""contests/pure/sensitivity.py: how firmly a result stands, by hand and against plain rescoring."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from contests.pure import results, sensitivity
from contests.pure.bundle import Bundle
from contests.pure.scheme import Aspect, Entry, Judge, Mark, Penalty, Ranking
from contests.pure.sensitivity import Place, Report, Sentence
from tests.contests.pure import samples


def contest(*rows: str, judges: int = 3, aspect: Aspect | None = None) -> Bundle:
    """One aspect; a row for each entry a, b, c … of the marks of j1, j2 …"""
    item = aspect or samples.aspect()
    return Bundle(
        samples.scheme(item),
        tuple(Entry(code, "") for code, _row in zip("abcdefgh", rows, strict=False)),
        tuple(Judge(f"j{number}", "") for number in range(1, judges + 1)),
        tuple(
            mark
            for code, row in zip("abcdefgh", rows, strict=False)
            for mark in samples.marks(code, item.code, *row.split())
        ),
    )


def variants(report: Report) -> dict[str, tuple[Place, ...]]:
    return {row.judge or row.kind: row.changes for row in (*report.judges, *report.trims)}


CLEAR = contest("9 9 9", "8 8 8", "7 7 7", "6 6 6")
# means 8, 7.67, 7, 5; without j3: 7.5, 8 — the first two change places
CLOSE = contest("7 8 9", "8 8 7", "7 7 7", "5 5 5")


def test_no_single_judge_decides_a_clear_podium() -> None:
    report = sensitivity.examine(CLEAR)

    assert report.podium == {"a": 1, "b": 2, "c": 3}
    assert report.verdict == Sentence("nobody_decides")
    assert variants(report) == {"j1": (), "j2": (), "j3": (), "more-trim": (), "median": ()}


def test_judge_without_whom_two_places_swap_is_named() -> None:
    report = sensitivity.examine(CLOSE)

    assert variants(report)["j3"] == (Place("a", 1, 2), Place("b", 2, 1))
    assert report.verdict == Sentence("judges_decide", {"judges": "j3"})
    assert report.judges[2].sentence == Sentence("without_swap", {"judge": "j3", "one": "1", "other": "2"})
    assert report.judges[0].sentence == Sentence("without_same", {"judge": "j1"})


def test_who_comes_in_and_who_goes_is_told() -> None:
    report = sensitivity.examine(contest("9 9 9", "8 8 8", "7 7 7", "1 8 9"))

    # without j1 d has 8.5: a, d, b, c
    assert report.judges[0].changes == (Place("b", 2, 3), Place("c", 3, 4), Place("d", 4, 2))
    assert report.judges[0].sentence == Sentence("without_change", {"judge": "j1", "changes": "b 2→3, c 3→4, d 4→2"})


def test_two_who_tie_do_not_swap() -> None:
    report = sensitivity.examine(contest("7 9", "7 7", judges=2))

    assert report.judges[1].changes == (Place("b", 2, 1),)
    assert report.judges[1].sentence.params == {"judge": "j2", "changes": "b 2→1"}


def test_another_trimming_by_hand() -> None:
    trimmed = samples.aspect(combine="trimmed-mean", trim=1, trim_from=5)
    # trimmed: a 8 8 8 → 8; b 7.5 8 8 → 7.83; all: a 37/5 = 7.4, b 41.5/5 = 8.3; median: 8 and 8
    report = sensitivity.examine(contest("5 8 8 8 8", "7.5 8 8 7 10", judges=5, aspect=trimmed))

    found = variants(report)
    assert found["no-trim"] == (Place("a", 1, 2), Place("b", 2, 1))
    assert found["more-trim"] == found["median"] == (Place("b", 2, 1),)
    assert [row.sentence.code for row in report.trims] == ["trim_swap", "trim_change", "trim_change"]


def test_trimming_says_nothing_of_sums_and_medians_already_taken() -> None:
    median = sensitivity.examine(contest("7 8 9", "6 7 8", aspect=samples.aspect(combine="median")))
    total = sensitivity.examine(contest("7 8 9", "6 7 8", aspect=samples.aspect(combine="sum")))

    assert [row.kind for row in median.trims] == ["no-trim"]
    assert total.trims == ()


def test_one_judge_leaves_nobody_to_compare_with() -> None:
    report = sensitivity.examine(contest("9", "8", judges=1))

    assert (report.verdict, report.judges) == (Sentence("one_judge"), ())


@pytest.mark.parametrize("rows", [(), ("9 9 9",)])
def test_one_entry_or_none_is_no_ranking(rows: tuple[str, ...]) -> None:
    report = sensitivity.examine(contest(*rows))

    assert report.verdict == Sentence("no_ranking")
    assert report.margins == ()


def test_worldskills_without_a_judge_is_the_mean_of_the_other_two() -> None:
    skills = samples.aspect(combine="worldskills", maximum=Decimal(10))
    # a 2 2 3 → 7/3, b 3 3 2 → 8/3 of thirds; without j1 a 2.5, b 2.5; without j3 a 2, b 3
    report = sensitivity.examine(contest("2 2 3", "3 3 2", aspect=skills))

    assert variants(report)["j1"] == variants(report)["j2"] == (Place("a", 2, 1),)
    assert variants(report)["j3"] == ()


def test_what_the_chief_judge_settled_stays() -> None:
    skills = samples.aspect(combine="worldskills", maximum=Decimal(9))
    settled = contest("1 3 3", "2 2 2", aspect=skills)
    settled = replace(
        settled,
        judges=(*settled.judges, Judge("c", "", role="chief")),
        marks=(*settled.marks, Mark("a", "skill", "c", Decimal(3))),
    )

    report = sensitivity.examine(settled)

    assert report.podium == {"a": 1, "b": 2}
    assert report.verdict == Sentence("nobody_decides")


def test_measured_values_and_lone_marks_stay() -> None:
    measured = samples.aspect(code="length", kind="measurement", maximum=Decimal(100))
    both = contest("9 9 9", "8 8 8")
    both = replace(
        both,
        scheme=samples.scheme(samples.SKILL, measured),
        marks=(*both.marks, Mark("b", "length", "j1", Decimal(50))),
    )

    assert sensitivity.examine(both).verdict == Sentence("nobody_decides")


def test_margin_tells_points_and_the_smallest_nudge() -> None:
    first = sensitivity.examine(CLOSE).margins[0]

    # 8.00 and 7.67: b needs a sum of more than 24, now 23: 1.25 more = 5 steps, or 5 steps less of a
    assert (first.rank, first.entry, first.next_rank, first.next_entry) == (1, "a", 2, "b")
    assert first.points == Decimal("0.33")
    assert first.nudge is not None
    assert (first.nudge.entry, first.nudge.judge, first.nudge.steps) == ("b", "j1", 5)
    assert (first.nudge.before, first.nudge.after) == (8, Decimal("9.25"))


def test_equal_entries_are_one_step_apart() -> None:
    margin = sensitivity.examine(contest("7 7 7", "7 7 7")).margins[0]

    assert (margin.rank, margin.next_rank, margin.points) == (1, 1, 0)
    assert margin.nudge is not None
    assert margin.nudge.steps == 1


def test_margin_no_single_mark_can_close() -> None:
    assert sensitivity.examine(contest("10 10 10", "1 1 1")).margins[0].nudge is None


def test_nudge_follows_the_tie_break() -> None:
    # equal totals; b ahead by the second criterion needs its mark in `fine` up and nothing lost
    coarse, fine = samples.aspect(code="coarse"), samples.aspect(code="fine", factor=Decimal("0.001"))
    tied = Bundle(
        samples.scheme(coarse, fine, ranking=Ranking(("total", "aspect:fine"))),
        (Entry("a", ""), Entry("b", "")),
        tuple(Judge(f"j{number}", "") for number in (1, 2)),
        tuple(
            mark
            for code, values in {"a": (5, 6), "b": (5, 5)}.items()
            for name, value in zip(("coarse", "fine"), values, strict=True)
            for mark in samples.marks(code, name, value, value)
        ),
    )
    tied = replace(tied, scheme=replace(tied.scheme, aspects=(coarse, replace(fine, round=()))))

    nudge = sensitivity.examine(tied).margins[0].nudge

    assert nudge is not None
    assert (nudge.entry, nudge.aspect, nudge.steps) == ("b", "coarse", 1)


def test_three_medals_have_a_margin() -> None:
    assert [(row.rank, row.next_rank) for row in sensitivity.examine(CLEAR).margins] == [(1, 2), (2, 3), (3, 4)]


@given(samples.bundles())
def test_a_nudge_does_what_it_says(material: Bundle) -> None:
    for margin in sensitivity.examine(material).margins:
        nudge = margin.nudge
        if nudge is None:
            continue
        moved = tuple(
            replace(mark, value=nudge.after)
            if (mark.entry, mark.aspect, mark.judge) == (nudge.entry, nudge.aspect, nudge.judge)
            else mark
            for mark in material.marks
        )
        ranks = {row.entry.entry: row.rank for row in results.standings(replace(material, marks=moved))}
        aspect = next(row for row in material.scheme.aspects if row.code == nudge.aspect)
        one, other = ranks[margin.next_entry], ranks[margin.entry]
        assert one is not None
        assert other is not None
        assert one < other
        assert abs(nudge.after - nudge.before) == nudge.steps * aspect.mark_step
        assert aspect.mark_minimum <= nudge.after <= aspect.mark_maximum


@given(samples.bundles())
def test_variants_are_the_contest_scored_with_one_thing_changed(material: Bundle) -> None:
    report = sensitivity.examine(material)
    before = {row.entry.entry: row.rank for row in results.standings(material)}

    assert report.podium == {entry: rank for entry, rank in before.items() if rank is not None and rank <= 3}
    for row in report.trims:
        if row.kind == "median":
            aspects = tuple(
                replace(one, combine="median", trim=0, trim_from=0)
                if one.kind == "judgement" and one.combine in {"mean", "trimmed-mean"}
                else one
                for one in material.scheme.aspects
            )
            again = results.standings(replace(material, scheme=replace(material.scheme, aspects=aspects)))
            after = {one.entry.entry: one.rank for one in again}
            assert row.moved == sum(before[entry] != after[entry] for entry in before)


@given(samples.bundles())
def test_judge_who_did_not_judge_is_not_left_out(material: Bundle) -> None:
    given = {mark.judge for mark in material.marks}

    assert {row.judge for row in sensitivity.examine(material).judges} <= given


def large() -> Bundle:
    chance = random.Random(2026)
    aspects = tuple(
        samples.aspect(code=f"a{number}", combine="trimmed-mean", trim=1, trim_from=5, factor=Decimal("1.6"))
        for number in range(20)
    )
    judges = tuple(Judge(f"j{number}", "") for number in range(1, 10))
    entries = tuple(Entry(f"e{number}", "") for number in range(100))
    marks = tuple(
        Mark(entry.entry, aspect.code, judge.judge, Decimal(chance.randrange(20, 41)) / 4)
        for entry in entries
        for aspect in aspects
        for judge in judges
    )
    return Bundle(samples.scheme(*aspects), entries, judges, marks, (Penalty("e1", Decimal(1)),))


def test_a_large_contest_is_examined_for_every_judge() -> None:
    assert len(sensitivity.examine(large()).judges) == 9
