"""The same arithmetic without judges: marks under labels that say nothing about who gave them.

In every cell marks are sorted by value and labelled J1, J2 … anew, so that no label follows a judge from one cell to the
next. Only the chief judge's mark that may settle a worldskills aspect keeps its role, as C1: the arithmetic needs it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from contests.pure.bundle.contents import Bundle
from contests.pure.scheme import WORLDSKILLS_JUDGES, Aspect, Judge, Mark

CHIEF = "C1"


def nameless(material: Bundle) -> Bundle:
    """Return material whose totals and ranks are the same and whose marks tell nothing about judges."""
    places = {judge.judge: place for place, judge in enumerate(material.judges)}
    chiefs = {judge.judge for judge in material.judges if judge.role == "chief"}
    aspects = {aspect.code: aspect for aspect in material.scheme.aspects}
    cells: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark in sorted(material.marks, key=lambda row: (places.get(row.judge, len(places)), row.judge)):
        cells[mark.entry, mark.aspect].append(mark)
    marks: list[Mark] = []
    for entry in material.entries:
        for code, aspect in aspects.items():
            cell = cells.get((entry.entry, code), [])
            settling = _settling(aspect, cell, chiefs)
            others = sorted((mark for mark in cell if mark is not settling), key=lambda mark: mark.value)
            marks += [replace(mark, judge=f"J{number}") for number, mark in enumerate(others, start=1)]
            marks += [replace(settling, judge=CHIEF)] if settling else []
    labels = sorted({mark.judge for mark in marks}, key=lambda label: (label == CHIEF, int(label[1:])))
    return replace(
        material,
        judges=tuple(Judge(label, "", role="chief" if label == CHIEF else "judge") for label in labels),
        marks=tuple(marks),
    )


def _settling(aspect: Aspect, cell: list[Mark], chiefs: set[str]) -> Mark | None:
    """Return the mark that is the chief judge's fourth, whether or not it came to decide."""
    given = [mark for mark in cell if mark.value or not aspect.zero_is_missing]
    if not aspect.is_worldskills or len(given) != WORLDSKILLS_JUDGES + 1:
        return None
    return next((mark for mark in given if mark.judge in chiefs), None)
