"""Rules as data: read them from JSON, write them, and say before publishing what in them cannot work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from rewards.pure.award_events import EVENTS, PERSON_FACTS, TEXT, WHOLE
from rewards.pure.award_rules import (
    CAP_SPANS,
    OPERATORS,
    STREAK_SPANS,
    Band,
    Condition,
    Counterparties,
    Points,
    Rule,
    Streak,
)

MOST_POINTS: Final = 1_000_000
MOST_ROWS: Final = 50
ERROR, WARNING = "error", "warning"


class BadRule(ValueError):
    """The data is no rule; says where."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with a rule: an error stops publishing. `params` fill the sentence of the code."""

    code: str
    level: str
    params: Mapping[str, str | int] = field(default_factory=dict)


def whole(value: Any, where: str, *, least: int = 0, most: int = MOST_POINTS) -> int:
    """Return a whole number in its range."""
    if type(value) is not int or not least <= value <= most:
        raise BadRule(where)
    return value


def read(data: Any) -> Rule:
    """Return the rule written in JSON.

    Raises:
        BadRule: naming the part that is not written as it should be.
    """
    if not isinstance(data, dict) or not isinstance(data.get("event"), str):
        raise BadRule("event")
    conditions = data.get("conditions", [])
    caps = data.get("caps", {})
    if not isinstance(conditions, list) or len(conditions) > MOST_ROWS:
        raise BadRule("conditions")
    if not isinstance(caps, dict) or set(caps) - set(CAP_SPANS):
        raise BadRule("caps")
    counterparties, streak = data.get("counterparties"), data.get("streak")
    return Rule(
        event=data["event"],
        points=_points(data.get("points")),
        conditions=tuple(_condition(row) for row in conditions),
        caps={span: whole(caps[span], f"caps.{span}", least=1) for span in CAP_SPANS if span in caps},
        counterparties=_counterparties(counterparties) if counterparties else None,
        streak=_streak(streak) if streak else None,
        approval_from=whole(data.get("approval_from", 0), "approval_from"),
    )


def _points(data: Any) -> Points:
    if not isinstance(data, dict):
        raise BadRule("points")
    fact, bands = data.get("fact", ""), data.get("bands", [])
    if not isinstance(fact, str) or not isinstance(bands, list) or len(bands) > MOST_ROWS:
        raise BadRule("points")
    if not fact:
        return Points(fixed=whole(data.get("fixed"), "points.fixed"))
    if bands:
        return Points(fact=fact, bands=tuple(_band(row) for row in bands))
    return Points(fact=fact, each=whole(data.get("each"), "points.each", least=1))


def _band(row: Any) -> Band:
    if not isinstance(row, list) or len(row) != 3:
        raise BadRule("points.bands")
    first, last, points = (whole(value, "points.bands") for value in row)
    if first > last:
        raise BadRule("points.bands")
    return Band(first, last, points)


def _condition(row: Any) -> Condition:
    if not isinstance(row, dict) or row.get("operator") not in OPERATORS or not isinstance(row.get("fact"), str):
        raise BadRule("conditions")
    values = row.get("values")
    if not isinstance(values, list) or not values or not all(type(value) in {int, str} for value in values):
        raise BadRule("conditions")
    of = row.get("of", "event")
    if of not in {"event", "person"}:
        raise BadRule("conditions")
    return Condition(row["fact"], row["operator"], tuple(values), of)


def _counterparties(data: Any) -> Counterparties:
    if not isinstance(data, dict):
        raise BadRule("counterparties")
    at_least = whole(data.get("at_least"), "counterparties", least=1, most=1000)
    return Counterparties(at_least, whole(data.get("days"), "counterparties", least=1, most=3660))


def _streak(data: Any) -> Streak:
    if not isinstance(data, dict) or data.get("span") not in STREAK_SPANS:
        raise BadRule("streak")
    length = whole(data.get("length"), "streak", least=2, most=1000)
    return Streak(length, data["span"], whole(data.get("bonus"), "streak", least=1))


def write(rule: Rule) -> dict[str, Any]:
    """Return a rule as JSON; `read` gives the same rule back."""
    points: dict[str, Any] = {"fixed": rule.points.fixed}
    if rule.points.fact:
        points = {"fact": rule.points.fact}
        if rule.points.bands:
            points["bands"] = [[band.first, band.last, band.points] for band in rule.points.bands]
        else:
            points["each"] = rule.points.each
    data: dict[str, Any] = {"event": rule.event, "points": points}
    if rule.conditions:
        data["conditions"] = [
            {"fact": row.fact, "operator": row.operator, "values": list(row.values), "of": row.of}
            for row in rule.conditions
        ]
    if rule.caps:
        data["caps"] = dict(rule.caps)
    if rule.counterparties:
        data["counterparties"] = {"at_least": rule.counterparties.at_least, "days": rule.counterparties.days}
    if rule.streak:
        data["streak"] = {"length": rule.streak.length, "span": rule.streak.span, "bonus": rule.streak.bonus}
    if rule.approval_from:
        data["approval_from"] = rule.approval_from
    return data


