"""What an approval is about, as the subject's own app tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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


@dataclass(frozen=True)
class Brief:
    """One thing an approver must know before a quick yes, as it is now; a warning stands out."""

    label: str
    value: str
    is_warning: bool = False


Briefs = Callable[[Sequence[str]], Mapping[str, Sequence[Brief]]]
_BRIEFS: dict[str, Briefs] = {}


def brief(kind: str) -> Callable[[Briefs], Briefs]:
    """Register what a list of many subjects `<kind>:<key>` shows of each beside what was asked: called with the keys,
    returns key → briefs, in a fixed number of SQL statements."""

    def register(function: Briefs) -> Briefs:
        _BRIEFS[kind] = function
        return function

    return register


def briefs(subjects: Iterable[str]) -> dict[str, Sequence[Brief]]:
    """Return subject → what its app says of it now, for those it has something to say of."""
    keys: dict[str, list[str]] = {}
    for subject in subjects:
        kind, _, key = subject.partition(":")
        if kind in _BRIEFS:
            keys.setdefault(kind, []).append(key)
    return {f"{kind}:{key}": rows for kind, found in keys.items() for key, rows in _BRIEFS[kind](found).items()}


Guard = Callable[[str], None]
_GUARDS: dict[str, Guard] = {}


def guard(kind: str) -> Callable[[Guard], Guard]:
    """Register what must hold before anybody approves subjects `<kind>:<key>`: called with the key, raises a refusal that
    says what to do first. What deadlines approve by themselves is not asked."""

    def register(function: Guard) -> Guard:
        _GUARDS[kind] = function
        return function

    return register


def demand(subject: str) -> None:
    """Refuse an approval that the subject's app is not ready for.

    Raises:
        ValidationError: the app's refusal.
    """
    kind, _, key = subject.partition(":")
    if kind in _GUARDS:
        _GUARDS[kind](key)


People = Callable[[str, str], Sequence[str]]
_PEOPLE: dict[str, People] = {}
_NAMES: set[str] = set()


def people_of(kind: str, *names: str) -> Callable[[People], People]:
    """Register whom policies may ask by `subject:<name>` about subjects `<kind>:<key>`: called with the key and a name, returns
    employee numbers."""

    def register(function: People) -> People:
        _PEOPLE[kind] = function
        _NAMES.update(names)
        return function

    return register


def people(subject: str, name: str) -> Sequence[str]:
    """Return whom the subject's app calls by a name; nobody when it does not know the name."""
    kind, _, key = subject.partition(":")
    function = _PEOPLE.get(kind)
    return function(key, name) if function else []


def is_known_name(name: str) -> bool:
    """Return whether any app calls people by this name."""
    return name in _NAMES


def names() -> list[str]:
    """Return every name by which an app calls people, sorted."""
    return sorted(_NAMES)
