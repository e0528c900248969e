"""contests/pure/sensitivity.py: who decides the podium, and by how little."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings

from contests.pure import results, sensitivity
from contests.pure.bundle.contents import Bundle
from contests.pure.scheme import Entry, Judge, Mark
from tests.contests.pure import samples

SCHEME = samples.scheme(samples.aspect(code="a", combine="mean", maximum=Decimal(10), step=Decimal("0.5")))


def bundle(rows: dict[str, list[str]]) -> Bundle:
    width = max(len(row) for row in rows.values())
    return Bundle(
        scheme=SCHEME,
        entries=tuple(Entry(code, code) for code in rows),
        judges=tuple(Judge(f"J{number}", "") for number in range(1, width + 1)),
        marks=tuple(
            Mark(code, "a", f"J{number}", Decimal(value))
            for code, row in rows.items()
            for number, value in enumerate(row, 1)
        ),
        penalties=(),
        factors=(),
    )


def test_judge_who_decides_the_podium_is_named() -> None:
    found = sensitivity.look(bundle({"x": ["9", "6", "6"], "y": ["4", "8", "8"], "z": ["1", "1", "1"]}))

    without = {row.judge: row.moved for row in found.variants if row.kind == "without-judge"}
    assert without == {"J1": ("x", "y"), "J2": (), "J3": ()}
    assert found.deciding == ("J1",)


def test_no_single_judge_decides_a_clear_podium() -> None:
    found = sensitivity.look(bundle({"x": ["9", "9", "9"], "y": ["6", "6", "6"], "z": ["1", "1", "1"]}))

    assert found.deciding == ()
    assert all(row.is_same for row in found.variants)
    assert {row.kind for row in found.variants} == {"without-judge", "trim-more", "median"}


def test_margins_name_the_next_and_the_last_has_none() -> None:
    standings = results.standings(bundle({"x": ["9"], "y": ["6.5"]}))

    assert [(row.rank, row.entry, row.next_entry, row.points) for row in sensitivity.margins(standings)] == [
        (1, "x", "y", Decimal("2.50")),
        (2, "y", None, None),
    ]


def test_worldskills_marks_are_left_alone() -> None:
    scheme = samples.scheme(samples.aspect(code="a", combine="worldskills"))
    material = replace(bundle({"x": ["3", "3", "2"], "y": ["1", "1", "1"]}), scheme=scheme)

    assert sensitivity.look(material).variants == ()


@settings(max_examples=60)
@given(samples.bundles())
def test_every_variant_is_a_result_the_rules_allow(material: Bundle) -> None:
    found = sensitivity.look(material)

    podium = [row for row in results.standings(material) if row.rank is not None and row.rank <= 3]
    assert len(found.margins) == min(3, len([row for row in results.standings(material) if row.rank is not None]))
    for row in found.variants:
        assert row.is_same == (dict(row.podium) == {line.entry.entry: line.rank for line in podium})
    assert all(row.points is None or row.points >= 0 for row in found.margins) or material.scheme.ranking.ascending
