"""Award rules, seasons and levels for tests."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from people.models import Employee
from rewards.domain import award_rules, ledger, rule_book, seasons
from rewards.models import RuleDecision, RuleVersion, Season
from rewards.pure.transfers import Transfer
from tests.factories.rewards import AT

FIXED = {"event": "course.attended", "points": {"fixed": 30}}


def fill(points: int, *accounts: str) -> None:
    """Grant budgets these points, each in its fund: the company's, and that of manual awards without a unit."""
    for account in accounts or ("budget:group", "budget:company"):
        _account, at, fund = account.partition("@")
        grant = Transfer(id=str(uuid.uuid4()), debit=f"mint{at}{fund}", credit=account, kind="grant", amount=points)
        ledger.demand([grant], at=AT)


def make_rule(code: str = "courses", *, definition: dict[str, Any] | None = None, **fields: Any) -> RuleVersion:
    """A published rule: 30 points for each course attended, unless said otherwise."""
    draft = rule_book.create(code=code, title=f"规则 {code}", by=None, at=AT, definition=definition or FIXED, **fields)
    return rule_book.publish(version=draft, by=None, at=AT)


def make_season(code: str = "2026", *, first: date = date(2026, 1, 1), last: date = date(2026, 12, 31)) -> Season:
    return seasons.save(season=None, code=code, name=f"{code} 赛季", from_on=first, until_on=last, by=None, at=AT)


def attend(employee: Employee, key: str = "course:1", **facts: Any) -> list[RuleDecision]:
    """Let somebody attend a course: the rules decide at once."""
    return award_rules.award_event(
        event="course.attended", key=key, employee=employee, facts={"hours": 8, **facts}, at=AT
    )
