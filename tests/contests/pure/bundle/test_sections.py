"""Typed reading of one table."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contests.pure.bundle.sections import Section, field_name


class Notes(list[tuple[Any, ...]]):
    def __call__(self, path: Any, code: str, *, found: Any = None, at_key: bool = False, params: Any = None) -> None:
        self.append((path, code))


def section(data: dict[str, object], *, numbers_as_text: bool = False) -> tuple[Section, Notes]:
    notes = Notes()
    return Section(notes, ("aspect", 1), data, numbers_as_text=numbers_as_text), notes


READERS = {
    "text": lambda table: table.text("key"),
    "code": lambda table: table.code("key"),
    "reference": lambda table: table.reference("key"),
    "choice": lambda table: table.choice("key", ["a", "b"]),
    "whole": lambda table: table.whole("key", 0, 9),
    "number": lambda table: table.number("key"),
    "flag": lambda table: table.flag("key", default=False),
    "texts": lambda table: table.texts("key"),
}


@pytest.mark.parametrize(
    ("reader", "value", "result"),
    [
        ("text", "焊工", "焊工"),
        ("text", "x" * 200, "x" * 200),
        ("text", "tab\tand\nline", "tab\tand\nline"),
        ("code", "welding-2026", "welding-2026"),
        ("code", "0", "0"),
        ("reference", "Any Thing", "Any Thing"),
        ("choice", "b", "b"),
        ("whole", 0, 0),
        ("whole", 9, 9),
        ("number", 3, Decimal(3)),
        ("number", Decimal("-0.25"), Decimal("-0.25")),
        ("number", Decimal("1E+2"), Decimal(100)),
        ("flag", True, True),
        ("texts", ["x", "y"], [(("aspect", 1, "key", 0), "x"), (("aspect", 1, "key", 1), "y")]),
        ("texts", [], []),
    ],
)
def test_good_value_is_read(reader: str, value: object, result: object) -> None:
    table, notes = section({"key": value})

    assert (READERS[reader](table), notes) == (result, [])


@pytest.mark.parametrize(
    ("reader", "value", "code"),
    [
        ("text", 1, "not_text"),
        ("text", "", "empty"),
        ("text", "x" * 201, "too_long"),
        ("text", "nul\x00", "control_character"),
        ("code", 1, "not_text"),
        ("reference", ["x"], "not_text"),
        ("choice", "c", "not_a_choice"),
        ("choice", ["a"], "not_a_choice"),
        ("whole", 10, "not_whole"),
        ("whole", -1, "not_whole"),
        ("whole", True, "not_whole"),
        ("whole", Decimal("2.0"), "not_whole"),
        ("whole", "2", "not_whole"),
        ("number", "0.25", "not_a_number"),
        ("number", True, "not_a_number"),
        ("number", 0.25, "not_a_number"),
        ("number", Decimal("NaN"), "not_a_number"),
        ("number", Decimal("Infinity"), "not_a_number"),
        ("number", Decimal("1E+12"), "not_a_number"),
        ("number", 10**40, "not_a_number"),
        ("flag", 1, "not_true_or_false"),
        ("flag", "true", "not_true_or_false"),
        ("texts", "x", "not_texts"),
    ],
)
def test_bad_value_is_noted_and_nothing(reader: str, value: object, code: str) -> None:
    table, notes = section({"key": value})

    assert (READERS[reader](table), notes) == (None, [(("aspect", 1, "key"), code)])


@pytest.mark.parametrize("bad", ["", "Welding", "a_b", "焊", "a b", "x" * 65, "a\n"])
def test_bad_code_is_noted_and_still_known(bad: str) -> None:
    table, notes = section({"key": bad})

    assert (table.code("key"), notes) == (bad, [(("aspect", 1, "key"), "not_a_code")])


@pytest.mark.parametrize("reader", [name for name in READERS if name != "flag"])
def test_missing_key_is_noted(reader: str) -> None:
    table, notes = section({})

    assert (READERS[reader](table), notes) == (None, [(("aspect", 1, "key"), "key_missing")])


def test_default_stands_in_for_a_missing_key() -> None:
    table, notes = section({})

    values = [
        table.choice("a", ["x"], "x"),
        table.whole("b", 1, 2, 0),
        table.number("c", Decimal(1)),
        table.flag("d", default=True),
        table.texts("e", ["x"]),
    ]

    assert (values, notes) == (["x", 0, 1, True, [(("aspect", 1, "e", 0), "x")]], [])


def test_numbers_may_be_text_outside_of_files() -> None:
    table, notes = section({"good": "0.25", "bad": "1e3"}, numbers_as_text=True)

    assert (table.number("good"), table.number("bad")) == (Decimal("0.25"), None)
    assert notes == [(("aspect", 1, "bad"), "not_a_number")]


def test_list_leaves_out_what_is_no_text_and_what_comes_twice() -> None:
    table, notes = section({"key": ["x", 1, "x", "y"]})

    texts = table.texts("key")

    assert [text for _, text in texts or []] == ["x", "y"]
    assert notes == [(("aspect", 1, "key", 1), "not_text"), (("aspect", 1, "key", 2), "repeated")]


def test_keys_nobody_asked_for_are_noted() -> None:
    table, notes = section({"key": "x", "kay": "y", "other": 1})
    table.text("key")

    table.finish()

    assert notes == [(("aspect", 1, "kay"), "key_unknown"), (("aspect", 1, "other"), "key_unknown")]


@pytest.mark.parametrize(
    ("path", "name"),
    [(("aspect", 1, "step"), "aspect[2].step"), (("ranking", "order", 0), "ranking.order[1]"), ((), "")],
)
def test_field_is_named_as_people_count(path: tuple[str | int, ...], name: str) -> None:
    assert field_name(path) == name
