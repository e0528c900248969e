"""A bundle on its way out: what is written is read back equal and scores the same."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from contests.pure import bundle, results
from contests.pure.bundle import Bundle
from contests.pure.bundle.writing import write_scheme
from contests.pure.scheme import Entry, Judge, Mark, Scheme
from tests.contests.pure import samples


@settings(max_examples=100)
@given(samples.bundles())
def test_what_is_written_is_read_back_equal(drawn: Bundle) -> None:
    read = bundle.read(bundle.write(drawn))

    assert read == drawn
    assert results.standings(read) == results.standings(drawn)


@settings(max_examples=50)
@given(samples.bundles())
def test_writing_again_gives_the_same_bytes(drawn: Bundle) -> None:
    written = bundle.write(drawn)

    assert bundle.write(bundle.read(written)) == written


@pytest.mark.parametrize("value", ["9", "9.0", "9.00", "9.250", "0", "0.00"])
def test_digits_of_a_mark_leave_as_they_came(value: str) -> None:
    files = samples.files(marks_csv=f"entry,aspect,judge,value\ne1,seam,j1,{value}\n")

    assert written_marks(bundle.read(files))[0] == ["e1", "seam", "j1", value]


@settings(max_examples=50)
@given(samples.schemes())
def test_rules_alone_are_read_back_equal(scheme: Scheme) -> None:
    files = bundle.write(Bundle(scheme)) | {"contest.toml": write_scheme(scheme)}

    assert bundle.read(files).scheme == scheme


def test_every_file_of_the_contract_is_written() -> None:
    assert list(bundle.write(bundle.read(samples.files()))) == [*bundle.FILES, "results.csv"]


def test_tables_have_the_columns_of_the_contract() -> None:
    written = bundle.write(bundle.read(samples.files()))

    headers = {name: data.decode().split("\n")[0] for name, data in written.items() if name.endswith(".csv")}
    assert headers == {
        "entries.csv": "entry,name,unit,group,start_order,status",
        "judges.csv": "judge,name,unit,role",
        "marks.csv": "entry,aspect,judge,value",
        "penalties.csv": "entry,points,reason",
        "factors.csv": "entry,aspect,factor",
        "results.csv": "rank,entry,name,unit,total,practical",
    }


def test_rules_are_written_out_in_full() -> None:
    scheme = bundle.read(samples.files()).scheme

    blocks = write_scheme(scheme).decode().split("\n\n")

    assert [block.splitlines() for block in (blocks[0], blocks[2], blocks[4])] == [
        [
            "[contest]",
            'code = "welding-2026"',
            'title = "第十届职工技能运动会·焊工"',
            "places = 2",
            'rounding = "half-up"',
            'scale = "points"',
        ],
        [
            "[[aspect]]",
            'code = "seam"',
            'group = "practical"',
            'title = "焊缝"',
            'kind = "judgement"',
            "min = 0",
            "max = 10",
            "step = 0.25",
            "zero_is_missing = false",
            'combine = "mean"',
            "factor = 1",
            'round = ["combined", "factor"]',
        ],
        ["[ranking]", 'order = ["total"]', "ascending = []"],
    ]


def test_worldskills_rules_are_written_without_what_does_not_apply() -> None:
    aspect = samples.aspect(combine="worldskills", minimum=Decimal(0), maximum=Decimal(2), step=Decimal(1))

    written = tomllib.loads(write_scheme(samples.scheme(aspect)).decode())["aspect"][0]

    assert {"min", "step", "trim", "trim_from"}.isdisjoint(written)


@pytest.mark.parametrize(
    "title", ['say "hi"', "back\\slash", "tab\tline\nreturn\r", "\U0001f947 金榜", "'''", '"""', "\x7f".join("ab")]
)
def test_titles_survive_toml(title: str) -> None:
    scheme = samples.scheme(samples.aspect(title=title))

    assert tomllib.loads(write_scheme(scheme).decode())["aspect"][0]["title"] == title


@pytest.mark.parametrize("name", ["=1+1", "+86", "-王芳", "@SUM(A1)", " 王芳 ", '"', "a,b", "a\r\nb", "\ufeff", "\t"])
def test_names_leave_as_they_came(name: str) -> None:
    drawn = replace(bundle.read(samples.files()), entries=(Entry("e1", name), Entry("e2", "x", name)))

    read = bundle.read(bundle.write(drawn))

    assert read.entries == drawn.entries


# --- what is open --------------------------------------------------------------------------------------------------


def written_marks(drawn: Bundle) -> list[list[str]]:
    return samples.csv_rows(bundle.write(drawn)["marks.csv"])[1:]


def test_open_aspect_is_shown_by_rows_without_a_value() -> None:
    rows = written_marks(bundle.read(samples.files()))

    assert rows == [
        ["e1", "seam", "j1", "9.25"],
        ["e1", "seam", "j2", "8.5"],
        ["e1", "length", "t1", "87"],
        ["e2", "seam", "j1", "7"],
        ["e2", "length", "t1", ""],
    ]


def test_aspect_nobody_ever_marked_waits_for_the_judges_of_its_kind() -> None:
    files = samples.files(marks_csv="entry,aspect,judge,value\n", penalties_csv=None, factors_csv=None)

    rows = written_marks(bundle.read(files))

    assert [row for row in rows if row[0] == "e1"] == [
        ["e1", "seam", "j1", ""],
        ["e1", "seam", "j2", ""],
        ["e1", "seam", "j3", ""],
        ["e1", "length", "t1", ""],
    ]


def test_entry_with_a_status_awaits_no_marks() -> None:
    drawn = bundle.read(samples.files())
    drawn = replace(drawn, entries=(drawn.entries[0], replace(drawn.entries[1], status="dns")), marks=drawn.marks[:3])

    assert [row for row in written_marks(drawn) if row[0] == "e2"] == []


def test_worldskills_awaits_as_many_as_are_missing() -> None:
    aspect = samples.aspect(combine="worldskills", minimum=Decimal(0), step=Decimal(1))
    judges = tuple(Judge(f"j{number}", "x") for number in range(1, 6))
    marks = (Mark("e1", "skill", "j5", Decimal(2)),)

    rows = written_marks(Bundle(samples.scheme(aspect), (Entry("e1", "x"), Entry("e2", "y")), judges, marks))

    assert rows == [
        ["e1", "skill", "j5", "2"],
        ["e1", "skill", "j1", ""],
        ["e1", "skill", "j2", ""],
        ["e2", "skill", "j5", ""],
        ["e2", "skill", "j1", ""],
        ["e2", "skill", "j2", ""],
    ]


def test_missing_zeros_are_written_and_not_awaited_again() -> None:
    aspect = samples.aspect(zero_is_missing=True)
    judges = (Judge("j1", "x"), Judge("j2", "y"))

    rows = written_marks(
        Bundle(samples.scheme(aspect), (Entry("e1", "x"),), judges, (Mark("e1", "skill", "j1", Decimal(0)),))
    )

    assert rows == [["e1", "skill", "j1", "0"]]


def test_without_judges_nothing_can_be_awaited() -> None:
    assert written_marks(Bundle(samples.scheme(), (Entry("e1", "x"),))) == []
