"""contests/pure/nameless.py: the same totals, and nothing about who gave which mark."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from contests.pure import results
from contests.pure.bundle import Bundle
from contests.pure.nameless import nameless
from contests.pure.scheme import Entry, Judge, Mark
from tests.contests.pure import samples


@given(samples.bundles())
def test_totals_and_ranks_stay(material: Bundle) -> None:
    before, after = results.standings(material), results.standings(nameless(material))

    assert results.to_json(material.scheme, after) == results.to_json(material.scheme, before)


@given(samples.bundles())
def test_which_judge_gave_which_mark_does_not_show(material: Bundle) -> None:
    """Judges of equal role exchange the marks of one cell: nothing changes in what is shown."""
    swapped = []
    for mark in material.marks:
        cell = [row.judge for row in material.marks if (row.entry, row.aspect) == (mark.entry, mark.aspect)]
        swapped.append(replace(mark, judge=cell[(cell.index(mark.judge) + 1) % len(cell)]))

    assert nameless(replace(material, marks=tuple(swapped))) == nameless(material)


def test_labels_follow_the_value_in_each_cell() -> None:
    material = Bundle(
        samples.scheme(),
        (Entry("a", ""), Entry("b", "")),
        (Judge("zhang", "张", role="chief"), Judge("li", "李")),
        (*(Mark("a", "skill", judge, Decimal(value)) for judge, value in (("zhang", 9), ("li", 7))),
         *(Mark("b", "skill", judge, Decimal(value)) for judge, value in (("zhang", 3), ("li", 5)))),
    )  # fmt: skip

    found = nameless(material)

    assert [(mark.entry, mark.judge, mark.value) for mark in found.marks] == [
        ("a", "J1", 7), ("a", "J2", 9), ("b", "J1", 3), ("b", "J2", 5)
    ]  # fmt: skip
    assert found.judges == (Judge("J1", ""), Judge("J2", ""))


def test_only_a_settling_mark_keeps_its_role() -> None:
    skills = samples.aspect(combine="worldskills", maximum=Decimal(9))
    material = Bundle(
        samples.scheme(skills),
        (Entry("a", ""),),
        (Judge("c", "", role="chief"), *(Judge(f"j{number}", "") for number in (1, 2, 3))),
        (*samples.marks("a", "skill", 1, 3, 3), Mark("a", "skill", "c", Decimal(2))),
    )

    found = nameless(material)

    assert [(mark.judge, mark.value) for mark in found.marks] == [("J1", 1), ("J2", 3), ("J3", 3), ("C1", 2)]
    assert str(results.standings(found)[0].total) == "6.00"
