"""A statement of one month: opening balance, movements with the running balance, closing balance; its exact bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Line:
    """One movement as its owner sees it: signed points and what they had afterwards. Times and days as text."""

    at: str
    kind: str
    text: str
    source: str
    by: str
    points: int
    valid_until: str = ""
    balance: int = 0


@dataclass(frozen=True)
class Statement:
    """One person's month; `fund` is left out of the facts where it is over all funds."""

    number: str
    name: str
    month: str
    opening: int
    closing: int
    lines: tuple[Line, ...]
    fund: str = ""

    @property
    def earned(self) -> int:
        """Points that came."""
        return sum(line.points for line in self.lines if line.points > 0)

    @property
    def spent(self) -> int:
        """Points that went, as a negative number."""
        return sum(line.points for line in self.lines if line.points < 0)


def state(*, number: str, name: str, month: str, opening: int, lines: Iterable[Line], fund: str = "") -> Statement:  # fmt: skip
    """Return the statement with the running balance of each line."""
    balance, found = opening, []
    for line in lines:
        balance += line.points
        found.append(replace(line, balance=balance))
    return Statement(number, name, month, opening, balance, tuple(found), fund)


def canonical(statement: Statement) -> bytes:
    """Return the bytes that are hashed: sorted keys, no spaces, UTF-8."""
    facts: dict[str, Any] = asdict(statement)
    if not statement.fund:
        del facts["fund"]
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(statement: Statement) -> str:
    """Return the SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical(statement)).hexdigest()
