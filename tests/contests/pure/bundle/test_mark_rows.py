"""marks.csv: on the grid, by somebody known, once, by as many judges as the aspect takes."""

from __future__ import annotations

import pytest

from contests.pure import bundle
from contests.pure.scheme import Mark
from tests.contests.pure import samples
from tests.contests.pure.samples import TOML

WORLDSKILLS = TOML.replace('min = 0\nmax = 10\nstep = 0.25\ncombine = "mean"', 'max = 2\ncombine = "worldskills"')
WITH_CHIEF = samples.FILES["judges.csv"] + "c1,裁判长,,chief\nj4,周,,judge\n"


def mark_faults(*rows: str, **changes: str) -> list[tuple[int, int, str, str]]:
    text = "entry,aspect,judge,value\n" + "".join(f"{row}\n" for row in rows)
    faults = samples.faults(marks_csv=text, **changes)
    assert {fault[0] for fault in faults} <= {"marks.csv"}
    return [fault[1:] for fault in faults]


def test_marks_are_read_in_file_order() -> None:
    marks = bundle.read(samples.files()).marks

    assert marks == (
        Mark("e1", "seam", "j1", samples.Decimal("9.25")),
        Mark("e1", "seam", "j2", samples.Decimal("8.5")),
        Mark("e1", "length", "t1", samples.Decimal(87)),
        Mark("e2", "seam", "j1", samples.Decimal(7)),
    )


def test_empty_value_is_no_mark() -> None:
    text = "entry,aspect,judge,value\ne1,seam,j1,\ne1,seam,j2,8\n"

    read = bundle.read(samples.files(marks_csv=text))

    assert [mark.judge for mark in read.marks] == ["j2"]


@pytest.mark.parametrize("value", ["0", "10", "9.25", "0.25", "9.250", "+9", "10.0"])
def test_marks_on_the_grid_are_taken(value: str) -> None:
    assert mark_faults(f"e1,seam,j1,{value}") == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("10.25", "out_of_range"),
        ("-0.25", "out_of_range"),
        ("1000000", "out_of_range"),
        ("9.1", "off_grid"),
        ("0.000000000001", "off_grid"),
        ("abc", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("-inf", "not_a_number"),
        ("1e1", "not_a_number"),
        ("9 ", "not_a_number"),
        ("９", "not_a_number"),
        ('"9,5"', "not_a_number"),
        ("1000000000000", "not_a_number"),
    ],
)
def test_mark_off_the_grid_is_refused_with_its_line(value: str, code: str) -> None:
    assert mark_faults("e1,seam,j1,9", f"e1,seam,j2,{value}") == [(3, 12, "value", code)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("ghost,seam,j1,9", (2, 1, "entry", "unknown_entry")),
        ("e1,ghost,j1,9", (2, 4, "aspect", "unknown_aspect")),
        ("e1,seam,ghost,9", (2, 9, "judge", "unknown_judge")),
        ("ghost,seam,j1,", (2, 1, "entry", "unknown_entry")),
        ("E1,seam,j1,9", (2, 1, "entry", "unknown_entry")),
        (",seam,j1,9", (2, 1, "entry", "empty")),
        ("e1,,j1,9", (2, 4, "aspect", "empty")),
        ("e1,seam,,9", (2, 9, "judge", "empty")),
    ],
)
def test_reference_to_nobody_is_refused(row: str, fault: tuple[int, int, str, str]) -> None:
    assert mark_faults(row) == [fault]


@pytest.mark.parametrize("value", ["9", "8", ""])
def test_second_row_of_a_mark_is_refused(value: str) -> None:
    assert mark_faults("e1,seam,j1,9", "e1,seam,j2,9", f"e1,seam,j1,{value}") == [(4, 1, "entry", "row_repeated")]


def test_lines_are_physical_lines() -> None:
    entries = 'entry,name,start_order\n"e1\nand more",王芳,1\n'
    rows = ['"e1\nand more",seam,j1,9', '"e1\nand more",seam,j2,99']

    faults = mark_faults(
        *rows, entries_csv=entries, penalties_csv="entry,points,reason\n", factors_csv="entry,aspect,factor\n"
    )

    assert faults == [(5, 19, "value", "out_of_range")]


def test_every_fault_of_a_row_is_told() -> None:
    assert mark_faults("a,b,c,d") == [
        (2, 1, "entry", "unknown_entry"),
        (2, 3, "aspect", "unknown_aspect"),
        (2, 5, "judge", "unknown_judge"),
        (2, 7, "value", "not_a_number"),
    ]


# --- zero is missing -----------------------------------------------------------------------------------------------


def test_zero_below_the_minimum_is_refused_where_zero_is_a_mark() -> None:
    text = TOML.replace("min = 0", "min = 1", 1)

    assert mark_faults("e1,seam,j1,0", contest_toml=text) == [(2, 12, "value", "out_of_range")]


def test_zero_is_no_mark_and_on_no_grid_where_it_is_missing() -> None:
    text = TOML.replace("min = 0", "min = 1\nzero_is_missing = true", 1)

    assert mark_faults("e1,seam,j1,0", "e1,seam,j2,0.00", contest_toml=text) == []


