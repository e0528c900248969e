"""Comma-separated text with places."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure import rfc4180
from contests.pure.rfc4180 import Flaw, Place

FIELDS = st.text(st.sampled_from('ab,"\n\r;= 王'), max_size=6)
ROWS = st.lists(st.lists(FIELDS, min_size=2, max_size=4), max_size=6)


def fields(text: str) -> list[list[str]]:
    records, flaws = rfc4180.read(text)
    assert flaws == []
    return [record.fields for record in records]


def flaws(text: str) -> list[tuple[str, int, int]]:
    return [(flaw.code, *flaw.place) for flaw in rfc4180.read(text)[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a,b\n", [["a", "b"]]),
        ("a,b", [["a", "b"]]),
        ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        ("a,\n,b\n", [["a", ""], ["", "b"]]),
        ('"a","b"\n', [["a", "b"]]),
        ('"a,b",c\n', [["a,b", "c"]]),
        ('"say ""hi""",c\n', [['say "hi"', "c"]]),
        ('"",""""\n', [["", '"']]),
        ('"two\nlines",c\n', [["two\nlines", "c"]]),
        ('"two\r\nlines",c\r\n', [["two\r\nlines", "c"]]),
        (' a , "b\n'.replace('"', ""), [[" a ", " b"]]),
        ("a,b\n\nc,d\n\n\r\n", [["a", "b"], ["c", "d"]]),
        ('"\n\n",b\n', [["\n\n", "b"]]),
    ],
)
def test_text_is_split_into_fields(text: str, expected: list[list[str]]) -> None:
    assert fields(text) == expected


@given(ROWS)
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    assert fields(rfc4180.write(rows).decode()) == rows


@given(ROWS)
def test_csv_module_reads_what_is_written(rows: list[list[str]]) -> None:
    written = rfc4180.write(rows).decode()

    assert list(csv.reader(io.StringIO(written, newline=""), strict=True)) == rows


@given(ROWS, st.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\n")]))
def test_what_the_csv_module_writes_is_read(rows: list[list[str]], dialect: tuple[int, str]) -> None:
    quoting, end = dialect
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]

    assert fields(stream.getvalue()) == rows


def test_only_what_must_be_quoted_is() -> None:
    written = rfc4180.write([["=1+1", "a b", "王芳", "", "'"], ["a,b", 'a"b', "a\nb", "a\rb", "x"]])

    assert written.decode() == '=1+1,a b,王芳,,\'\n"a,b","a""b","a\nb","a\rb",x\n'


# --- places --------------------------------------------------------------------------------------------------------


def test_places_are_physical_lines_and_characters_from_one() -> None:
    records, _ = rfc4180.read('a,b\n"x\ny","z"\n王芳,,c\n')

    assert [[record.place(index) for index in range(len(record.fields))] for record in records] == [
        [(1, 1), (1, 3)],
        [(2, 1), (3, 4)],
        [(4, 1), (4, 4), (4, 5)],
    ]
    assert [record.line for record in records] == [1, 2, 4]


def test_place_of_a_field_that_is_not_there_is_the_end_of_the_record() -> None:
    records, _ = rfc4180.read('a,bc\n"x\ny",z\n')

    assert [record.place(9) for record in records] == [(1, 5), (3, 5)]


def test_blank_lines_count_as_lines() -> None:
    records, _ = rfc4180.read("a\n\n\nb\n")

    assert [record.line for record in records] == [1, 4]


@given(ROWS)
def test_every_field_stands_where_it_is_said_to(rows: list[list[str]]) -> None:
    text = rfc4180.write(rows).decode()
    starts = [0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")]

    for record in rfc4180.read(text)[0]:
        for index, field in enumerate(record.fields):
            line, column = record.place(index)
            rest = text[starts[line - 1] + column - 1 :]
            assert rest.startswith(rfc4180._quoted(field))


# --- flaws ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b"c\n', [("quote_inside", 1, 4)]),
        ('a,b""c\n', [("quote_inside", 1, 4)]),
        ('a, "b"\n', [("quote_inside", 1, 4)]),
        ('a,"b"c\n', [("after_quote", 1, 6)]),
        ('a,"b" \n', [("after_quote", 1, 6)]),
        ('a,"b\n', [("quote_unclosed", 1, 3)]),
        ('a,"b""\nc,d\n', [("quote_unclosed", 1, 3)]),
        ('a,"\n', [("quote_unclosed", 1, 3)]),
        ("a\rb,c\n", [("bare_return", 1, 2)]),
        ('a\rb,"c"\n', [("bare_return", 1, 2)]),
        ('"a",b\rc\n', [("bare_return", 1, 6)]),
        ('"a"\r"b"\n', [("after_quote", 1, 4)]),
    ],
)
def test_breach_of_the_quoting_rules_is_told(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert flaws(text) == expected


def test_one_flaw_hides_no_other() -> None:
    text = 'a,"b"c\nfine,x\nq"q,x\n"open,x\nalso,fine\n'

    records, found = rfc4180.read(text)

    assert [flaw[:2] for flaw in found] == [
        ("after_quote", (1, 6)),
        ("quote_inside", (3, 2)),
        ("quote_unclosed", (4, 1)),
    ]
    assert [record.fields for record in records if not record.is_broken] == [["fine", "x"], ["also", "fine"]]


def test_quote_closed_in_the_middle_of_a_later_field_was_never_closed() -> None:
    """The second line opens a quote the writer never closed; the third is sound and must stay so."""
    records, found = rfc4180.read('a,"b\nc,"d"\ne,f\n')

    assert found == [Flaw("quote_unclosed", Place(1, 3), '"b')]
    assert [record.fields for record in records if not record.is_broken] == [["c", "d"], ["e", "f"]]


def test_broken_record_still_gives_its_first_fields() -> None:
    records, _ = rfc4180.read('e1,"b"c,d\n')

    assert (records[0].is_broken, records[0].fields[0]) == (True, "e1")


@given(st.text(st.sampled_from('a,"\n\r'), max_size=30))
def test_any_text_is_read_to_its_end(text: str) -> None:
    records, found = rfc4180.read(text)

    assert any(record.is_broken for record in records) == bool(found)
    assert all(record.fields for record in records)
    lines = [record.line for record in records]
    assert lines == sorted(set(lines))
