"""A replay file: its steps read and checked before anything happens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from rewards.pure import codes
from rewards.pure.transfers import Transfer, canonical

if TYPE_CHECKING:
    from collections.abc import Collection

UUID_IN_LOWER_CASE: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
HALF_A_LETTER: Final = re.compile("[\ud800-\udfff]")
"""A surrogate without its other half, which JSON can write and no text can hold."""
ZERO_ID: Final = "00000000-0000-0000-0000-000000000000"
"""As a pending_id it means none, as in the names of the codes."""


class Malformed(ValueError):
    """A replay file that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    code: str
    flags: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoTo:
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire:
    """Run expiry."""


Step = Open | Close | Batch | Advance | GoTo | Expire


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    today: date
    steps: tuple[Step, ...]


def read_script(document: object) -> Script:
    """A replay file, already decoded from JSON. Raises Malformed."""
    fields = _fields(document, "the file", required={"today", "steps"})
    steps = _list(fields["steps"], "steps")
    return Script(
        today=read_day(fields["today"], "today"),
        steps=tuple(_step(step, f"step {number}") for number, step in enumerate(steps, start=1)),
    )


def read_transfer(document: object, where: str = "transfer") -> Transfer:
    """A transfer as callers write it: names of fields as in the page, null means left out. Raises Malformed."""
    optional = set(Transfer.__dataclass_fields__) - {"id"}
    fields = _fields(document, where, required={"id"}, optional=optional)
    if "amount" in fields and fields["amount"] is None:
        raise Malformed(f"{where}: amount is no integer")
    fields = {name: value for name, value in fields.items() if value is not None or name == "id"}
    flags = _words(fields.get("flags", []), codes.TRANSFER_FLAGS, f"{where}: flag")
    transfer = Transfer(
        id=_uuid(fields["id"], f"{where}: id"),
        flags=flags,
        debit=_code(fields.get("debit"), f"{where}: debit"),
        credit=_code(fields.get("credit"), f"{where}: credit"),
        kind=_kind(fields.get("kind"), where),
        amount=_integer(fields["amount"], f"{where}: amount", codes.MAXIMUM_AMOUNT) if "amount" in fields else None,
        fund=_text(fields.get("fund"), f"{where}: fund"),
        pending_id=_pending_id(fields.get("pending_id"), where),
        timeout_minutes=_integer(fields.get("timeout_minutes", 0), f"{where}: timeout_minutes"),
        expires_on=read_day(fields["expires_on"], f"{where}: expires_on") if "expires_on" in fields else None,
        reference=_text(fields.get("reference"), f"{where}: reference"),
        reason=_text(fields.get("reason"), f"{where}: reason"),
        by=_text(fields.get("by"), f"{where}: by"),
    )
    if not transfer.is_resolution:
        for name in ("debit", "credit", "kind"):
            if getattr(transfer, name) is None:
                raise Malformed(f"{where}: {name} is missing; only a post or a void may leave it out")
    return transfer


def read_day(value: object, where: str) -> date:
    """A day written YYYY-MM-DD. Raises Malformed."""
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise Malformed(f"{where}: {value!r} is no day; write YYYY-MM-DD")


def _step(document: object, where: str) -> Step:
    fields = _fields(document, where, optional={"open", "flags", "transfer", "batch", *_SIMPLE_STEPS})
    names = set(fields) - ({"flags"} if "open" in fields else set())
    if len(names) != 1 or names == {"flags"}:
        raise Malformed(f"{where}: {sorted(names)} is no step; one step has one of its names")
    (name,) = names
    value = fields[name]
    if name == "open":
        flags = _words(fields["flags"], codes.ACCOUNT_FLAGS, f"{where}: flag") if "flags" in fields else None
        return Open(code=_account_code(value, where), flags=flags)
    if name == "transfer":
        return Batch(transfers=(read_transfer(value, where),))
    if name == "batch":
        items = enumerate(_list(value, where), start=1)
        return Batch(transfers=tuple(read_transfer(item, f"{where}, transfer {number}") for number, item in items))
    return _simple_step(name, value, where)


_SIMPLE_STEPS: Final = ("advance_minutes", "today", "expire", "close")


def _simple_step(name: str, value: object, where: str) -> Step:
    if name == "advance_minutes":
        return Advance(minutes=_integer(value, f"{where}: advance_minutes"))
    if name == "today":
        return GoTo(day=read_day(value, where))
    if name == "close":
        return Close(code=_account_code(value, where))
    if value is not True:
        raise Malformed(f"{where}: expire takes true")
    return Expire()


def _fields(
    document: object, where: str, *, required: Collection[str] = (), optional: Collection[str] = ()
) -> dict[str, object]:
    if not isinstance(document, dict):
        raise Malformed(f"{where}: an object is expected, not {document!r}")
    unknown = sorted(str(name) for name in document if name not in required and name not in optional)
    if unknown:
        raise Malformed(f"{where}: unknown field {unknown[0]}")
    missing = sorted(name for name in required if name not in document)
    if missing:
        raise Malformed(f"{where}: {missing[0]} is missing")
    return dict(document)


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise Malformed(f"{where}: a list is expected")
    return value


def _text(value: object, where: str) -> str | None:
    if value is None or (isinstance(value, str) and not HALF_A_LETTER.search(value)):
        return value
    raise Malformed(f"{where}: {value!r} is no text")


def _code(value: object, where: str) -> str | None:
    text = _text(value, where)
    return None if text is None else canonical(text)


def _account_code(value: object, where: str) -> str:
    code = _code(value, where)
    if not code or code.endswith("@"):
        raise Malformed(f"{where}: {value!r} is no account code")
    return code


def _words(value: object, known: Collection[str], where: str) -> frozenset[str]:
    words = _list(value, where)
    for word in words:
        if not isinstance(word, str) or word not in known:
            raise Malformed(f"{where} {word!r} is unknown")
    return frozenset(str(word) for word in words)


def _kind(value: object, where: str) -> str | None:
    kind = _text(value, f"{where}: kind")
    if kind is not None and kind not in codes.KINDS:
        raise Malformed(f"{where}: kind {kind!r} is unknown")
    return kind


def _uuid(value: object, where: str) -> str:
    if isinstance(value, str) and UUID_IN_LOWER_CASE.fullmatch(value):
        return value
    raise Malformed(f"{where}: {value!r} is no UUID in lower case")


def _pending_id(value: object, where: str) -> str | None:
    return None if value is None or value == ZERO_ID else _uuid(value, f"{where}: pending_id")


def _integer(value: object, where: str, largest: int | None = None) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(f"{where}: {value!r} is no integer")
    if value < 0 or (largest is not None and value > largest):
        raise Malformed(f"{where}: {value} is not within 0 … {largest if largest is not None else 'any'}")
    return value
