"""What an approval is about, as the subject's own app tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Description:
    """What an approver should see of a subject now: rows of (label, value), already in the reader's language, and its page."""

    facts: list[tuple[str, Any]] = field(default_factory=list)
    link: str = ""


Describe = Callable[[str], Description | tuple[list[tuple[str, Any]], str] | None]
_DESCRIBE: dict[str, Describe] = {}


def describe(kind: str) -> Callable[[Describe], Describe]:
    """Register the function that describes subjects `<kind>:<key>`: called with the key, returns (facts, link) or None.

        @describe("redemption")
        def _redemption(key: str) -> tuple[list[tuple[str, object]], str]: ...

    Apps call this when they are ready (AppConfig.ready imports the module).
    """

    def register(function: Describe) -> Describe:
        _DESCRIBE[kind] = function
        return function

    return register


def description(subject: str) -> Description:
    """Return what the subject's app says about it; nothing when no app knows the kind or the thing is gone."""
    kind, _, key = subject.partition(":")
    function = _DESCRIBE.get(kind)
    found = function(key) if function else None
    if found is None:
        return Description()
    return found if isinstance(found, Description) else Description(*found)
