"""Points for minutes over time, as a contest's rule says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from contests.pure import decimals

MOST_MINUTES = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class TimeRule:
    """What a minute over time costs.

    limit_minutes: the time allowed. points_per_minute: taken for each minute over it. is_begun: a minute that has begun counts
    whole. most_points: never more than this; None: no limit. aspect: the measured aspect that holds the minutes used, ''
    when nothing measures them.
    """

    limit_minutes: Decimal
    points_per_minute: Decimal
    is_begun: bool = True
    most_points: Decimal | None = None
    aspect: str = ""


class BadTimeRule(ValueError):
    """A rule broke: the text is the wrong part: limit · points · most · aspect · rule."""


def read_rule(data: object) -> TimeRule | None:
    """Read `{"limit", "points", "begun", "most", "aspect"}` as stored (decimals as text); {} is no rule.

    Raises:
        BadTimeRule: naming the first wrong part.
    """
    if data == {}:
        return None
    if not isinstance(data, Mapping) or set(data) - {"limit", "points", "begun", "most", "aspect"}:
        raise BadTimeRule("rule")
    limit, points = _above_zero(data.get("limit"), "limit"), _above_zero(data.get("points"), "points")
    most = _above_zero(data["most"], "most") if data.get("most") else None
    is_begun, aspect = data.get("begun", True), data.get("aspect", "")
    if type(is_begun) is not bool:
        raise BadTimeRule("rule")
    if not isinstance(aspect, str):
        raise BadTimeRule("aspect")
    return TimeRule(limit, points, is_begun, most, aspect)


def _above_zero(value: object, part: str) -> Decimal:
    number = decimals.parse(value) if isinstance(value, str) else None
    if number is None or not 0 < number <= MOST_MINUTES:
        raise BadTimeRule(part)
    return number


def to_json(rule: TimeRule) -> dict[str, Any]:
    """Return what `read_rule` reads."""
    return {
        "limit": decimals.text(rule.limit_minutes),
        "points": decimals.text(rule.points_per_minute),
        "begun": rule.is_begun,
        "most": "" if rule.most_points is None else decimals.text(rule.most_points),
        "aspect": rule.aspect,
    }


def minutes_over(rule: TimeRule, used_minutes: Decimal) -> Decimal:
    """Return how many minutes over the limit somebody used; 0 within it."""
    return max(Decimal(0), used_minutes - rule.limit_minutes)


def points_of(rule: TimeRule, over_minutes: Decimal) -> Decimal:
    """Return the points for so many minutes over time; 0 for none."""
    counted = over_minutes.to_integral_value(ROUND_CEILING) if rule.is_begun else over_minutes
    points = max(Decimal(0), counted) * rule.points_per_minute
    return points if rule.most_points is None else min(points, rule.most_points)
