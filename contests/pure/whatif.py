"""What a correction would do, before it is done: steps over the plain material, and the difference they make.

A step names what it changes by code, never by row, so that the same steps can be tried on paper, applied, and undone.
Source: "corrections by what-if": first a difference over ranks, certificates and points, then applied whole or dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from contests.pure.bundle.contents import Bundle
from contests.pure.ranking import Standing
from contests.pure.scheme import Factor, Mark, Penalty

MEDALS = {1: "gold", 2: "silver", 3: "bronze"}
Cell = tuple[str, str, str]  # entry, aspect, judge
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class SetMark:
    """One judge's mark becomes `value`; None takes it away."""

    entry: str
    aspect: str
    judge: str
    value: Decimal | None

    @property
    def cell(self) -> Cell:
        """Whose mark of what."""
        return self.entry, self.aspect, self.judge


@dataclass(frozen=True, slots=True)
class GivePenalty:
    """Points are taken from an entry's total."""

    entry: str
    points: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CancelPenalty:
    """A penalty of exactly these points and this reason counts no more."""

    entry: str
    points: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetStatus:
    """An entry gets a status (dns, dnf, dq, wd), or takes part again ('')."""

    entry: str
    status: str


@dataclass(frozen=True, slots=True)
class SetFactor:
    """An entry's piece gets a difficulty of its own; None: the aspect's."""

    entry: str
    aspect: str
    factor: Decimal | None


Step = SetMark | GivePenalty | CancelPenalty | SetStatus | SetFactor


class NotThere(LookupError):
    """A step speaks of an entry, or cancels a penalty, the material does not have."""


def apply(material: Bundle, steps: Iterable[Step]) -> Bundle:
    """Return the material as it would be after the steps, in their order; what they do not name is the same object.

    Raises:
        NotThere.
    """
    draft = _Draft(material)
    for step in steps:
        draft.take(step)
    return draft.bundle()


