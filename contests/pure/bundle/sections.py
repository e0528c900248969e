"""Typed reading of one table of contest.toml: a value, or a fault noted and None."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

from contests.pure import decimals
from contests.pure.bundle.faults import NO_PARAMS
from contests.pure.bundle.positions import Path

LONGEST_TITLE = 200
CODE = re.compile(r"[a-z0-9-]{1,64}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Value = TypeVar("Value")


class Report(Protocol):
    """Takes note of a fault at a path of the document."""

    def __call__(
        self,
        path: Path,
        code: str,
        *,
        found: object = None,
        at_key: bool = False,
        params: Mapping[str, object] = NO_PARAMS,
    ) -> None:
        """Note it; found is the value that stands there."""


class Wrong(Exception):
    """A value broke a rule of its key."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def field_name(path: Path) -> str:
    """Name a path as people count: ("aspect", 1, "step") is `aspect[2].step`."""
    parts: list[str] = []
    for part in path:
        if isinstance(part, int):
            parts[-1] += f"[{part + 1}]"
        else:
            parts.append(part)
    return ".".join(parts)


class Section:
    """One table; every method reads one key. A key without a default must be there."""

    def __init__(self, report: Report, path: Path, data: Mapping[str, object], *, numbers_as_text: bool) -> None:
        self.report = report
        self.path = path
        self.data = data
        self.numbers_as_text = numbers_as_text
        self.known: list[str] = []

    def finish(self) -> None:
        """Note every key nobody asked for."""
        for key in self.data:
            if key not in self.known:
                self.report(
                    (*self.path, key), "key_unknown", found=key, at_key=True, params={"keys": ", ".join(self.known)}
                )

    def fault(self, key: str, code: str, **params: object) -> None:
        """Note a fault at the value of key."""
        self.report((*self.path, key), code, found=self.data.get(key), params=params)

    def _read(self, key: str, parse: Callable[[object], Value], default: Value | None) -> Value | None:
        self.known.append(key)
        if key not in self.data:
            if default is None:
                self.report((*self.path, key), "key_missing", at_key=True, params={"name": key})
            return default
        try:
            return parse(self.data[key])
        except Wrong as wrong:
            self.fault(key, wrong.code, **wrong.params)
            return None

    def text(self, key: str) -> str | None:
        """Read a text of 1 to LONGEST_TITLE characters."""
        return self._read(key, _text, None)

    def code(self, key: str) -> str | None:
        """Read a code. Whatever text stands there is given, so that references to it are understood."""
        code = self._read(key, _any_text, None)
        if code is not None and not CODE.fullmatch(code):
            self.fault(key, "not_a_code")
        return code

    def reference(self, key: str) -> str | None:
        """Read the code of something else, whatever it is."""
        return self._read(key, _any_text, None)

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str | None:
        """Read one of a few words."""
        return self._read(key, lambda value: _choice(value, choices), default)

    def whole(self, key: str, minimum: int, maximum: int, default: int | None = None) -> int | None:
        """Read a whole number within bounds."""
        return self._read(key, lambda value: _whole(value, minimum, maximum), default)

    def number(self, key: str, default: Decimal | None = None) -> Decimal | None:
        """Read a finite decimal of a sane length."""
        return self._read(key, self._number, default)

    def _number(self, value: object) -> Decimal:
        number: Decimal | None = None
        if isinstance(value, str) and self.numbers_as_text:
            number = decimals.parse(value)
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            number = Decimal(value)
        if number is None or not decimals.is_in_bounds(number):
            raise Wrong("not_a_number")
        return decimals.EXACT.plus(number)

    def flag(self, key: str, *, default: bool) -> bool | None:
        """Read true or false."""
        return self._read(key, _flag, default)

    def texts(self, key: str, default: list[str] | None = None) -> list[tuple[Path, str]] | None:
        """Read a list of different texts, each with its path; what is no text or a repetition is noted, left out."""
        values = self._read(key, _list, list[object](default) if default is not None else None)
        if values is None:
            return None
        texts: dict[str, Path] = {}
        for index, text in enumerate(values):
            path = (*self.path, key, index)
            if not isinstance(text, str):
                self.report(path, "not_text", found=text)
            elif text in texts:
                self.report(path, "repeated", found=text)
            else:
                texts[text] = path
        return [(path, text) for text, path in texts.items()]


def _any_text(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong("not_text")
    return value


def _text(value: object) -> str:
    text = _any_text(value)
    if not text:
        raise Wrong("empty")
    if len(text) > LONGEST_TITLE:
        raise Wrong("too_long", count=LONGEST_TITLE)
    if CONTROL.search(text):
        raise Wrong("control_character")
    return text


def _choice(value: object, choices: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise Wrong("not_a_choice", choices=", ".join(choices))
    return value


def _whole(value: object, minimum: int, maximum: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
        raise Wrong("not_whole", minimum=minimum, maximum=maximum)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong("not_true_or_false")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Wrong("not_texts")
    return value
