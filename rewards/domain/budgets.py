"""Give a unit points to award from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain import ledger
from rewards.domain.awards import budget_code
from rewards.pure import codes
from rewards.pure.transfers import Transfer

MOST_POINTS = 10**12


class WrongAmount(ValidationError):
    """Not a sensible amount of points."""

    def __init__(self) -> None:
        super().__init__({"points": _("Write a whole number of points, at least 1.")}, code="wrong-amount")


@transaction.atomic(savepoint=False)
def grant(*, unit: Unit | None, points: int, by: Employee | None, at: datetime, id: UUID, reason: str = "") -> None:  # noqa: A002
    """Grant points to a unit's budget (None: the company's); the same id again changes nothing.

    Raises:
        WrongAmount: less than 1 or absurdly many.
    """
    if not 1 <= points <= MOST_POINTS:
        raise WrongAmount
    transfer = Transfer(
        id=str(id), debit="mint", credit=budget_code(unit), kind=codes.GRANT, amount=points, reason=reason or None,
        by=by.number if by else None,
    )  # fmt: skip
    results = ledger.post([transfer], at=at)
    ledger.demand_results([transfer], results)
    if results == (codes.CREATED,):
        record(f"unit:{unit.code if unit else 'company'}", "budget.granted", by=by, at=at, points=points, reason=reason)
