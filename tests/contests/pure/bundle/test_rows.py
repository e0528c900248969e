"""Entries, judges, penalties, factors: values, uniqueness, references."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contests.pure import bundle
from contests.pure.scheme import Entry, Factor, Judge, Penalty
from tests.contests.pure import samples

ENTRIES = samples.FILES["entries.csv"]
JUDGES = samples.FILES["judges.csv"]


def test_entries_are_read() -> None:
    text = "entry,name,start_order,status,unit,group\n01,王芳,7,,一车间,女子\n02,李雷,8,dns,,\n"

    read = bundle.read(
        samples.files(entries_csv=text, marks_csv="entry,aspect,judge,value\n", penalties_csv=None, factors_csv=None)
    )

    assert read.entries == (Entry("01", "王芳", "一车间", "女子", 7, ""), Entry("02", "李雷", "", "", 8, "dns"))


def test_judges_are_read() -> None:
    assert bundle.read(samples.files()).judges[0::3] == (
        Judge("j1", "张伟", "", "judge"),
        Judge("t1", "技术组", "", "technical"),
    )


def test_penalties_and_factors_are_read() -> None:
    read = bundle.read(samples.files(penalties_csv="entry,points,reason\ne1,0.5,\ne1,0.5,\n"))

    assert read.penalties == (Penalty("e1", Decimal("0.5")), Penalty("e1", Decimal("0.5")))
    assert read.factors == (Factor("e1", "seam", Decimal("1.2")),)


def test_penalties_and_factors_may_be_absent() -> None:
    read = bundle.read(samples.files(penalties_csv=None, factors_csv=None))

    assert (read.penalties, read.factors) == ((), ())


@pytest.mark.parametrize("status", ["", "dns", "dnf", "dq", "wd"])
def test_statuses_of_the_contract_are_known(status: str) -> None:
    assert samples.faults(entries_csv=ENTRIES + f"e3,赵,,,3,{status}\n") == []


@pytest.mark.parametrize("role", ["judge", "chief", "technical"])
def test_roles_of_the_contract_are_known(role: str) -> None:
    assert samples.faults(judges_csv=JUDGES + f"x,赵,,{role}\n") == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",赵,,,3,", (4, 1, "entry", "empty")),
        ("e3,,,,3,", (4, 4, "name", "empty")),
        ("e3,赵,,,,", (4, 8, "start_order", "empty")),
        ("e3,赵,,,x,", (4, 8, "start_order", "not_whole")),
        ("e3,赵,,,1.0,", (4, 8, "start_order", "not_whole")),
        ("e3,赵,,,-1,", (4, 8, "start_order", "not_whole")),
        ("e3,赵,,,３,", (4, 8, "start_order", "not_whole")),
        ("e3,赵,,,1000000000,", (4, 8, "start_order", "not_whole")),
        ("e3,赵,,,3,DNS", (4, 10, "status", "not_a_choice")),
        ("e3,赵,,,3,ok", (4, 10, "status", "not_a_choice")),
        ("e1,赵,,,3,", (4, 1, "entry", "row_repeated")),
        (f"{'x' * 65},赵,,,3,", (4, 1, "entry", "too_long")),
        (f"e3,{'王' * 201},,,3,", (4, 4, "name", "too_long")),
        (f'e3,赵,"{"一" * 201}",,3,', (4, 6, "unit", "too_long")),
    ],
)
def test_bad_entry_is_refused(row: str, fault: tuple[int, int, str, str]) -> None:
    assert samples.faults(entries_csv=ENTRIES + row + "\n") == [("entries.csv", *fault)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",赵,,judge", (6, 1, "judge", "empty")),
        ("j4,,,judge", (6, 4, "name", "empty")),
        ("j4,赵,,", (6, 7, "role", "empty")),
        ("j4,赵,,Judge", (6, 7, "role", "not_a_choice")),
        ("j1,赵,,judge", (6, 1, "judge", "row_repeated")),
        (f"j4,赵,{'x' * 201},judge", (6, 6, "unit", "too_long")),
    ],
)
def test_bad_judge_is_refused(row: str, fault: tuple[int, int, str, str]) -> None:
    assert samples.faults(judges_csv=JUDGES + row + "\n") == [("judges.csv", *fault)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("ghost,1,x", (2, 1, "entry", "unknown_entry")),
        (",1,x", (2, 1, "entry", "empty")),
        ("e1,,x", (2, 4, "points", "empty")),
        ("e1,0,x", (2, 4, "points", "not_positive")),
        ("e1,-1,x", (2, 4, "points", "not_positive")),
        ("e1,NaN,x", (2, 4, "points", "not_a_number")),
        ("e1,Infinity,x", (2, 4, "points", "not_a_number")),
        ('e1,"1,5",x', (2, 4, "points", "not_a_number")),
        (f"e1,1,{'x' * 501}", (2, 6, "reason", "too_long")),
    ],
)
def test_bad_penalty_is_refused(row: str, fault: tuple[int, int, str, str]) -> None:
    assert samples.faults(penalties_csv=f"entry,points,reason\n{row}\n") == [("penalties.csv", *fault)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("ghost,seam,1", (2, 1, "entry", "unknown_entry")),
        ("e1,ghost,1", (2, 4, "aspect", "unknown_aspect")),
        ("e1,seam,", (2, 9, "factor", "empty")),
        ("e1,seam,much", (2, 9, "factor", "not_a_number")),
        ("e1,seam,1e1", (2, 9, "factor", "not_a_number")),
    ],
)
def test_bad_factor_is_refused(row: str, fault: tuple[int, int, str, str]) -> None:
    assert samples.faults(factors_csv=f"entry,aspect,factor\n{row}\n") == [("factors.csv", *fault)]


def test_second_factor_of_an_entrys_aspect_is_refused() -> None:
    text = "entry,aspect,factor\ne1,seam,1.2\ne1,length,1.2\ne2,seam,1.2\ne1,seam,1.2\n"

    assert samples.faults(factors_csv=text) == [("factors.csv", 5, 1, "entry", "row_repeated")]


def test_every_fault_of_a_row_is_told() -> None:
    assert samples.faults(entries_csv=ENTRIES + ",,,,x,gone\n") == [
        ("entries.csv", 4, 1, "entry", "empty"),
        ("entries.csv", 4, 2, "name", "empty"),
        ("entries.csv", 4, 5, "start_order", "not_whole"),
        ("entries.csv", 4, 7, "status", "not_a_choice"),
    ]


def test_bad_entry_is_not_told_again_where_it_is_marked() -> None:
    text = "entry,name,start_order\ne1,王芳,first\ne2,李,雷,2\n"

    assert samples.faults(entries_csv=text) == [
        ("entries.csv", 2, 7, "start_order", "not_whole"),
        ("entries.csv", 3, 8, "", "field_count"),
    ]


def test_same_code_in_another_case_is_another_entry() -> None:
    assert samples.faults(entries_csv=ENTRIES + "E1,赵,,,3,\n") == []
