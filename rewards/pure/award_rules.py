"""What one rule decides about one event: how many points, and the sentence that says why (spec/ledger.md, "Award rules").

A rule is plain data; `decide` sees the facts of the event and what the same rule decided about the same person before.
Days are days of the union's zone; the caller knows the calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

Value = int | str
GRANTED: Final = "granted"
CAPPED: Final = "capped"
DUPLICATE: Final = "duplicate"
BUDGET_EMPTY: Final = "budget-empty"
WAITING: Final = "waiting"
NOT_MET: Final = "not-met"
TOO_FEW: Final = "too-few"
REFUSED: Final = "refused"
OUTCOMES: Final = (GRANTED, CAPPED, DUPLICATE, BUDGET_EMPTY, WAITING, NOT_MET, TOO_FEW, REFUSED)
# What counts for streaks, counterparties and caps later on; a refused approval has 0 points but did happen.
REMEMBERED: Final = (GRANTED, CAPPED, BUDGET_EMPTY, WAITING, TOO_FEW, REFUSED)
CAP_SPANS: Final = ("day", "month", "season", "rule")
STREAK_SPANS: Final = ("times", "day", "week", "month")
OPERATORS: Final = ("is", "in", "at-least", "at-most")


@dataclass(frozen=True)
class Condition:
    """A fact of the event, or of the person (`of="person"`), compared. `unit` asks for being in the unit or below it."""

    fact: str
    operator: str
    values: tuple[Value, ...]
    of: str = "event"


@dataclass(frozen=True)
class Band:
    """From value to value, both included, so many points."""

    first: int
    last: int
    points: int


@dataclass(frozen=True)
class Points:
    """Points: `fixed`; or the first band of `bands` that holds the fact; or `each` times the fact."""

    fixed: int = 0
    fact: str = ""
    bands: tuple[Band, ...] = ()
    each: int = 0


@dataclass(frozen=True)
class Streak:
    """Every `length`-th time, or `length` days, weeks or months in a row: a bonus, again after as many more."""

    length: int
    span: str
    bonus: int


@dataclass(frozen=True)
class Counterparties:
    """Paid only once this many different partners stand behind the events of the last `days` days, this one included."""

    at_least: int
    days: int


@dataclass(frozen=True)
class Rule:
    """One version of an award rule. `caps`: span → points a person may get; `approval_from`: 0 for never."""

    event: str
    points: Points
    conditions: tuple[Condition, ...] = ()
    caps: Mapping[str, int] = field(default_factory=dict)
    counterparties: Counterparties | None = None
    streak: Streak | None = None
    approval_from: int = 0


@dataclass(frozen=True)
class Person:
    """Who: the codes of the units from the root down, trade, skill level, level by earned points (0 for none)."""

    number: str
    units: tuple[str, ...] = ()
    trade: str = ""
    skill_level: int = 0
    level: int = 0


@dataclass(frozen=True)
class Facts:
    """One event about one person. `season` are its first and last day; `budget_left` is None when not asked."""

    event: str
    key: str
    on: date
    person: Person
    values: Mapping[str, Value] = field(default_factory=dict)
    partner: str = ""
    season: tuple[date, date] | None = None
    budget_left: int | None = None


@dataclass(frozen=True)
class Past:
    """What this rule decided about an event of the same person before."""

    event: str
    key: str
    on: date
    points: int
    partner: str = ""


@dataclass(frozen=True)
class Decision:
    """So many points, the outcome (one of OUTCOMES), one sentence; `wanted` is what caps and budgets cut."""

    points: int
    outcome: str
    sentence: str
    wanted: int = 0


def decide(rule: Rule, facts: Facts, history: Iterable[Past] = ()) -> Decision:
    """Decide what a rule pays for an event.

    The order: the same event again · conditions · points and streak · different partners · caps · approval · budget.
    """
    past = tuple(history)
    if any((row.event, row.key) == (facts.event, facts.key) for row in past):
        return Decision(0, DUPLICATE, f"duplicate of {facts.event} {facts.key}")
    if unmet := _unmet(rule, facts):
        return Decision(0, NOT_MET, f"condition not met: {unmet}")
    wanted = base_points(rule.points, facts) + streak_bonus(rule.streak, facts.on, past)
    if wanted <= 0:
        return Decision(0, NOT_MET, "no points for this value")
    if rule.counterparties is not None and (lacking := _lacking(rule.counterparties, facts, past)):
        asked = rule.counterparties.at_least
        return Decision(0, TOO_FEW, f"{asked - lacking} of {asked} different counterparties", wanted)
    return _limited(rule, facts, past, wanted)


def _limited(rule: Rule, facts: Facts, past: tuple[Past, ...], wanted: int) -> Decision:
    """Cut by caps, then ask for approval, then look into the budget."""
    points = min([wanted, *(left for _span, left in cap_room(rule, facts, past))])
    if points and rule.approval_from and points >= rule.approval_from:
        return Decision(points, WAITING, "waiting for approval", wanted)
    if points and facts.budget_left is not None and facts.budget_left < points:
        return Decision(0, BUDGET_EMPTY, "budget empty", points)
    if points < wanted:
        return Decision(points, CAPPED, f"capped {points} of {wanted}", wanted)
    return Decision(points, GRANTED, "granted", wanted)


def _unmet(rule: Rule, facts: Facts) -> str:
    """Return what does not hold, in words; '' when everything does."""
    if facts.event != rule.event:
        return f"event is {rule.event}"
    return next((worded(row) for row in rule.conditions if not holds(row, facts)), "")


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether a condition holds; a fact the event did not bring holds nothing."""
    if condition.of == "person" and condition.fact == "unit":
        return any(value in facts.person.units for value in condition.values)
    value = (
        getattr(facts.person, condition.fact, None) if condition.of == "person" else facts.values.get(condition.fact)
    )
    if value is None:
        return False
    if condition.operator in {"is", "in"}:
        return value in condition.values
    bound = condition.values[0]
    if not isinstance(value, int) or not isinstance(bound, int):
        return False
    return value >= bound if condition.operator == "at-least" else value <= bound


