"""A table of marks, one row an entry and one column an aspect, read against the rules: all its marks, or every fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from contests.pure import decimals
from contests.pure.marks import refusal_of
from contests.pure.scheme import Aspect

Cell = tuple[str, str]  # entry, aspect


@dataclass(frozen=True, slots=True)
class TableFault:
    """What is wrong, and where: line 1 is the header, column is the header's text ('' for a whole row).

    Codes: no_code_column · no_mark_column · unknown_column · column_twice · no_entry · unknown_entry · entry_twice · has_status
    (params: status) · not_a_number (value) · out_of_range (minimum, maximum) · off_grid (minimum, step).
    """

    line: int
    column: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """Marks by entry and aspect; empty cells are no marks. With faults there are none."""

    marks: Mapping[Cell, Decimal]
    faults: tuple[TableFault, ...] = ()


def header_of(aspect: Aspect) -> str:
    """Return the header of an aspect's column: its title, and its code, which is what counts."""
    return f"{aspect.title} [{aspect.code}]"


def read(
    headers: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    *,
    code_header: str,
    passed_over: Sequence[str],
    aspects: Sequence[Aspect],
    entries: Mapping[str, str],
) -> Read:
    """Read a table; nothing is guessed.

    Args:
        rows: line number and texts of each row.
        code_header: header of the column of entry codes; passed_over: headers of columns nobody reads.
        entries: code → status ('' takes part) of every entry.
    """
    by_header = {header_of(aspect): aspect for aspect in aspects}
    faults = _header_faults(headers, [code_header, *passed_over], by_header, code_header)
    if faults:
        return Read({}, tuple(faults))
    place_of_code = headers.index(code_header)
    marks: dict[Cell, Decimal] = {}
    seen: set[str] = set()
    for line, texts in rows:
        code = texts[place_of_code] if place_of_code < len(texts) else ""
        given = [
            (header, by_header[header], text) for header, text in zip(headers, texts, strict=False)
            if header in by_header and text
        ]  # fmt: skip
        if wrong := _row_fault(line, code, code_header, seen, entries, has_marks=bool(given)):
            faults.append(wrong)
            continue
        seen.add(code)
        for header, aspect, text in given:
            value = decimals.parse(text)
            refusal = None if value is None else refusal_of(aspect, value)
            if value is None:
                faults.append(TableFault(line, header, "not_a_number", {"value": text[:40]}))
            elif refusal is not None:
                faults.append(TableFault(line, header, refusal.code, refusal.params))
            else:
                marks[code, aspect.code] = value
    return Read({}, tuple(faults)) if faults else Read(marks)


def _header_faults(
    headers: Sequence[str], known: Sequence[str], by_header: Mapping[str, Aspect], code_header: str
) -> list[TableFault]:
    found = []
    if code_header not in headers:
        found.append(TableFault(1, code_header, "no_code_column"))
    if not set(headers) & set(by_header):
        found.append(TableFault(1, "", "no_mark_column"))
    for place, header in enumerate(headers):
        if header and header not in known and header not in by_header:
            found.append(TableFault(1, header, "unknown_column"))
        elif header and header in headers[:place]:
            found.append(TableFault(1, header, "column_twice"))
    return found


def _row_fault(
    line: int, code: str, column: str, seen: set[str], entries: Mapping[str, str], *, has_marks: bool
) -> TableFault | None:
    if not code:
        return TableFault(line, column, "no_entry")
    if code not in entries:
        return TableFault(line, column, "unknown_entry", {"entry": code[:40]})
    if code in seen:
        return TableFault(line, column, "entry_twice", {"entry": code})
    if has_marks and entries[code]:
        return TableFault(line, column, "has_status", {"entry": code, "status": entries[code]})
    return None
