"""Give units points to award from: newly granted, or handed down from the budget above; top-ups that others agree to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain import funds, keys, ledger
from rewards.domain.awards import budget_code, payer_of
from rewards.models import TopUp
from rewards.pure import codes
from rewards.pure.transfers import DEFAULT_FUND, Transfer, in_fund
from rewards.queries.budgets import with_budget

MOST_POINTS = 10**12


class WrongAmount(ValidationError):
    """Not a sensible amount of points."""

    def __init__(self) -> None:
        super().__init__({"points": _("Write a whole number of points, at least 1.")}, code="wrong-amount")


@transaction.atomic(savepoint=False)
def grant(
    *, unit: Unit | None, points: int, by: Employee | None, at: datetime, id: UUID, reason: str = "",  # noqa: A002
    fund: str = DEFAULT_FUND,
) -> None:  # fmt: skip
    """Grant newly made points to a unit's budget (None: the company's); the same id again changes nothing.

    Raises:
        WrongAmount: less than 1 or absurdly many. funds.NoSuchFund: see there.
    """
    _give(in_fund("mint", fund), unit, points=points, by=by, at=at, key=id, reason=reason, fund=fund)


@transaction.atomic(savepoint=False)
def hand_down(
    *, unit: Unit, points: int, by: Employee | None, at: datetime, id: UUID, reason: str = "",  # noqa: A002
    fund: str = DEFAULT_FUND,
) -> str:  # fmt: skip
    """Give a unit points from the nearest budget above it; the same id again changes nothing. Returns the payer's account.

    Where no unit above has a budget, the points are newly granted.

    Raises:
        WrongAmount: less than 1 or absurdly many. funds.NoSuchFund: see there.
        ledger.BudgetEmpty: the budget above has fewer.
    """
    above = _budget_above(unit.parent, fund) if unit.parent is not None else None
    payer = above or in_fund("mint", fund)
    _give(payer, unit, points=points, by=by, at=at, key=id, reason=reason, fund=fund)
    return payer


def _budget_above(unit: Unit, fund: str) -> str | None:
    code = budget_code(payer_of(unit, fund), fund)
    return code if code in with_budget([code]) else None


def _give(
    payer: str, unit: Unit | None, *, points: int, by: Employee | None, at: datetime, key: UUID, reason: str,
    fund: str,
) -> None:  # fmt: skip
    if not 1 <= points <= MOST_POINTS:
        raise WrongAmount
    funds.demand(fund)
    transfer = Transfer(
        id=str(key), debit=payer, credit=budget_code(unit, fund), kind=codes.GRANT, amount=points, reason=reason or None,
        by=by.number if by else None,
    )  # fmt: skip
    results = ledger.post([transfer], at=at)
    ledger.demand_results([transfer], results)
    if results == (codes.CREATED,):
        subject = f"unit:{unit.code if unit else 'company'}"
        record(subject, "budget.granted", by=by, at=at, points=points, reason=reason, budget=payer)


@transaction.atomic(savepoint=False)
def ask_top_up(
    *, key: UUID, unit: Unit, points: int, reason: str, by: Employee, at: datetime, fund: str = DEFAULT_FUND
) -> tuple[TopUp, bool]:
    """Keep that somebody asks for more points for a unit; returns it and whether it is new (the same key is the same).

    Raises:
        WrongAmount: less than 1 or absurdly many. funds.NoSuchFund, keys.Reused: see there.
    """
    reason = reason.strip()[:200]
    known = keys.known(TopUp, key, by=by, unit=unit, points=points, reason=reason, fund=fund, asked_by=by)
    if known is not None:
        return known, False
    if not 1 <= points <= MOST_POINTS:
        raise WrongAmount
    funds.demand(fund)
    row = TopUp.objects.create(id=key, unit=unit, points=points, reason=reason, asked_by=by, asked_at=at, fund=fund)
    record(row.subject, "budget.top-up-asked", by=by, at=at, unit=unit.code, points=points)
    return row, True


@transaction.atomic(savepoint=False)
def pay_top_up(*, top_up: TopUp, by: Employee | None, at: datetime) -> None:
    """Give what was asked for and agreed to.

    Raises:
        ledger.BudgetEmpty: the budget above has fewer; the approval stays as it was.
    """
    hand_down(unit=top_up.unit, points=top_up.points, by=by, at=at, id=top_up.id, reason=top_up.reason,
              fund=top_up.fund)  # fmt: skip
    settle_top_up(top_up=top_up, state=TopUp.State.GRANTED, at=at)


def settle_top_up(*, top_up: TopUp, state: str, at: datetime) -> None:
    """Keep what became of it."""
    TopUp.objects.filter(pk=top_up.pk).update(state=state, decided_at=at)