def inverse(material: Bundle, steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps that undo these: applied after them they give back every value there was.

    Raises:
        NotThere.
    """
    draft = _Draft(material)
    undoing: list[Step] = []
    for step in steps:
        undoing.append(draft.undo(step))
        draft.take(step)
    return tuple(reversed(undoing))


class _Draft:
    """The material while steps change it; keys keep their places, new ones come last."""

    def __init__(self, material: Bundle) -> None:
        self.material = material
        self.marks: dict[Cell, Decimal] = {(row.entry, row.aspect, row.judge): row.value for row in material.marks}
        self.factors = {(row.entry, row.aspect): row.factor for row in material.factors}
        self.statuses = {row.entry: row.status for row in material.entries}
        self.penalties = list(material.penalties)

    def take(self, step: Step) -> None:
        """Change what the step says."""
        self._demand(step.entry)
        if isinstance(step, SetMark):
            _set(self.marks, step.cell, step.value)
        elif isinstance(step, GivePenalty):
            self.penalties.append(Penalty(step.entry, step.points, step.reason))
        elif isinstance(step, CancelPenalty):
            self.penalties.remove(self._penalty(step))
        elif isinstance(step, SetStatus):
            self.statuses[step.entry] = step.status
        else:
            _set(self.factors, (step.entry, step.aspect), step.factor)

    def undo(self, step: Step) -> Step:
        """Return what would undo the step, as things are before it."""
        self._demand(step.entry)
        if isinstance(step, SetMark):
            return replace(step, value=self.marks.get(step.cell))
        if isinstance(step, GivePenalty):
            return CancelPenalty(step.entry, step.points, step.reason)
        if isinstance(step, CancelPenalty):
            self._penalty(step)
            return GivePenalty(step.entry, step.points, step.reason)
        if isinstance(step, SetStatus):
            return replace(step, status=self.statuses[step.entry])
        return replace(step, factor=self.factors.get((step.entry, step.aspect)))

    def bundle(self) -> Bundle:
        """Return the material as it is now."""
        entries = self.material.entries
        return replace(
            self.material,
            entries=tuple(
                row if row.status == self.statuses[row.entry] else replace(row, status=self.statuses[row.entry])
                for row in entries
            ),
            marks=tuple(Mark(*cell, value) for cell, value in self.marks.items()),
            penalties=tuple(self.penalties),
            factors=tuple(Factor(*key, factor) for key, factor in self.factors.items()),
        )

    def _demand(self, entry: str) -> None:
        if entry not in self.statuses:
            raise NotThere(entry)

    def _penalty(self, step: CancelPenalty) -> Penalty:
        wanted = Penalty(step.entry, step.points, step.reason)
        if wanted not in self.penalties:
            raise NotThere(step.entry)
        return wanted


def _set(table: dict[Key, Decimal], key: Key, value: Decimal | None) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value


@dataclass(frozen=True, slots=True)
class Given:
    """One accepted operation: a cell was given `value` (None: cleared) and from then on had this `version`.

    `is_decision`: the chief judge's own; what was decided stays, whenever it was.
    """

    cell: Cell
    value: Decimal | None
    version: int
    at: datetime
    is_decision: bool = False


@dataclass(frozen=True, slots=True)
class Voided:
    """What removing a stretch of time means: marks set back, and cells whose earlier mark nobody knows."""

    steps: tuple[SetMark, ...]
    unknown: tuple[Cell, ...]


def void_span(given: Iterable[Given], held: Mapping[Cell, int], since: datetime, until: datetime) -> Voided:
    """Return how to forget what was given from `since` until before `until`: each cell gets back the mark it had before.

    A cell marked again afterwards keeps its mark, as one keeps what the chief judge decided. A cell whose version in
    `held` is another than its last operation's was changed without one (cleared to be marked again) and stays too.
    """
    history: dict[Cell, dict[int, Given]] = {}
    for row in given:
        versions = history.setdefault(row.cell, {})
        if row.version not in versions or row.at < versions[row.version].at:  # a repeated operation changes nothing
            versions[row.version] = row
    steps: list[SetMark] = []
    unknown: list[Cell] = []
    for cell in sorted(history):
        versions = history[cell]
        last = max(versions)
        if held.get(cell) != last or not _is_void(versions[last], since, until):
            continue
        kept = max((version for version, row in versions.items() if not _is_void(row, since, until)), default=0)
        first = min(version for version in versions if version > kept)
        if kept and first == kept + 1:
            steps.append(SetMark(*cell, versions[kept].value))
        elif kept or first == 1:
            steps.append(SetMark(*cell, None))  # no mark before, or cleared in between
        else:
            unknown.append(cell)
    return Voided(tuple(steps), tuple(unknown))


def _is_void(row: Given, since: datetime, until: datetime) -> bool:
    return since <= row.at < until and not row.is_decision


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in a result, as far as a correction can change it; decimals as text, points as they are paid."""

    rank: int | None
    total: str
    standardised: int | None
    status: str
    points: int

    @property
    def medal(self) -> str:
        """gold, silver, bronze, or '' for none."""
        return MEDALS.get(self.rank or 0, "")


@dataclass(frozen=True, slots=True)
class Row:
    """What changes for one entry; `certificates` are the numbers of those that would no longer be true."""

    entry: str
    before: Line
    after: Line
    certificates: tuple[str, ...] = ()

    @property
    def medal_changes(self) -> bool:
        """Whether a medal is won, lost or another."""
        return self.before.medal != self.after.medal


def lines(standings: Iterable[Standing], points: Mapping[str, int]) -> dict[str, Line]:
    """Return entry code → line, in the order of the standings."""
    return {
        row.entry.entry: Line(
            row.rank, format(row.total, "f"), row.standardised, row.entry.status, points.get(row.entry.entry, 0)
        )
        for row in standings
    }


def difference(
    before: Mapping[str, Line], after: Mapping[str, Line], certificates: Mapping[str, Sequence[str]] | None = None
) -> tuple[Row, ...]:
    """Return a row for each entry something changes for, in the order of the result afterwards.

    Both have the same entries. `certificates`: entry code → numbers of its valid certificates.
    """
    held = certificates or {}
    return tuple(
        Row(entry, before[entry], line, tuple(held.get(entry, ())))
        for entry, line in after.items()
        if line != before[entry]
    )


def to_json(row: Row) -> dict[str, Any]:
    """Return a row as JSON-able data: `{"entry", "before": {…}, "after": {…}, "certificates": […]}`."""
    return {
        "entry": row.entry,
        "before": line_to_json(row.before),
        "after": line_to_json(row.after),
        "certificates": list(row.certificates),
    }


def line_to_json(line: Line) -> dict[str, Any]:
    """Return a line as JSON-able data: `{"rank", "total", "standardised", "status", "points", "medal"}`."""
    return {
        "rank": line.rank,
        "total": line.total,
        "standardised": line.standardised,
        "status": line.status,
        "points": line.points,
        "medal": line.medal,
    }
