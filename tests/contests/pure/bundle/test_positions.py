"""Where keys and values of a TOML document stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from contests.pure.bundle.positions import Path, locate
from contests.pure.bundle.writing import write_scheme
from contests.pure.scheme import Scheme
from tests.contests.pure import samples


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every path to a value that is no table."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, data
        if isinstance(data, list):
            for index, value in enumerate(data):
                yield from leaves(value, (*path, index))


def rest_at(text: str, place: tuple[int, int]) -> str:
    line, column = place
    return "\n".join([text.split("\n")[line - 1][column - 1 :], *text.split("\n")[line:]])


TRICKY = '''\
# [contest] in a comment
title = "a # no comment" # [[group]]
"quoted key" = 1
'literal' = 'back\\slash'
dotted . "key" = true
[contest]
code="x"
long = """
[not.a.header]
key = "no key" \\"""
end""" # after
raw = \'\'\'
'' not yet \'\'\'
quotes = """a""\"""
list = [ # one
  "total", # two
  [1, 2], {x = 1, y = [3]},
]
[[group]]
code = 1979-05-27 07:32:00
[[group]]
  code  =  "b"
[group.more]
deep = 0.5
[[group.parts]]
n = 1
[[group.parts]]
n = 2
[a.b.c]
d = {e.f = "g", h = "i"}
'''


def test_tricky_document_is_valid_toml() -> None:
    assert tomllib.loads(TRICKY)["group"][1]["parts"] == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("title",), (2, 1), (2, 9)),
        (("quoted key",), (3, 1), (3, 16)),
        (("literal",), (4, 1), (4, 13)),
        (("dotted", "key"), (5, 1), (5, 18)),
        (("contest",), (6, 1), (6, 1)),
        (("contest", "code"), (7, 1), (7, 6)),
        (("contest", "long"), (8, 1), (8, 8)),
        (("contest", "raw"), (12, 1), (12, 7)),
        (("contest", "quotes"), (14, 1), (14, 10)),
        (("contest", "list"), (15, 1), (15, 8)),
        (("contest", "list", 0), (16, 3), (16, 3)),
        (("contest", "list", 1, 1), (17, 7), (17, 7)),
        (("contest", "list", 2, "y", 0), (17, 24), (17, 24)),
        (("group", 0), (19, 1), (19, 1)),
        (("group", 0, "code"), (20, 1), (20, 8)),
        (("group", 1, "code"), (22, 3), (22, 12)),
        (("group", 1, "more", "deep"), (24, 1), (24, 8)),
        (("group", 1, "parts", 0, "n"), (26, 1), (26, 5)),
        (("group", 1, "parts", 1, "n"), (28, 1), (28, 5)),
        (("a", "b"), (29, 1), (29, 1)),
        (("a", "b", "c", "d", "e", "f"), (30, 6), (30, 12)),
        (("a", "b", "c", "d", "h"), (30, 17), (30, 21)),
    ],
)
def test_key_and_value_are_found(path: Path, key: tuple[int, int], value: tuple[int, int]) -> None:
    positions = locate(TRICKY)

    assert (positions.key(path), positions.value(path)) == (key, value)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("contest", "places"), (6, 1)),
        (("group", 1, "title"), (21, 1)),
        (("group", 7, "title"), (19, 1)),
        (("nowhere",), (1, 1)),
        ((), (1, 1)),
    ],
)
def test_what_is_not_there_is_looked_for_in_its_table(path: Path, place: tuple[int, int]) -> None:
    positions = locate(TRICKY)

    assert (positions.key(path), positions.value(path)) == (place, place)


def test_lines_may_end_with_carriage_returns() -> None:
    positions = locate(TRICKY.replace("\n", "\r\n"))

    assert positions.value(("contest", "list", 1, 1)) == (17, 7)


def test_every_value_of_the_tricky_document_is_found() -> None:
    positions = locate(TRICKY)
    found = {path: positions.value(path) for path, _ in leaves(tomllib.loads(TRICKY))}

    assert len(set(found.values())) == len(found)


@settings(max_examples=50)
@given(samples.schemes())
def test_every_value_of_a_written_scheme_stands_where_it_is_said_to(scheme: Scheme) -> None:
    text = write_scheme(scheme).decode()
    positions = locate(text)

    for path, value in leaves(tomllib.loads(text, parse_float=Decimal)):
        rest = rest_at(text, positions.value(path))
        if isinstance(path[-1], str) and path[-1] not in {"group", "aspect"}:
            assert rest_at(text, positions.key(path)).startswith(f"{path[-1]} = ")
        if isinstance(value, str):
            literal = re.match(r'"(?:[^"\\]|\\.)*"', rest)
            assert literal is not None
            assert tomllib.loads(f"value = {literal[0]}") == {"value": value}
        elif isinstance(value, list):
            assert rest.startswith("[")
        elif not isinstance(value, dict):
            assert rest.startswith(str(value).lower())
