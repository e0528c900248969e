"""May this employee register? Every reason why not, for a page to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a contest asks of a contestant; an empty set asks nothing.

    trades: trade codes; unit_ids: the employee's own unit or any above it; minimum_skill_level: 0 (asks nothing) to
    5, senior technician 高级技师.
    """

    trades: frozenset[str] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    minimum_skill_level: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of an employee: unit_ids are the own unit and all above it; trade may be empty."""

    trade: str = ""
    unit_ids: frozenset[int] = frozenset()
    skill_level: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against: trade_not_admitted · unit_not_admitted · skill_level_too_low, with what it was."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


def reasons(conditions: Conditions, employee: Candidate) -> list[Reason]:
    """List every reason why this employee may not register; an empty list is a yes.

    Params: trade_not_admitted {trade, trades (comma-separated, sorted)}; skill_level_too_low {level, minimum}.
    """
    found = []
    if conditions.trades and employee.trade not in conditions.trades:
        trades = ", ".join(sorted(conditions.trades))
        found.append(Reason("trade_not_admitted", {"trade": employee.trade, "trades": trades}))
    if conditions.unit_ids and conditions.unit_ids.isdisjoint(employee.unit_ids):
        found.append(Reason("unit_not_admitted"))
    if employee.skill_level < conditions.minimum_skill_level:
        params = {"level": employee.skill_level, "minimum": conditions.minimum_skill_level}
        found.append(Reason("skill_level_too_low", params))
    return found
