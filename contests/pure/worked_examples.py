"""Worked examples of a rule set: what given marks come to, so that everybody can check the rules before the first start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contests.pure import decimals, scoring
from contests.pure.scheme import WORLDSKILLS_JUDGES, Aspect, Entry, Mark, Scheme

USUAL_JUDGES = 5


@dataclass(frozen=True, slots=True)
class Example:
    """Marks of one made-up entry: aspect code → the judges' marks in order. `title` is a code of `usual` or a person's text."""

    title: str
    marks: Mapping[str, tuple[Decimal, ...]]


def usual(scheme: Scheme) -> tuple[Example, ...]:
    """Return three examples any rule set can show: full marks, the lowest marks, judges who disagree by one step each.

    Judgements get five judges (worldskills three), measurements one agreed value.
    """
    return (
        Example("full", {aspect.code: (aspect.mark_maximum,) * _judges(aspect) for aspect in scheme.aspects}),
        Example("lowest", {aspect.code: (aspect.mark_minimum,) * _judges(aspect) for aspect in scheme.aspects}),
        Example("apart", {aspect.code: _apart(aspect) for aspect in scheme.aspects}),
    )


def work(scheme: Scheme, examples: Iterable[Example]) -> list[dict[str, Any]]:
    """Compute each example: `{"title", "marks": {aspect: [text]}, "aspects": {aspect: text|None}, "groups": {group: text}, "total"}`."""
    return [_worked(scheme, example) for example in examples]


def same_cells(before: Scheme, after: Scheme) -> bool:
    """Return whether marks given under one rule set can stand under the other: the same aspects, kinds and grids."""
    return [_grid(aspect) for aspect in before.aspects] == [_grid(aspect) for aspect in after.aspects]


def _grid(aspect: Aspect) -> tuple[object, ...]:
    """Name what a mark depends on; factors, weights, trimming and rounding may change under it."""
    return (
        aspect.code, aspect.kind, aspect.is_worldskills, aspect.mark_minimum, aspect.mark_maximum, aspect.mark_step,
        aspect.zero_is_missing,
    )  # fmt: skip


def _judges(aspect: Aspect) -> int:
    if aspect.kind == "measurement":
        return 1
    return WORLDSKILLS_JUDGES if aspect.is_worldskills else USUAL_JUDGES


def _apart(aspect: Aspect) -> tuple[Decimal, ...]:
    """Marks from the middle of the grid, each judge one step above the one before (worldskills 1, 2, 2)."""
    if aspect.is_worldskills:
        return (Decimal(1), Decimal(2), Decimal(2))
    steps = int((aspect.mark_maximum - aspect.mark_minimum) / aspect.mark_step) if aspect.mark_step else 0
    first = aspect.mark_minimum + aspect.mark_step * (steps // 2)
    return tuple(min(first + aspect.mark_step * number, aspect.mark_maximum) for number in range(_judges(aspect)))


def _worked(scheme: Scheme, example: Example) -> dict[str, Any]:
    marks = [
        Mark("example", aspect, f"J{number}", value)
        for aspect, values in example.marks.items()
        for number, value in enumerate(values, start=1)
    ]
    score = scoring.score(scheme, [Entry("example", "")], marks)["example"]
    return {
        "title": example.title,
        "marks": {aspect: _texts(values) for aspect, values in example.marks.items()},
        "aspects": {
            code: None if aspect.score is None else decimals.exact_text(aspect.score)
            for code, aspect in score.aspects.items()
        },
        "groups": {code: format(group.total, "f") for code, group in score.groups.items()},
        "total": format(score.total, "f"),
    }


def _texts(values: Sequence[Decimal]) -> list[str]:
    return [decimals.text(value) for value in values]
