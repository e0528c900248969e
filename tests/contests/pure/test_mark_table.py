"""Reading a table of marks: every mark, or every fault with line and column."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure.mark_table import header_of, read
from contests.pure.scheme import Aspect

PAPER = Aspect(
    code="paper", group="theory", title="笔试", kind="measurement", minimum=Decimal(0), maximum=Decimal(100),
    step=Decimal("0.5"), combine="mean",
)  # fmt: skip
HEADERS = ["加密号", "姓名", "笔试 [paper]"]
ENTRIES = {"01": "", "02": "", "03": "dns"}


def told(headers: list[str], *rows: list[str]) -> list[tuple[int, str, str]]:
    found = read(
        headers,
        list(enumerate(rows, start=2)),
        code_header="加密号",
        passed_over=["姓名"],
        aspects=[PAPER],
        entries=ENTRIES,
    )
    assert not found.faults or not found.marks
    return [(fault.line, fault.column, fault.code) for fault in found.faults]


def test_marks_are_read_and_empty_cells_are_none() -> None:
    rows = [(2, ["02", "x", "88.5"]), (3, ["01", "=x", ""]), (4, ["03", "", ""])]

    found = read(HEADERS, rows, code_header="加密号", passed_over=["姓名"], aspects=[PAPER], entries=ENTRIES)

    assert found.marks == {("02", "paper"): Decimal("88.5")}
    assert not found.faults


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["01", "", "9a"], (2, "笔试 [paper]", "not_a_number")),
        (["01", "", "1e2"], (2, "笔试 [paper]", "not_a_number")),
        (["01", "", "101"], (2, "笔试 [paper]", "out_of_range")),
        (["01", "", "88.3"], (2, "笔试 [paper]", "off_grid")),
        (["09", "", "88"], (2, "加密号", "unknown_entry")),
        (["1", "", "88"], (2, "加密号", "unknown_entry")),
        (["", "", "88"], (2, "加密号", "no_entry")),
        (["03", "", "88"], (2, "加密号", "has_status")),
    ],
)
def test_a_wrong_cell_is_named(row: list[str], fault: tuple[int, str, str]) -> None:
    assert told(HEADERS, row) == [fault]


def test_every_fault_is_told_at_once_and_nothing_is_taken() -> None:
    assert told(HEADERS, ["01", "", "88"], ["01", "", "77"], ["02", "", "x"]) == [
        (3, "加密号", "entry_twice"), (4, "笔试 [paper]", "not_a_number"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "codes"),
    [
        (["姓名", "笔试 [paper]"], ["no_code_column"]),
        (["加密号", "姓名"], ["no_mark_column"]),
        (["加密号", "笔试"], ["no_mark_column", "unknown_column"]),
        (["加密号", "笔试 [paper]", "笔试 [paper]"], ["column_twice"]),
    ],
)
def test_wrong_headers_are_named(headers: list[str], codes: list[str]) -> None:
    assert [code for _line, _column, code in told(headers, ["01", "88", "1"])] == codes


@given(st.dictionaries(st.sampled_from(["01", "02"]), st.integers(0, 200).map(lambda half: Decimal(half) / 2)))
def test_what_is_written_is_read(marks: dict[str, Decimal]) -> None:
    rows = [(line, [code, "", str(value)]) for line, (code, value) in enumerate(marks.items(), start=2)]

    found = read(
        ["加密号", "姓名", header_of(PAPER)],
        rows,
        code_header="加密号",
        passed_over=["姓名"],
        aspects=[PAPER],
        entries=ENTRIES,
    )

    assert found.marks == {(code, "paper"): value for code, value in marks.items()}
