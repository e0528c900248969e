"""Every slip of syntax in a TOML text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure.bundle.syntax import parse


def slips(text: str) -> list[tuple[int, int]]:
    return [tuple(slip.place) for slip in parse(text).slips]


def test_sound_text_has_no_slip_and_exact_decimals() -> None:
    parsed = parse("step = 0.1\nmax = 10\n")

    assert (parsed.document, parsed.slips) == ({"step": Decimal("0.1"), "max": 10}, [])


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e99999999999999999999999"])
def test_number_no_decimal_can_hold_is_not_finite(number: str) -> None:
    document = parse(f"step = {number}").document

    assert document is not None
    assert not document["step"].is_finite()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = \n", (1, 5)),
        ("a = 1,5\n", (1, 6)),
        ("a = abc\n", (1, 5)),
        ('ok = 1\n  title = "open\n', (2, 16)),
        ("a = 1\na = 2\n", (2, 6)),
        ("a = 1 b = 2\n", (1, 7)),
    ],
)
def test_slip_is_told_with_its_place(text: str, place: tuple[int, int]) -> None:
    assert slips(text) == [place]


def test_each_slip_is_told_and_the_rest_is_read() -> None:
    parsed = parse('[contest]\ncode = x\ntitle = "t"\nplaces = 2,5\n[ranking]\norder = [total]\n')

    assert [slip.place.line for slip in parsed.slips] == [2, 4, 6]
    assert parsed.document == {"contest": {"title": "t"}, "ranking": {}}
    assert parsed.lost == {(1, "code"), (1, "places"), (5, "order")}


def test_lines_stay_where_they_are_when_one_is_taken_out() -> None:
    assert parse("a = x\nb = 1\n").text == "\nb = 1\n"


def test_key_before_the_first_header_is_lost_from_the_top() -> None:
    assert parse("a = x\n[contest]\n").lost == {(1, "a")}


@pytest.mark.parametrize(
    "text",
    ["[contest\ncode = x\n", "[[group]\n", "a = [1\nb = x\n", 'a = """\nb = x\n', "= 1\n", "a = x\n[b\n"],
)
def test_first_slip_alone_is_told_where_the_rest_cannot_be_read(text: str) -> None:
    parsed = parse(text)

    assert (parsed.document, len(parsed.slips), parsed.text) == (None, 1, text)


def test_slip_at_the_end_of_the_text_has_a_place() -> None:
    assert slips("a = [1,\n\n  2") == [(3, 4)]


def test_lines_may_end_with_carriage_returns() -> None:
    assert slips("ok = 1\r\na = x\r\n") == [(2, 5)]


def test_endless_nesting_is_a_slip() -> None:
    parsed = parse("a = " + "[" * 5000 + "]" * 5000)

    assert [slip.reason for slip in parsed.slips] == ["nested too deeply"]


@pytest.mark.parametrize("line", ["{} = 1", "[{}]"])
def test_endless_dotted_key_is_a_slip_of_its_line(line: str) -> None:
    parsed = parse("ok = 1\n" + line.format(".".join(["a"] * 100_000)))

    assert [(slip.place.line, slip.reason) for slip in parsed.slips] == [(2, "nested too deeply")]


def test_comment_may_be_a_row_of_dots() -> None:
    assert slips("# " + "." * 5000 + "\nok = 1") == []


def test_number_of_too_many_digits_is_a_slip() -> None:
    assert len(parse("a = " + "9" * 5000).slips) == 1


@given(st.text(st.sampled_from("ab =[]\"'\n\\#.1,{}")))
def test_any_text_is_read_or_refused(text: str) -> None:
    parsed = parse(text)

    assert parsed.slips or parsed.document is not None
    lines = text.split("\n")
    assert all(1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1 for line, column in slips(text))
