"""Entries, judges, penalties and factors: from rows of text to plain data, faults noted at their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from contests.pure import decimals
from contests.pure.bundle.tables import Row, Table
from contests.pure.scheme import ROLES, STATUSES, Entry, Factor, Judge, Penalty

MOST_START_ORDER = 999_999_999
_WHOLE = re.compile(r"[0-9]{1,9}")


def checked_texts(table: Table) -> Iterator[Row]:
    """Give the rows of a table after asking of every text that it is there and not too long."""
    for row in table.rows:
        for column, text in row.values.items():
            if not text and column not in table.layout.may_be_empty:
                row.fault(column, "empty")
                row.spoiled.add(column)
            elif len(text) > table.layout.longest.get(column, len(text)):
                row.fault(column, "too_long", count=table.layout.longest[column])
        yield row


def check_once(row: Row, columns: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> bool:
    """Note a row whose key another row had before; gives whether this is the first. `lines` remembers."""
    key = tuple(row.values[column] for column in columns)
    if any(column in row.spoiled for column in columns):
        return True
    first_line = lines.setdefault(key, row.line)
    if first_line != row.line:
        row.fault(columns[0], "row_repeated", line=first_line)
    return first_line == row.line


def check_reference(row: Row, column: str, known: set[str] | None) -> None:
    """Note a reference to what is not there; `known` None means that cannot be told."""
    if known is not None and row.values[column] not in known:
        row.fault(column, f"unknown_{column}")


def read_number(row: Row, column: str) -> Decimal | None:
    """Read a decimal, or note that it is none."""
    if column in row.spoiled:
        return None
    value = decimals.parse(row.values[column])
    if value is None:
        row.fault(column, "not_a_number")
    return value


def read_entries(table: Table) -> tuple[Entry, ...]:
    """Read entries.csv."""
    entries: list[Entry] = []
    lines: dict[tuple[str, ...], int] = {}
    for row in checked_texts(table):
        check_once(row, ("entry",), lines)
        values = row.values
        start_order = 0
        if _WHOLE.fullmatch(values["start_order"]):
            start_order = int(values["start_order"])
        else:
            row.fault("start_order", "not_whole", minimum=0, maximum=MOST_START_ORDER)
        if values["status"] and values["status"] not in STATUSES:
            row.fault("status", "not_a_choice", choices=", ".join(STATUSES))
        entries.append(
            Entry(values["entry"], values["name"], values["unit"], values["group"], start_order, values["status"])
        )
    return tuple(entries)


def read_judges(table: Table) -> tuple[Judge, ...]:
    """Read judges.csv."""
    judges: list[Judge] = []
    lines: dict[tuple[str, ...], int] = {}
    for row in checked_texts(table):
        check_once(row, ("judge",), lines)
        values = row.values
        if values["role"] not in ROLES:
            row.fault("role", "not_a_choice", choices=", ".join(ROLES))
        judges.append(Judge(values["judge"], values["name"], values["unit"], values["role"]))
    return tuple(judges)


def read_penalties(table: Table, entries: set[str] | None) -> tuple[Penalty, ...]:
    """Read penalties.csv; an entry may have several."""
    penalties: list[Penalty] = []
    for row in checked_texts(table):
        check_reference(row, "entry", entries)
        points = read_number(row, "points")
        if points is not None and points <= 0:
            row.fault("points", "not_positive")
        penalties.append(Penalty(row.values["entry"], points or Decimal(0), row.values["reason"]))
    return tuple(penalties)


def read_factors(table: Table, entries: set[str] | None, aspects: set[str] | None) -> tuple[Factor, ...]:
    """Read factors.csv; one for each entry and aspect at most."""
    factors: list[Factor] = []
    lines: dict[tuple[str, ...], int] = {}
    for row in checked_texts(table):
        check_reference(row, "entry", entries)
        check_reference(row, "aspect", aspects)
        check_once(row, ("entry", "aspect"), lines)
        factor = read_number(row, "factor")
        factors.append(Factor(row.values["entry"], row.values["aspect"], factor or Decimal(0)))
    return tuple(factors)