def check(rule: Rule) -> list[Finding]:
    """Return what cannot work in a rule: unknown facts, nothing that could ever be paid, caps against each other."""
    if rule.event not in EVENTS:
        return [Finding("unknown-event", ERROR, {"event": rule.event})]
    found = [*_unknown(rule), *_never(rule)]
    if not EVENTS[rule.event].is_reported:
        found.append(Finding("not-reported", WARNING, {"event": rule.event}))
    if not any(row.level == ERROR for row in found):
        found += [*_caps(rule)]
    return found


def _unknown(rule: Rule) -> Iterator[Finding]:
    event = EVENTS[rule.event]
    for condition in rule.conditions:
        known = PERSON_FACTS if condition.of == "person" else event.facts
        kind = known.get(condition.fact)
        where: dict[str, str | int] = {"fact": condition.fact, "event": rule.event}
        if kind is None:
            yield Finding("unknown-fact", ERROR, where)
        elif kind == TEXT and condition.operator in {"at-least", "at-most"}:
            yield Finding("not-a-number", ERROR, where)
        elif any(type(value) is not (int if kind == WHOLE else str) for value in condition.values):
            yield Finding("wrong-values", ERROR, where)
    if rule.points.fact and event.facts.get(rule.points.fact) != WHOLE:
        yield Finding("no-such-number", ERROR, {"fact": rule.points.fact, "event": rule.event})
    if rule.counterparties and not event.partner:
        yield Finding("no-partner", ERROR, {"event": rule.event})


def _never(rule: Rule) -> Iterator[Finding]:
    """Conditions nothing fulfils, tables whose bands overlap or are out of reach, nothing to pay."""
    names = {(row.of, row.fact) for row in rule.conditions}
    for of, fact in sorted(names):
        if not _possible([row for row in rule.conditions if (row.of, row.fact) == (of, fact)]):
            yield Finding("never-true", ERROR, {"fact": fact})
    bands = sorted(rule.points.bands, key=lambda band: band.first)
    for first, second in pairwise(bands):
        if second.first <= first.last:
            yield Finding("bands-overlap", ERROR, {"value": second.first})
    low, high = _range([row for row in rule.conditions if row.of == "event" and row.fact == rule.points.fact])
    if bands and not any(band.points and band.first <= high and band.last >= low for band in bands):
        yield Finding("never-points", ERROR, {"fact": rule.points.fact})
    if not rule.points.fact and not rule.points.fixed and not rule.streak:
        yield Finding("nothing-to-pay", ERROR)


def _possible(rows: list[Condition]) -> bool:
    """Whether one value can fulfil all conditions on one fact; being in two units at once is possible in a tree."""
    if rows[0].of == "person" and rows[0].fact == "unit":
        return True
    low, high = _range(rows)
    lists = [set(row.values) for row in rows if row.operator in {"is", "in"}]
    if not lists:
        return low <= high
    return any(not isinstance(value, int) or low <= value <= high for value in set.intersection(*lists))


def _range(rows: list[Condition]) -> tuple[float, float]:
    """Return the lowest and highest value that bounds leave open."""
    low = [row.values[0] for row in rows if row.operator == "at-least" and isinstance(row.values[0], int)]
    high = [row.values[0] for row in rows if row.operator == "at-most" and isinstance(row.values[0], int)]
    return max([0, *low]), min([float("inf"), *high])


def _smallest_and_largest(rule: Rule) -> tuple[int, int]:
    points = [band.points for band in rule.points.bands if band.points] or [rule.points.each or rule.points.fixed]
    return min(points), max(points) if not rule.points.each else MOST_POINTS


def _caps(rule: Rule) -> Iterator[Finding]:
    """Caps that can never be reached or always cut, an approval never asked for, a bonus never paid whole."""
    smallest, largest = _smallest_and_largest(rule)
    spans = [span for span in CAP_SPANS if span in rule.caps]
    for number, span in enumerate(spans):
        for wider in spans[number + 1 :]:
            if rule.caps[span] > rule.caps[wider]:
                params: dict[str, str | int] = {"span": span, "wider": wider}
                yield Finding("cap-out-of-reach", ERROR, params | {"cap": rule.caps[span], "most": rule.caps[wider]})
    least = min(rule.caps.values(), default=None)
    if least is not None and smallest and least < smallest:
        yield Finding("cap-below-points", WARNING, {"cap": least, "points": smallest})
    bonus = rule.streak.bonus if rule.streak else 0
    if least is not None and bonus and least < bonus:
        yield Finding("cap-below-bonus", WARNING, {"cap": least, "points": bonus})
    most = min(largest + bonus, least if least is not None else MOST_POINTS)
    if rule.approval_from > most:
        yield Finding("approval-out-of-reach", WARNING, {"from": rule.approval_from, "most": most})


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return (part, earlier, later) of every part in which two definitions differ."""
    parts = [*before, *(part for part in after if part not in before)]
    return [(part, before.get(part), after.get(part)) for part in parts if before.get(part) != after.get(part)]
