"""Where the keys and values of a TOML document stand.

The standard library reads TOML but forgets the places. This walks a document tomllib has already accepted, so it
may trust the grammar, and notes for every path, such as `("aspect", 1, "step")`, where its key and value start.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import NamedTuple

from contests.pure.rfc4180 import Place

Path = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRINGS = (
    ('"""', re.compile(r'"""(?:[^\\]|\\.)*?""""{0,2}', re.DOTALL)),
    ("'''", re.compile(r"'''.*?''''{0,2}", re.DOTALL)),
    ('"', re.compile(r'"(?:[^"\\\n]|\\.)*"')),
    ("'", re.compile(r"'[^'\n]*'")),
)
_TOKEN = re.compile(r"[^,\]}#\n]*")


class _Offsets(NamedTuple):
    key: int
    value: int


class Positions:
    """Places in one document; `locate` makes it."""

    def __init__(self, text: str, offsets: dict[Path, _Offsets]) -> None:
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._offsets = offsets

    def value(self, path: Path) -> Place:
        """Where the value at path starts; of a path that is not there, where the nearest table above it does."""
        return self._place(self._nearest(path).value)

    def key(self, path: Path) -> Place:
        """Where the key at path starts."""
        return self._place(self._nearest(path).key)

    def _nearest(self, path: Path) -> _Offsets:
        while path and path not in self._offsets:
            path = path[:-1]
        return self._offsets.get(path, _Offsets(0, 0))

    def _place(self, offset: int) -> Place:
        line = bisect_right(self._line_starts, offset)
        return Place(line, offset - self._line_starts[line - 1] + 1)


def locate(text: str) -> Positions:
    """Walk a valid TOML document and note its places."""
    walker = _Walker(text)
    walker.document()
    return Positions(text, walker.offsets)


class _Walker:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.offsets: dict[Path, _Offsets] = {}
        self.lengths: dict[Path, int] = {}  # tables so far in each array of tables

    def document(self) -> None:
        table: Path = ()
        self._skip(_GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._key_and_value(table)
            self._skip(_GAP)

    def _header(self) -> Path:
        start = self.at
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        names = self._key()
        self.at += brackets
        path: Path = ()
        for depth, name in enumerate(names, start=1):
            path += (name,)
            self.offsets.setdefault(path, _Offsets(start, start))
            if brackets == 2 and depth == len(names):
                self.lengths[path] = self.lengths.get(path, 0) + 1
            if path in self.lengths:
                path += (self.lengths[path] - 1,)
                self.offsets.setdefault(path, _Offsets(start, start))
        return path

    def _key_and_value(self, table: Path) -> None:
        start = self.at
        names = self._key()
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        path = table
        for name in names:
            path += (name,)
            self.offsets.setdefault(path, _Offsets(start, self.at))
        self._value(path, start)

    def _key(self) -> list[str]:
        names = []
        while True:
            self._skip(_SPACE)
            start = self.at
            if self.text[start] in "\"'":
                self._string()
                names.append(str(tomllib.loads("name = " + self.text[start : self.at])["name"]))
            else:
                self._skip(_BARE_KEY)
                names.append(self.text[start : self.at])
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def _value(self, path: Path, key: int) -> None:
        self.offsets[path] = _Offsets(key, self.at)
        sign = self.text[self.at]
        if sign == "[":
            self._array(path)
        elif sign == "{":
            self._inline_table(path)
        elif sign in "\"'":
            self._string()
        else:
            self._skip(_TOKEN)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(_GAP)
            if self.text[self.at] == "]":
                break
            self._value((*path, index), self.at)
            index += 1
            self._skip(_GAP)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self._skip(_GAP)
            if self.text[self.at] == "}":
                break
            self._key_and_value(path)
            self._skip(_GAP)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def _string(self) -> None:
        for opening, pattern in _STRINGS:
            if self.text.startswith(opening, self.at):
                self._skip(pattern)
                return

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
