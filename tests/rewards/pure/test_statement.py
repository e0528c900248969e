"""Statements, columns of HR's file, reminders: arithmetic on plain data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.pure import columns, expiry, statement
from rewards.pure.statement import Line

LINE = Line(at="2026-11-02 08:00", kind="award", text="比武第一名", source="contest", by="", points=30)


@given(st.integers(0, 10_000), st.lists(st.integers(-500, 500), max_size=20))
def test_the_running_balance_ends_in_the_closing_balance(opening: int, points: list[int]) -> None:
    found = statement.state(
        number="1",
        name="甲",
        month="2026-11",
        opening=opening,
        lines=[replace(LINE, points=number) for number in points],
    )

    assert found.closing == opening + sum(points) == opening + found.earned + found.spent
    assert [line.balance for line in found.lines] == [
        opening + sum(points[: place + 1]) for place in range(len(points))
    ]


def test_the_digest_is_of_what_stands_there() -> None:
    one = statement.state(number="1", name="甲", month="2026-11", opening=5, lines=[LINE])

    assert statement.digest(one) == statement.digest(replace(one))
    assert statement.digest(one) != statement.digest(replace(one, opening=6))
    assert b'"balance":35' in statement.canonical(one)


@pytest.mark.parametrize(("days", "expected"), [(31, 0), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0)])
def test_which_reminder_is_due(days: int, expected: int) -> None:
    assert expiry.threshold(days) == expected


def test_the_usual_columns_have_no_fault() -> None:
    found, faults = columns.read(columns.DEFAULT, date_format="%Y-%m-%d")

    assert faults == ()
    assert columns.line(
        found[:1] + found[3:4] + found[6:8], {"number": "1", "last_on": date(2026, 1, 2), "wanted_on": None},
        date_format="%Y/%m/%d",
    ) == ["1", "积分带薪休假", "2026/01/02", ""]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "date_format", "expected"),
    [
        ([], "%Y-%m-%d", ["missing", "missing", "missing"]),
        ([*columns.DEFAULT, {"header": "", "source": "name"}], "%Y-%m-%d", ["no-header"]),
        ([*columns.DEFAULT, {"header": "工号", "source": "name"}], "%Y-%m-%d", ["twice"]),
        ([*columns.DEFAULT, {"header": "x", "source": "colour"}], "%Y-%m-%d", ["unknown-source"]),
        ([*columns.DEFAULT, {"header": "x", "source": "name", "constant": "y"}], "%Y-%m-%d", ["both"]),
        (columns.DEFAULT, "%H", ["date-format"]),
        ([*columns.DEFAULT, *({"header": f"x{n}", "constant": "y"} for n in range(40))], "%Y-%m-%d", ["too-many"]),
    ],
)
def test_faults_of_a_layout(rows: list[dict[str, str]], date_format: str, expected: list[str]) -> None:
    assert [fault.code for fault in columns.read(rows, date_format=date_format)[1]] == expected
