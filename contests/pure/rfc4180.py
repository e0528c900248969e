"""Comma-separated text as RFC 4180 has it, with the place of every field.

Lines are physical lines, counted from 1, also inside a quoted field that spans several; columns are characters,
counted from 1, and a quoted field starts at its opening quote. Lines may end with CR LF or LF; a wholly empty
line between records is no record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands: physical line and character, both from 1."""

    line: int
    column: int


_START = Place(1, 1)


class Flaw(NamedTuple):
    """A breach of the quoting rules: quote_unclosed · quote_inside · after_quote · bare_return."""

    code: str
    place: Place
    found: str


@dataclass(slots=True)
class Record:
    """One record. `places` is None where no field is quoted, until one is asked for: every place follows from the texts."""

    line: int
    fields: list[str]
    places: list[Place] | None = None
    is_broken: bool = False
    end: Place = _START

    def place(self, index: int) -> Place:
        """Where field `index` starts; of a field that is not there, where the record ends."""
        if index >= len(self.fields):
            return self.end
        if self.places is None:
            starts = accumulate((len(text) + 1 for text in self.fields), initial=1)
            self.places = [Place(self.line, start) for start in starts]
        return self.places[index]


def read(text: str) -> tuple[list[Record], list[Flaw]]:
    """Split text into records; what breaks the quoting is listed and its record marked broken.

    After a flaw reading goes on with the next physical line, and after a quote that is closed nowhere, or lines
    below in the middle of a field, with the line behind its own: so one slip hides no other.
    """
    return _Reader(text).read()


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as UTF-8, quoting only what must be quoted; lines end with LF."""
    return "".join(",".join(map(_quoted, row)) + "\n" for row in rows).encode()


def _quoted(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        if not self.lines[-1]:
            self.lines.pop()
        self.next = 0
        self.flaws: list[Flaw] = []

    def read(self) -> tuple[list[Record], list[Flaw]]:
        records = []
        while self.next < len(self.lines):
            content = self.lines[self.next].removesuffix("\r")
            if not content:
                self.next += 1
            elif '"' in content:
                records.append(self._record_with_quotes())
            else:
                records.append(self._plain_record(content))
        return records, self.flaws

    def _plain_record(self, content: str) -> Record:
        self.next += 1
        record = Record(self.next, content.split(","), end=Place(self.next, len(content) + 1))
        if "\r" in content:
            self._flaw(record, "bare_return", Place(self.next, content.index("\r") + 1), "\r")
        return record

    def _record_with_quotes(self) -> Record:
        record = Record(self.next + 1, [], [])
        column = 0
        while True:
            content = self.lines[self.next].removesuffix("\r")
            if content.startswith('"', column):
                end = self._quoted_field(record, column)
            else:
                end = self._bare_field(record, content, column)
            if record.is_broken:
                break
            content = self.lines[self.next].removesuffix("\r")
            if end == len(content):
                record.end = Place(self.next + 1, end + 1)
                break
            column = end + 1
        self.next += 1
        return record

    def _bare_field(self, record: Record, content: str, column: int) -> int:
        end = content.find(",", column)
        end = len(content) if end < 0 else end
        text = content[column:end]
        self._add(record, text, Place(self.next + 1, column + 1))
        for code, sign in (("quote_inside", '"'), ("bare_return", "\r")):
            if sign in text:
                self._flaw(record, code, Place(self.next + 1, column + text.index(sign) + 1), text)
                break
        return end

    def _quoted_field(self, record: Record, column: int) -> int:
        """Read from an opening quote; gives the offset behind the closing one, in what is then the line."""
        first_line, opening = self.next, Place(self.next + 1, column + 1)
        parts: list[str] = []
        position = column + 1
        while True:
            line = self.lines[self.next]
            quote = line.find('"', position)
            if quote < 0:
                parts.append(line[position:] + "\n")
                if self.next + 1 == len(self.lines):
                    return self._unclosed(record, first_line, opening)
                self.next, position = self.next + 1, 0
                continue
            parts.append(line[position:quote])
            position = quote + 1
            if not line.startswith('"', position):
                break
            parts.append('"')
            position += 1
        content = line.removesuffix("\r")
        if position < len(content) and content[position] != ",":
            if self.next > first_line:  # most likely the quote that closed here was to open a later field
                return self._unclosed(record, first_line, opening)
            self._flaw(record, "after_quote", Place(self.next + 1, position + 1), content[position:])
        self._add(record, "".join(parts), opening)
        return position

    def _unclosed(self, record: Record, first_line: int, opening: Place) -> int:
        self.next = first_line
        content = self.lines[first_line].removesuffix("\r")
        self._add(record, content[opening.column :], opening)
        self._flaw(record, "quote_unclosed", opening, content[opening.column - 1 :])
        return len(content)

    def _add(self, record: Record, text: str, place: Place) -> None:
        record.fields.append(text)
        if record.places is not None:
            record.places.append(place)

    def _flaw(self, record: Record, code: str, place: Place, found: str) -> None:
        record.is_broken = True
        self.flaws.append(Flaw(code, place, found))
