"""Units and trades as one types or pastes them: a line each, a unit with the units above it, `炼钢厂/转炉车间/甲班`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count

MOST_LINES = 5000
LONGEST_NAME = 80
LONGEST_TRADE = 60
MOST_LEVELS = 5
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")


@dataclass(frozen=True)
class Line:
    """A unit: the names from the top down to it, and its code ('' lets the system choose one)."""

    names: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line, counted from 1. Codes: empty-name, name-too-long, too-deep, not-a-code, duplicate-code."""

    line: int
    code: str
    value: str


def read_units(text: str) -> tuple[list[Line], list[Fault]]:
    """Read lines `A/B/C` with a code after a tab, comma or semicolon; empty lines count but say nothing."""
    lines: list[Line] = []
    faults: list[Fault] = []
    codes: set[str] = set()
    for number, row in enumerate(text.splitlines(), 1):
        path, code = _split(row)
        if not path:
            continue
        names = tuple(name.strip() for name in re.split(r"[/／]", path.strip("/／ ")))
        if fault := _fault(number, names, code, codes):
            faults.append(fault)
            continue
        codes |= {code} - {""}
        lines.append(Line(names, code))
    return lines, faults


def _split(row: str) -> tuple[str, str]:
    path, _separator, code = re.sub(r"[,，;；]", "\t", row, count=1).strip().partition("\t")
    return path.strip(), code.strip()


def _fault(number: int, names: tuple[str, ...], code: str, codes: Collection[str]) -> Fault | None:
    if not all(names):
        return Fault(number, "empty-name", "/".join(names))
    if any(len(name) > LONGEST_NAME for name in names):
        return Fault(number, "name-too-long", max(names, key=len))
    if len(names) > MOST_LEVELS:
        return Fault(number, "too-deep", "/".join(names))
    if code and not CODE.match(code):
        return Fault(number, "not-a-code", code)
    if code and code in codes:
        return Fault(number, "duplicate-code", code)
    return None


def read_trades(text: str) -> tuple[list[str], list[Fault]]:
    """Read one trade a line, each once."""
    names: dict[str, None] = {}
    faults: list[Fault] = []
    for number, row in enumerate(text.splitlines(), 1):
        name = row.strip()
        if len(name) > LONGEST_TRADE:
            faults.append(Fault(number, "name-too-long", name))
        elif name:
            names[name] = None
    return list(names), faults


def fresh_codes(taken: Collection[str], *, start: str = "u") -> Iterator[str]:
    """Yield codes nobody has yet: u1, u2, …; `taken` may grow meanwhile."""
    return (code for number in count(1) if (code := f"{start}{number}") not in taken)
