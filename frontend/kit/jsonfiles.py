"""JSON files that other programs wrote: read whole, or a sentence that names the file and the place in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Unreadable(ValueError):
    """The file holds no JSON value; the sentence says which file and where."""


def read(path: str | Path) -> Any:
    """Return the value in a file of UTF-8 text, with or without a byte order mark.

    A name that stands twice in one object is refused: readers disagree which of the two counts (RFC 8259, section 4).

    Raises:
        Unreadable: no such file, no text, no JSON, a name twice, nested too deeply.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8-sig"), object_pairs_hook=_fields)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path}: byte {error.start + 1} is no UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"{path}: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise Unreadable(f"{path}: nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"{path}: {error}") from None


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice in one object")
    return fields
