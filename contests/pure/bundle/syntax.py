"""TOML text → its document and every slip of syntax in it.

tomllib stops at the first slip. Where that is a line `key = …`, the line is taken out and the rest read again, so
that one wrong comma hides neither the next nor an impossible mark in another file. Where the rest cannot be read
so (a broken header, an unclosed list), the first slip alone is told: others would only be its echo.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from contests.pure.rfc4180 import Place

MOST_SLIPS = 100
MOST_DOTS = 1000  # in a line; the time a dotted key takes grows with the square of its length
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_PAIR = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_HEADER = re.compile(r"\s*\[")


@dataclass(frozen=True, slots=True)
class Slip:
    """One breach of TOML's syntax."""

    place: Place
    reason: str


@dataclass(slots=True)
class Parsed:
    """`document` is None where nothing could be read; `text` is what it was read from, line for line.

    `lost` holds (line of the table's header, key) for every line taken out: that key is not missing, it is broken.
    """

    document: dict[str, Any] | None
    text: str
    slips: list[Slip] = field(default_factory=list)
    lost: set[tuple[int, str]] = field(default_factory=set)


def parse(text: str) -> Parsed:
    """Read TOML with exact decimals (a number no decimal can hold becomes NaN)."""
    parsed = Parsed(None, text)
    lines = text.split("\n")
    for _ in range(MOST_SLIPS):
        slip = _try(parsed)
        if slip is None:
            return parsed
        parsed.slips.append(slip)
        pair = _PAIR.match(lines[slip.place.line - 1])
        if pair is None:
            break
        parsed.lost.add((_line_of_header(lines, slip.place.line), pair[1]))
        lines[slip.place.line - 1] = ""
        parsed.text = "\n".join(lines)
    return Parsed(None, text, parsed.slips[:1])


def _try(parsed: Parsed) -> Slip | None:
    for number, line in enumerate(parsed.text.split("\n"), start=1):
        if line.count(".") > MOST_DOTS and not line.lstrip().startswith("#"):
            return Slip(Place(number, 1), "nested too deeply")
    try:
        parsed.document = tomllib.loads(parsed.text, parse_float=_exact)
    except RecursionError:
        return Slip(Place(1, 1), "nested too deeply")
    except ValueError as error:
        return _slip(str(error), parsed.text)
    return None


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        return Decimal("NaN")


def _slip(message: str, text: str) -> Slip:
    match = _AT.search(message)
    if match is None:
        return Slip(Place(1, 1), message)
    reason = message[: match.start()]
    if match[1] is not None:
        return Slip(Place(int(match[1]), int(match[2])), reason)
    return Slip(Place(text.count("\n") + 1, len(text) - text.rfind("\n")), reason)


def _line_of_header(lines: list[str], line: int) -> int:
    """Find the line of the header above a line, 1 where there is none."""
    return next((number for number in range(line - 1, 0, -1) if _HEADER.match(lines[number - 1])), 1)
