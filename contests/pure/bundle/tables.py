"""The CSV files of a bundle as tables: bytes → rows in the file's own column names, faults noted."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from contests.pure import rfc4180
from contests.pure.bundle.faults import FaultList
from contests.pure.rfc4180 import Place

_BAD_BYTE = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of a byte that is no UTF-8
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of file: its columns, in the order export writes them.

    `optional` columns may be absent, and are empty then; `may_be_empty` are the fields that need no value; `longest`
    gives the most characters of a text (a reference needs none: it is there or not).
    """

    file: str
    columns: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    may_be_empty: frozenset[str] = frozenset()
    longest: Mapping[str, int] = field(default_factory=dict)
    is_optional: bool = False


ENTRIES = Layout(
    "entries.csv",
    ("entry", "name", "unit", "group", "start_order", "status"),
    optional=frozenset({"unit", "group", "status"}),
    may_be_empty=frozenset({"unit", "group", "status"}),
    longest={"entry": 64, "name": 200, "unit": 200, "group": 200},
)
JUDGES = Layout(
    "judges.csv",
    ("judge", "name", "unit", "role"),
    optional=frozenset({"unit"}),
    may_be_empty=frozenset({"unit"}),
    longest={"judge": 64, "name": 200, "unit": 200},
)
MARKS = Layout("marks.csv", ("entry", "aspect", "judge", "value"), may_be_empty=frozenset({"value"}))
PENALTIES = Layout(
    "penalties.csv",
    ("entry", "points", "reason"),
    may_be_empty=frozenset({"reason"}),
    longest={"reason": 500},
    is_optional=True,
)
FACTORS = Layout("factors.csv", ("entry", "aspect", "factor"), is_optional=True)


def decode(file: str, data: bytes, faults: FaultList) -> str | None:
    """Give the text of a file without its byte order mark; bytes that are no UTF-8 stay as lone surrogates.

    UTF-16, Excel's "Unicode text", is refused with one fault: every other would only be its echo.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        faults.add(file, Place(1, 1), "not_utf8", found="UTF-16")
        return None
    return data.decode("utf-8-sig", errors="surrogateescape")


def bad_byte(text: str) -> re.Match[str] | None:
    """Find the first byte that is no UTF-8 in decoded text."""
    return _BAD_BYTE.search(text)


def shown_bytes(text: str) -> str:
    """Show text with its bad bytes in hexadecimal."""
    return text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")


@dataclass(slots=True)
class Row:
    """One record with the values of its table's columns; absent columns and fields are empty."""

    table: Table
    record: rfc4180.Record
    values: dict[str, str]
    spoiled: set[str] = field(default_factory=set)  # columns whose text is not what was meant

    @property
    def line(self) -> int:
        """The physical line the record starts in."""
        return self.record.line

    def fault(self, column: str, code: str, **params: object) -> None:
        """Note a fault at a field, unless its text is known to be broken already."""
        if column in self.spoiled:
            return
        place = self.record.place(self.table.indexes.get(column, len(self.record.fields)))
        found = self.values[column]
        self.table.faults.add(self.table.layout.file, place, code, field=column, found=found, params=params)


class Table:
    """One file, read: `rows` are the sound records; `keys(column)` what all records, sound or not, name there."""

    def __init__(self, layout: Layout, files: Mapping[str, bytes], faults: FaultList) -> None:
        self.layout = layout
        self.faults = faults
        self.indexes: dict[str, int] = {}
        self.rows: list[Row] = []
        self._records: list[rfc4180.Record] = []
        self._is_whole = False
        data = files.get(layout.file)
        if data is not None:
            text = decode(layout.file, data, faults)
            if text is not None:
                self._read(text)
        elif not layout.is_optional:
            faults.add(layout.file, Place(1, 1), "file_missing")

    def keys(self, column: str) -> set[str] | None:
        """Every value of a column, or None when some could not be read: then nothing can be said to be unknown."""
        index = self.indexes.get(column)
        if index is None or not self._is_whole:
            return None
        if any(index >= len(record.fields) for record in self._records):
            return None
        return {record.fields[index] for record in self._records}

    def _read(self, text: str) -> None:
        records, flaws = rfc4180.read(text)
        for flaw in flaws:
            self.faults.add(self.layout.file, flaw.place, flaw.code, found=shown_bytes(flaw.found))
        if not records:
            columns = ",".join(self.layout.columns)
            self.faults.add(self.layout.file, Place(1, 1), "header_missing", params={"columns": columns})
            return
        header, *self._records = records
        self._read_header(header)
        if header.is_broken:
            return
        self._is_whole = True
        self.rows = list(self._sound_rows(len(header.fields)))
        if _BAD_BYTE.search(text) or _CONTROL.search(text):
            for row in self.rows:
                self._check_characters(row)

    def _read_header(self, header: rfc4180.Record) -> None:
        file, columns = self.layout.file, ",".join(self.layout.columns)
        for index, name in enumerate(header.fields):
            place = header.place(index)
            if name in self.indexes:
                self.faults.add(file, place, "column_repeated", field=name, found=name)
            elif name in self.layout.columns:
                self.indexes[name] = index
            else:
                shown = shown_bytes(name)
                self.faults.add(file, place, "column_unknown", field=shown, found=shown, params={"columns": columns})
        for name in self.layout.columns:
            if name not in self.indexes and name not in self.layout.optional and not header.is_broken:
                self.faults.add(file, header.end, "column_missing", field=name, params={"name": name})

    def _sound_rows(self, width: int) -> Iterator[Row]:
        absent = {name for name in self.layout.columns if name not in self.indexes} - self.layout.optional
        for record in self._records:
            if record.is_broken:
                continue
            if len(record.fields) != width:
                place = record.place(min(width, len(record.fields)))
                found = f"{len(record.fields)}"
                self.faults.add(self.layout.file, place, "field_count", found=found, params={"count": width})
                continue
            values = dict.fromkeys(self.layout.columns, "")
            values.update((name, record.fields[index]) for name, index in self.indexes.items())
            yield Row(self, record, values, set(absent))

    def _check_characters(self, row: Row) -> None:
        for column, index in self.indexes.items():
            text = row.record.fields[index]
            for pattern, code in ((_BAD_BYTE, "not_utf8"), (_CONTROL, "control_character")):
                match = pattern.search(text)
                if match:
                    place = row.record.place(index)
                    self.faults.add(self.layout.file, place, code, field=column, found=shown_bytes(text))
                    row.spoiled.add(column)
                    break