# --- measurement ---------------------------------------------------------------------------------------------------


def test_measurement_has_one_agreed_value() -> None:
    faults = mark_faults("e1,length,t1,87", "e2,length,t1,80", "e1,length,j1,87", "e1,length,j2,x")

    assert faults == [
        (4, 11, "judge", "second_value"),
        (5, 11, "judge", "second_value"),
        (5, 14, "value", "not_a_number"),
    ]


def test_measurement_may_be_given_by_anyone_and_left_empty_by_others() -> None:
    assert mark_faults("e1,length,j1,87", "e1,length,j2,", "e2,length,t1,80") == []


# --- worldskills ---------------------------------------------------------------------------------------------------


def worldskills_faults(*rows: str) -> list[tuple[int, int, str, str]]:
    return mark_faults(*rows, contest_toml=WORLDSKILLS, judges_csv=WITH_CHIEF)


@pytest.mark.parametrize("value", ["0", "1", "2", "3", "3.0"])
def test_worldskills_marks_are_whole_to_three(value: str) -> None:
    assert worldskills_faults(f"e1,seam,j1,{value}") == []


@pytest.mark.parametrize(("value", "code"), [("4", "out_of_range"), ("-1", "out_of_range"), ("1.5", "off_grid")])
def test_other_worldskills_marks_are_refused(value: str, code: str) -> None:
    assert worldskills_faults(f"e1,seam,j1,{value}") == [(2, 12, "value", code)]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_up_to_three_judges_may_have_marked(count: int) -> None:
    assert worldskills_faults(*[f"e1,seam,j{number},2" for number in range(1, count + 1)]) == []


def test_fourth_judge_is_refused() -> None:
    rows = [f"e1,seam,{judge},2" for judge in ("j1", "j2", "j3", "j4", "t1")]

    assert worldskills_faults(*rows) == [(5, 9, "judge", "fourth_judge"), (6, 9, "judge", "fourth_judge")]


def test_judge_without_a_value_is_no_fourth() -> None:
    assert worldskills_faults("e1,seam,j4,", "e1,seam,j1,2", "e1,seam,j2,2", "e1,seam,j3,2") == []


def test_chief_judge_may_settle_what_is_contested() -> None:
    assert worldskills_faults("e1,seam,j1,0", "e1,seam,j2,3", "e1,seam,c1,2", "e1,seam,j3,3") == []


def test_chief_judge_has_nothing_to_settle_where_the_three_agree() -> None:
    rows = ["e1,seam,j1,2", "e1,seam,j2,3", "e1,seam,j3,3", "e1,seam,c1,2"]

    assert worldskills_faults(*rows) == [(5, 9, "judge", "fourth_judge")]


def test_chief_judge_settles_beside_three_not_four() -> None:
    rows = ["e1,seam,j1,0", "e1,seam,j2,3", "e1,seam,c1,2", "e1,seam,j3,3", "e1,seam,j4,3"]

    assert worldskills_faults(*rows) == [(6, 9, "judge", "fourth_judge")]


def test_chief_judge_may_be_one_of_three() -> None:
    assert worldskills_faults("e1,seam,c1,2", "e1,seam,j1,2", "e1,seam,j2,2") == []


def test_what_a_settling_mark_settles_is_not_asked_of_a_mark_that_is_no_number() -> None:
    rows = ["e1,seam,j1,x", "e1,seam,j2,3", "e1,seam,j3,3", "e1,seam,c1,2"]

    assert worldskills_faults(*rows) == [(2, 12, "value", "not_a_number")]


# --- beside faults of the rules ------------------------------------------------------------------------------------


def test_marks_are_still_checked_where_the_rules_have_other_faults() -> None:
    text = TOML.replace("places = 2", "places = 2.5").replace('title = "焊缝"\n', "")

    faults = samples.faults(contest_toml=text, marks_csv="entry,aspect,judge,value\ne1,seam,j1,9.1\ne1,x,j1,1\n")

    assert [fault[0::4] for fault in faults] == [
        ("contest.toml", "not_whole"),
        ("contest.toml", "key_missing"),
        ("marks.csv", "off_grid"),
        ("marks.csv", "unknown_aspect"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("max = 10\n", "", ["key_missing", "off_grid"]),
        ("step = 0.25\n", "", ["key_missing", "out_of_range"]),
        ('combine = "mean"\n', "", ["key_missing"]),
        ("min = 0\nmax = 10\n", "min = 10\nmax = 0\n", ["below_minimum"]),
    ],
)
def test_marks_are_asked_only_what_the_rules_say(old: str, new: str, faults: list[str]) -> None:
    text = TOML.replace(old, new, 1)
    marks = "entry,aspect,judge,value\ne1,seam,j1,9.1\ne1,seam,j2,11\n"

    assert [fault[4] for fault in samples.faults(contest_toml=text, marks_csv=marks)] == faults


def test_no_mark_is_of_an_unknown_aspect_where_not_all_are_known() -> None:
    text = TOML.replace('code = "length"\n', "")

    assert [fault[4] for fault in samples.faults(contest_toml=text)] == ["key_missing"]
