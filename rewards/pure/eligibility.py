"""Who may buy an item: unit, length of service, skill level, points earned. Each refusal names its rule and its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Conditions:
    """What an item asks of the person. `unit_paths`: paths of units, each with everything below it; empty: everybody."""

    unit_paths: tuple[str, ...] = ()
    service_months: int = 0
    skill_level: int = 0
    earned_points: int = 0


@dataclass(frozen=True)
class Buyer:
    """What is known of the person on a day."""

    unit_path: str = ""
    joined_on: date | None = None
    skill_level: int = 0
    earned_points: int = 0


@dataclass(frozen=True)
class Lack:
    """One condition that is not met: `code` is unit, joined-unknown, service, level or earned; what is wanted, what is there."""

    code: str
    wanted: int = 0
    has: int = 0


def belongs(conditions: Conditions, buyer: Buyer) -> bool:
    """Whether the person is of one of the units, or everybody is."""
    paths = conditions.unit_paths
    return not paths or any(buyer.unit_path.startswith(path) for path in paths)


def service_months(joined_on: date, on: date) -> int:
    """Return the whole months from a day to another; who joined on the 31st has a month on the next month's last day.

    >>> service_months(date(2026, 1, 31), date(2026, 2, 28)), service_months(date(2026, 1, 31), date(2026, 2, 27))
    (1, 0)
    """
    months = (on.year - joined_on.year) * 12 + on.month - joined_on.month
    is_last_day = date.fromordinal(on.toordinal() + 1).day == 1
    return months if on.day >= joined_on.day or is_last_day else months - 1


def lacks(conditions: Conditions, buyer: Buyer, *, on: date) -> list[Lack]:
    """Return every condition the person does not meet on a day, in the order a person would ask."""
    found: list[Lack] = []
    if not belongs(conditions, buyer):
        found.append(Lack("unit"))
    if conditions.service_months:
        if buyer.joined_on is None:
            found.append(Lack("joined-unknown", conditions.service_months))
        elif (has := service_months(buyer.joined_on, on)) < conditions.service_months:
            found.append(Lack("service", conditions.service_months, max(0, has)))
    if buyer.skill_level < conditions.skill_level:
        found.append(Lack("level", conditions.skill_level, buyer.skill_level))
    if buyer.earned_points < conditions.earned_points:
        found.append(Lack("earned", conditions.earned_points, buyer.earned_points))
    return found
