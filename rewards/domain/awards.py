"""Pay points for something that happened; the same event never pays the same person twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain import ledger
from rewards.pure import codes
from rewards.pure.transfers import Transfer

MOST_LINES = 500
COMPANY_BUDGET = "budget:company"


@dataclass(frozen=True)
class AwardLine:
    """Points for one person and the sentence they read in their wallet."""

    employee: Employee
    points: int
    reason: str


def transfer_id(event: str, number: str) -> str:
    """Return the id of the one transfer an event pays one person."""
    return str(uuid5(NAMESPACE_URL, f"{event}:{number}"))


def budget_code(unit: Unit | None) -> str:
    """Return the account that pays: the unit's budget, else the company's."""
    return f"budget:{unit.code}" if unit is not None else COMPANY_BUDGET


@transaction.atomic(savepoint=False)
def award(
    *,
    event: str,
    lines: Sequence[AwardLine],
    budget_unit: Unit | None,
    by: Employee | None,
    at: datetime,
    expires_on: date | None = None,
) -> int:
    """Pay every line in one chain, whole or not at all; return how many points were paid now (0 when repeated).

    Args:
        event: what happened, `contest:welding-2026`; part of each transfer's id.
        lines: at most one a person; lines of 0 points are left out.
        budget_unit: whose budget pays; None for the company's.
        expires_on: last valid day of the points; None for never.

    Raises:
        ledger.BudgetEmpty: the budget cannot pay all of it; nothing was paid.
    """
    paying = [line for line in lines if line.points > 0]
    if not paying:
        return 0
    transfers = [
        Transfer(
            id=transfer_id(event, line.employee.number),
            flags=frozenset({codes.LINKED}) if number < len(paying) - 1 else frozenset(),
            debit=budget_code(budget_unit),
            credit=f"wallet:{line.employee.number}",
            kind=codes.AWARD,
            amount=line.points,
            expires_on=expires_on,
            reference=event,
            reason=line.reason[:500],
        )
        for number, line in enumerate(paying)
    ]
    if not _is_new(transfers, at=at):
        return 0
    total = sum(line.points for line in paying)
    record(event, "points.awarded", by=by, at=at, points=total, people=len(paying), budget=budget_code(budget_unit))
    return total


def _is_new(transfers: list[Transfer], *, at: datetime) -> bool:
    """Post the chain; False when this event has paid before.

    A repeated chain answers `exists` for its first transfer, which fails the rest: that is the whole chain again.
    """
    results = ledger.post(transfers, at=at)
    if results[0].startswith("exists"):
        return False
    ledger.demand_results(transfers, results)
    return True