def worded(condition: Condition) -> str:
    """Return a condition in words: `rank at-most 3`, `person.trade in welder, fitter`."""
    name = f"person.{condition.fact}" if condition.of == "person" else condition.fact
    return f"{name} {condition.operator} {', '.join(str(value) for value in condition.values)}"


def base_points(points: Points, facts: Facts) -> int:
    """Return the points of the event alone."""
    if not points.fact:
        return points.fixed
    value = facts.values.get(points.fact)
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    if points.bands:
        return next((band.points for band in points.bands if band.first <= value <= band.last), 0)
    return max(0, points.each * value)


def period(span: str, on: date) -> int:
    """Number the days, weeks (Monday to Sunday) or months, so that neighbours differ by one."""
    if span == "day":
        return on.toordinal()
    if span == "week":
        return (on.toordinal() - 1) // 7
    return on.year * 12 + on.month


def streak_bonus(streak: Streak | None, on: date, past: Iterable[Past]) -> int:
    """Return the bonus if this event completes a streak; a second event of the same day, week or month completes nothing."""
    if streak is None:
        return 0
    length = streak_length(streak.span, on, past)
    return streak.bonus if length and length % streak.length == 0 else 0


def streak_length(span: str, on: date, past: Iterable[Past]) -> int:
    """Return how many in a row there are with this event; 0 when its day, week or month is counted already."""
    if span == "times":
        return sum(1 for _row in past) + 1
    periods = {period(span, row.on) for row in past}
    current = period(span, on)
    if current in periods:
        return 0
    length = 1
    while current - length in periods:
        length += 1
    return length


def _lacking(asked: Counterparties, facts: Facts, past: Iterable[Past]) -> int:
    """Return how many more different partners are needed; a person is no partner of their own."""
    first = facts.on - timedelta(days=asked.days - 1)
    partners = {row.partner for row in past if first <= row.on <= facts.on} | {facts.partner}
    return max(0, asked.at_least - len(partners - {"", facts.person.number}))


def cap_room(rule: Rule, facts: Facts, past: Iterable[Past]) -> list[tuple[str, int]]:
    """Return (span, points still open) of each cap; a season's cap asks nothing outside of seasons."""
    rows = tuple(past)
    found = []
    for span, most in rule.caps.items():
        if span == "season" and facts.season is None:
            continue
        used = sum(row.points for row in rows if _same_span(span, row.on, facts))
        found.append((span, max(0, most - used)))
    return found


def _same_span(span: str, on: date, facts: Facts) -> bool:
    if span == "rule":
        return True
    if span == "season":
        return facts.season is not None and facts.season[0] <= on <= facts.season[1]
    return period(span, on) == period(span, facts.on)
