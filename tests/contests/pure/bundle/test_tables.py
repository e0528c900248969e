"""CSV files as tables: encodings, headers, numbers of fields, what a broken row still says."""

from __future__ import annotations

import pytest

from contests.pure import bundle
from contests.pure.bundle import tables
from contests.pure.bundle.faults import BundleFaults, FaultList
from contests.pure.bundle.tables import ENTRIES, JUDGES, PENALTIES, Table
from tests.contests.pure import samples

HEADER = "entry,name,unit,group,start_order,status\n"


def read(data: bytes | str | None, layout: tables.Layout = ENTRIES) -> tuple[Table, list[tuple[int, int, str, str]]]:
    faults = FaultList()
    raw = data.encode() if isinstance(data, str) else data
    table = Table(layout, {} if raw is None else {layout.file: raw}, faults)
    try:
        faults.raise_if_any([])
    except BundleFaults as refused:
        return table, [(fault.line, fault.column, fault.field, fault.code) for fault in refused.faults]
    return table, []


def names(data: bytes | str) -> list[str]:
    table, faults = read(data)
    assert faults == []
    return [row.values["name"] for row in table.rows]


# --- encodings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf8_is_read_with_or_without_byte_order_mark(mark: bytes) -> None:
    assert names(mark + (HEADER + "e1,王芳,,,1,\n").encode()) == ["王芳"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused(encoding: str) -> None:
    data = (HEADER if encoding == "utf-16" else "\ufeff" + HEADER).encode(encoding)

    assert read(data)[1] == [(1, 1, "", "not_utf8")]


def test_gbk_is_refused_field_by_field() -> None:
    data = (HEADER + "e1,王芳,一车间,,1,\ne2,Tom,,,2,\ne3,李雷,,,3,\n").encode("gbk")

    assert read(data)[1] == [
        (2, 4, "name", "not_utf8"),
        (2, 9, "unit", "not_utf8"),
        (4, 4, "name", "not_utf8"),
    ]


def test_bad_bytes_are_shown() -> None:
    files = samples.files(entries_csv=HEADER.encode() + b"e1,\xcd\xf5,,,1,\ne2,x,,,2,\n")

    with pytest.raises(BundleFaults) as refused:
        bundle.read(files)

    assert str(refused.value) == r"entries.csv:2:4: name: expected text in UTF-8, found '\\xcd\\xf5'"


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f"])
def test_control_characters_are_refused(sign: str) -> None:
    assert read(f"{HEADER}e1,a{sign}b,,,1,\n")[1] == [(2, 4, "name", "control_character")]


def test_tabs_and_quoted_line_ends_are_no_control_characters() -> None:
    assert names(HEADER + 'e1,"a\tb\nc\r\nd",,,1,\n') == ["a\tb\nc\r\nd"]


# --- header --------------------------------------------------------------------------------------------------------


def test_columns_may_stand_in_any_order() -> None:
    assert names("status,name,entry,start_order,group,unit\n,王芳,e1,1,,\n") == ["王芳"]


def test_optional_columns_may_be_absent() -> None:
    table, faults = read("entry,name,start_order\ne1,王芳,1\n")

    assert faults == []
    assert table.rows[0].values == {
        "entry": "e1", "name": "王芳", "unit": "", "group": "", "start_order": "1", "status": "",
    }  # fmt: skip


@pytest.mark.parametrize("column", ["entry", "name", "start_order"])
def test_other_columns_may_not(column: str) -> None:
    header = [name for name in ENTRIES.columns if name != column]
    text = ",".join(header) + "\n" + ",".join("1" for _ in header) + "\n"

    assert read(text)[1] == [(1, len(",".join(header)) + 1, column, "column_missing")]


@pytest.mark.parametrize(("layout", "optional"), [(JUDGES, {"unit"}), (tables.MARKS, set()), (PENALTIES, set())])
def test_columns_each_table_must_have(layout: tables.Layout, optional: set[str]) -> None:
    missing = {fault[2] for fault in read("x\n", layout)[1] if fault[3] == "column_missing"}

    assert missing == set(layout.columns) - optional


def test_unknown_and_repeated_columns_are_refused() -> None:
    text = "entry,name,Start_Order,name,start_order\n"

    assert read(text)[1] == [(1, 12, "Start_Order", "column_unknown"), (1, 24, "name", "column_repeated")]


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n"])
def test_file_without_a_header_is_refused(text: str) -> None:
    assert read(text)[1] == [(1, 1, "", "header_missing")]


def test_broken_header_is_the_only_fault_of_its_file() -> None:
    assert read('entry,"name"x,start_order\ne1,a,b,c\n')[1] == [(1, 13, "", "after_quote")]


# --- rows ----------------------------------------------------------------------------------------------------------


def test_header_alone_is_an_empty_table() -> None:
    assert names(HEADER) == []


def test_blank_lines_are_no_rows() -> None:
    assert names(HEADER + "\ne1,a,,,1,\r\n\ne2,b,,,2,\n\n") == ["a", "b"]


@pytest.mark.parametrize(
    ("row", "place"),
    [("e1,a,,,1", (2, 9)), ("e1", (2, 3)), ("e1,a,,,1,,", (2, 11)), ("e1,王芳, 一,二,,1,,x", (2, 15))],
)
def test_other_number_of_fields_is_refused(row: str, place: tuple[int, int]) -> None:
    assert read(HEADER + row + "\n")[1] == [(*place, "", "field_count")]


def test_quoting_faults_are_told_with_their_lines() -> None:
    text = HEADER + 'e1,"two\nlines",,,1,\ne2,a"b,,,2,\ne3,"open,,,3,\ne4,d,,,4,\n'

    table, faults = read(text)

    assert faults == [(4, 5, "", "quote_inside"), (5, 4, "", "quote_unclosed")]
    assert [(row.line, row.values["entry"]) for row in table.rows] == [(2, "e1"), (6, "e4")]


# --- files ---------------------------------------------------------------------------------------------------------


def test_missing_file_is_a_fault_unless_it_is_optional() -> None:
    assert [read(None, layout)[1] for layout in (ENTRIES, JUDGES, tables.MARKS, PENALTIES, tables.FACTORS)] == [
        [(1, 1, "", "file_missing")],
        [(1, 1, "", "file_missing")],
        [(1, 1, "", "file_missing")],
        [],
        [],
    ]


# --- keys ----------------------------------------------------------------------------------------------------------


def test_keys_are_those_of_sound_and_broken_rows() -> None:
    table, _ = read(HEADER + 'e1,a,,,1,\ne2,a,b\ne3,"x"y,,,3,\n')

    assert table.keys("entry") == {"e1", "e2", "e3"}


@pytest.mark.parametrize("data", [None, "", 'entry,"name"x\ne1\n', "name,start_order\na,1\n"])
def test_keys_are_not_known_where_the_column_is_not(data: str | None) -> None:
    assert read(data)[0].keys("entry") is None


def test_keys_are_not_known_where_a_row_is_too_short_to_have_one() -> None:
    assert read("name,start_order,entry\na,1,e1\nb\n")[0].keys("entry") is None
