"""contests/pure/worked_examples.py: what given marks come to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from contests.pure import worked_examples
from contests.pure.marks import refusal_of
from contests.pure.scheme import Scheme
from contests.pure.worked_examples import Example
from tests.contests.pure import samples


def test_example_is_worked_to_its_total() -> None:
    scheme = samples.scheme(
        samples.aspect(combine="trimmed-mean", trim=1, trim_from=5, factor=Decimal(2), maximum=Decimal(10))
    )
    code = scheme.aspects[0].code
    marks = tuple(Decimal(value) for value in ("1", "6", "7", "8", "10"))

    worked = worked_examples.work(scheme, [Example("mine", {code: marks})])[0]

    assert worked["marks"] == {code: ["1", "6", "7", "8", "10"]}
    assert worked["aspects"] == {code: "14"}
    assert Decimal(worked["total"]) == 14 * scheme.groups[0].weight


@given(samples.schemes())
def test_usual_examples_are_always_valid_marks(scheme: Scheme) -> None:
    for example in worked_examples.usual(scheme):
        for aspect in scheme.aspects:
            assert [refusal_of(aspect, value) for value in example.marks[aspect.code]] == [None] * len(
                example.marks[aspect.code]
            )
    assert len(worked_examples.work(scheme, worked_examples.usual(scheme))) == 3


def test_marks_stand_when_only_the_arithmetic_changes() -> None:
    before = samples.scheme(samples.aspect())
    factor = replace(before, aspects=(replace(before.aspects[0], factor=Decimal(3), combine="median"),))
    grid = replace(before, aspects=(replace(before.aspects[0], step=before.aspects[0].step / 2),))

    assert worked_examples.same_cells(before, factor)
    assert not worked_examples.same_cells(before, grid)
    assert not worked_examples.same_cells(before, replace(before, aspects=()))
