"""The words of a contest as plain data: its rule set, who takes part, who judges, what they gave.

Everything is frozen, compares by value and holds decimals only. The names are those of the contest bundle
(contest.toml and its tables), so that a rule set reads the same in a file, in the database and on a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contests.pure import decimals

ROUNDINGS = ("half-up", "half-even", "truncate")
SCALES = ("points", "standardised")
KINDS = ("judgement", "measurement")
COMBINES = ("mean", "trimmed-mean", "median", "sum", "worldskills")
ROUND_PLACES = ("combined", "factor")
STATUSES = ("dns", "dnf", "dq", "wd")
ROLES = ("judge", "chief", "technical")

WORLDSKILLS_JUDGES = 3
WORLDSKILLS_MAXIMUM_MARK = Decimal(3)


@dataclass(frozen=True, slots=True)
class Contest:
    """The contest itself; `places` decimals are kept at every rounding step."""

    code: str
    title: str
    places: int
    rounding: str = "half-up"
    scale: str = "points"


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the score sheet; its total is round(weight × sum of its aspect scores)."""

    code: str
    title: str
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that is marked. For `worldskills` minimum and step do not apply: they are kept as 0 and 1."""

    code: str
    group: str
    title: str
    kind: str
    minimum: Decimal
    maximum: Decimal
    step: Decimal
    combine: str
    zero_is_missing: bool = False
    trim: int = 0
    trim_from: int = 0
    factor: Decimal = Decimal(1)
    round: tuple[str, ...] = ROUND_PLACES

    @property
    def is_worldskills(self) -> bool:
        """Whether marks are the whole numbers 0–3 of exactly three judges."""
        return self.combine == "worldskills"

    @property
    def mark_minimum(self) -> Decimal:
        """The lowest mark a judge may give."""
        return Decimal(0) if self.is_worldskills else self.minimum

    @property
    def mark_maximum(self) -> Decimal:
        """The highest mark a judge may give (3 for worldskills, whose `maximum` is the highest score)."""
        return WORLDSKILLS_MAXIMUM_MARK if self.is_worldskills else self.maximum

    @property
    def mark_step(self) -> Decimal:
        """The distance between two marks, counted from `mark_minimum`."""
        return Decimal(1) if self.is_worldskills else self.step


@dataclass(frozen=True, slots=True)
class Ranking:
    """Criteria `total`, `group:<code>`, `aspect:<code>`: the first decides, the next break ties."""

    order: tuple[str, ...] = ("total",)
    ascending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """A whole rule set: what contest.toml says."""

    contest: Contest
    groups: tuple[Group, ...]
    aspects: tuple[Aspect, ...]
    ranking: Ranking

    def aspects_of(self, group: str) -> tuple[Aspect, ...]:
        """The aspects of one group, in file order."""
        return tuple(aspect for aspect in self.aspects if aspect.group == group)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is ranked. `status` is empty or one of STATUSES; `unit` and `group` may be empty."""

    entry: str
    name: str
    unit: str = ""
    group: str = ""
    start_order: int = 0
    status: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """Who marks; `role` is one of ROLES."""

    judge: str
    name: str
    unit: str = ""
    role: str = "judge"


@dataclass(frozen=True, slots=True)
class Mark:
    """A value one judge gave one entry in one aspect. No mark is no row."""

    entry: str
    aspect: str
    judge: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Penalty:
    """Points taken from an entry's total: positive, and subtracted."""

    entry: str
    points: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    """The difficulty of one entry's piece, in place of the aspect's own factor."""

    entry: str
    aspect: str
    factor: Decimal


def to_json(scheme: Scheme) -> dict[str, Any]:
    """Give a rule set as JSON-able data in the shape of contest.toml, decimals as strings."""
    contest, ranking = scheme.contest, scheme.ranking
    return {
        "contest": {
            "code": contest.code,
            "title": contest.title,
            "places": contest.places,
            "rounding": contest.rounding,
            "scale": contest.scale,
        },
        "group": [
            {"code": group.code, "title": group.title, "weight": decimals.text(group.weight)} for group in scheme.groups
        ],
        "aspect": [_aspect_to_json(aspect) for aspect in scheme.aspects],
        "ranking": {"order": list(ranking.order), "ascending": list(ranking.ascending)},
    }


def from_json(data: dict[str, Any]) -> Scheme:
    """Give back the rule set `to_json` wrote.

    Meant for stored data that was checked when it came in. What a person or a program sends is read with
    `contests.pure.bundle.read_scheme`, which lists every fault. Raises ValueError when data has another shape.
    """
    try:
        return Scheme(
            contest=Contest(**data["contest"]),
            groups=tuple(
                Group(code=row["code"], title=row["title"], weight=_decimal(row["weight"])) for row in data["group"]
            ),
            aspects=tuple(_aspect_from_json(row) for row in data["aspect"]),
            ranking=Ranking(tuple(data["ranking"]["order"]), tuple(data["ranking"]["ascending"])),
        )
    except (KeyError, TypeError, ArithmeticError, AttributeError) as error:
        raise ValueError(f"not a stored marking scheme: {error!r}") from error


def _decimal(text: object) -> Decimal:
    if not isinstance(text, str):
        raise TypeError(f"a decimal is stored as text, not {text!r}")
    return Decimal(text)


def _aspect_to_json(aspect: Aspect) -> dict[str, Any]:
    return {
        "code": aspect.code,
        "group": aspect.group,
        "title": aspect.title,
        "kind": aspect.kind,
        "min": decimals.text(aspect.minimum),
        "max": decimals.text(aspect.maximum),
        "step": decimals.text(aspect.step),
        "zero_is_missing": aspect.zero_is_missing,
        "combine": aspect.combine,
        "trim": aspect.trim,
        "trim_from": aspect.trim_from,
        "factor": decimals.text(aspect.factor),
        "round": list(aspect.round),
    }


def _aspect_from_json(row: dict[str, Any]) -> Aspect:
    return Aspect(
        code=row["code"],
        group=row["group"],
        title=row["title"],
        kind=row["kind"],
        minimum=_decimal(row["min"]),
        maximum=_decimal(row["max"]),
        step=_decimal(row["step"]),
        zero_is_missing=row["zero_is_missing"],
        combine=row["combine"],
        trim=row["trim"],
        trim_from=row["trim_from"],
        factor=_decimal(row["factor"]),
        round=tuple(row["round"]),
    )
