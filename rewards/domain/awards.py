"""Pay points for something that happened; the same event never pays the same person twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain import funds, ledger
from rewards.pure import codes
from rewards.pure.transfers import DEFAULT_FUND, Transfer, fund_of, in_fund
from rewards.queries import Paid, paid_by
from rewards.queries.budgets import COMPANY_BUDGET, with_budget

MOST_LINES = 500


@dataclass(frozen=True)
class AwardLine:
    """Points for one person and the sentence they read in their wallet."""

    employee: Employee
    points: int
    reason: str


@dataclass(frozen=True)
class Correction:
    """What a correction moved now, in points: paid on top, taken back."""

    paid: int = 0
    taken: int = 0


class PaidMeanwhile(ValidationError):
    """Another correction of the same event was quicker; nothing was moved."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("These points have been corrected meanwhile. Reload the page and look again."), code="stale")


def transfer_id(event: str, number: str) -> str:
    """Return the id of the one transfer an event pays one person."""
    return str(uuid5(NAMESPACE_URL, f"{event}:{number}"))


def budget_code(unit: Unit | None, fund: str = DEFAULT_FUND) -> str:
    """Return the account that pays: the unit's budget in a fund, else the company's."""
    return in_fund(f"budget:{unit.code}" if unit is not None else COMPANY_BUDGET, fund)


def payer_of(unit: Unit | None, fund: str = DEFAULT_FUND) -> Unit | None:
    """Return the unit whose budget in a fund pays for a unit: itself or the nearest above ever granted points; None for the
    company's own. The unit itself where nobody was: its empty budget refuses. 2 SQL statements at most.
    """
    if unit is None:
        return None
    units = {row.code: row for row in Unit.objects.filter(code__in=unit.ancestor_codes)}
    upward = [units[code] for code in reversed(unit.ancestor_codes) if code in units]
    having = with_budget([*(budget_code(row, fund) for row in upward), budget_code(None, fund)])
    for row in upward:
        if budget_code(row, fund) in having:
            return row
    return None if budget_code(None, fund) in having else unit


@transaction.atomic(savepoint=False)
def award(
    *,
    event: str,
    lines: Sequence[AwardLine],
    budget_unit: Unit | None,
    by: Employee | None,
    at: datetime,
    expires_on: date | None = None,
    fund: str = DEFAULT_FUND,
) -> int:
    """Pay every line in one chain, whole or not at all; return how many points were paid now (0 when repeated).

    Args:
        event: what happened, `contest:welding-2026`; part of each transfer's id.
        lines: at most one a person; lines of 0 points are left out.
        budget_unit: whose budget pays, or the nearest above it that has one; None for the company's.
        expires_on: last valid day of the points; None for never.
        fund: which fund pays, and so what the points may buy.

    Raises:
        ledger.BudgetEmpty: the budget cannot pay all of it; nothing was paid.
    """
    paying = [line for line in lines if line.points > 0]
    if not paying:
        return 0
    payer = budget_code(payer_of(budget_unit, fund), fund)
    transfers = [
        Transfer(
            id=transfer_id(event, line.employee.number),
            flags=frozenset({codes.LINKED}) if number < len(paying) - 1 else frozenset(),
            debit=payer,
            credit=in_fund(f"wallet:{line.employee.number}", fund),
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
    record(event, "points.awarded", by=by, at=at, points=total, people=len(paying), budget=payer)
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


@transaction.atomic(savepoint=False)
def correct(
    *,
    event: str,
    earlier: Sequence[str],
    lines: Sequence[AwardLine],
    reason: str,
    budget_unit: Unit | None,
    by: Employee | None,
    at: datetime,
    expires_on: date | None = None,
    fund: str = DEFAULT_FUND,
) -> Correction:
    """Make what earlier events have paid equal to the lines: pay what is missing, take back what is too much.

    Points are taken back by a `reverse` of the very award (a claw-back: what is spent becomes a debt; what has expired
    counts as taken back), the latest award first; what is missing is a new award. All of it is one chain, whole or not
    at all; the same correction again moves nothing. Source: spec/ledger.md, "claw-back".

    Args:
        event: this correction, `contest:welding-2026:r3`; each has its own.
        earlier: every event that paid for the same thing before, the first payment first.
        lines: what each person is to have in all; who was paid and is not among them is to have nothing.
        reason: what people read beside points that are taken back.
        expires_on: last valid day of what is paid on top; None for as long as the fund says.
        fund: which fund pays on top where nothing was paid before; else it is the one that paid.

    Raises:
        ledger.BudgetEmpty: the budget cannot pay what is missing; nothing was moved.
        PaidMeanwhile: another correction was quicker; nothing was moved.
    """
    events, day = [*earlier, event], timezone.localdate(at)
    wanted = {line.employee.number: line for line in lines}
    paid = paid_by(events, on=day)
    fund = fund_of(paid[0].debit) if paid else fund
    taking = _takings(paid, wanted, event=event, reason=reason)
    payer = budget_code(payer_of(budget_unit, fund), fund)
    until = expires_on or funds.last_day(fund, at=at)
    paying = _missing(paid, wanted, payer=payer, event=event, expires_on=until)
    chain = _linked([*taking, *paying])
    if not chain:
        return Correction()
    results = ledger.post(chain, at=at)
    is_repeated = results[0].startswith("exists")
    if codes.EXCEEDS_REFERENCE_AMOUNT in results:  # somebody else has taken it back since it was read
        raise PaidMeanwhile
    if not is_repeated:
        ledger.demand_results(chain, results)
    if not _is_settled(paid_by(events, on=day), wanted):  # the accounts are locked now: this is how it stays
        raise PaidMeanwhile
    if is_repeated:
        return Correction()
    done = Correction(sum(row.amount or 0 for row in paying), sum(row.amount or 0 for row in taking))
    record(earlier[0], "points.corrected", by=by, at=at, event=event, paid=done.paid, taken=done.taken)
    return done


def _sums(paid: Sequence[Paid]) -> dict[str, int]:
    """Return employee number → points they have in all."""
    sums: dict[str, int] = {}
    for row in paid:
        sums[row.number] = sums.get(row.number, 0) + row.points
    return sums


def _wanted_points(wanted: dict[str, AwardLine], number: str) -> int:
    return wanted[number].points if number in wanted else 0


def _takings(paid: Sequence[Paid], wanted: dict[str, AwardLine], *, event: str, reason: str) -> list[Transfer]:
    """Return the reversals of what is too much, the latest awards first."""
    over = {number: points - _wanted_points(wanted, number) for number, points in _sums(paid).items()}
    found: list[Transfer] = []
    for row in reversed(paid):
        amount = min(over[row.number], row.reversible)
        if amount <= 0:
            continue
        over[row.number] -= amount
        found.append(
            Transfer(
                id=str(uuid5(NAMESPACE_URL, f"{event}:reverse:{row.id}")),
                debit=in_fund(f"wallet:{row.number}", fund_of(row.debit)),
                credit=row.debit,
                kind=codes.REVERSE,
                amount=amount,
                reference=row.id,
                reason=reason[:500],
            )
        )
    return found


def _missing(
    paid: Sequence[Paid], wanted: dict[str, AwardLine], *, payer: str, event: str, expires_on: date | None
) -> list[Transfer]:
    """Return the awards of what is missing."""
    sums = _sums(paid)
    return [
        Transfer(
            id=transfer_id(event, number),
            debit=payer,
            credit=in_fund(f"wallet:{number}", fund_of(payer)),
            kind=codes.AWARD,
            amount=line.points - sums.get(number, 0),
            expires_on=expires_on,
            reference=event,
            reason=line.reason[:500],
        )
        for number, line in wanted.items()
        if line.points > sums.get(number, 0)
    ]


def _linked(transfers: Sequence[Transfer]) -> list[Transfer]:
    last = len(transfers) - 1
    return [
        replace(transfer, flags=frozenset({codes.LINKED}) if number < last else frozenset())
        for number, transfer in enumerate(transfers)
    ]


def _is_settled(paid: Sequence[Paid], wanted: dict[str, AwardLine]) -> bool:
    """Whether everybody has what they are to have, or more only where nothing can be taken back any more."""
    sums = _sums(paid)
    reversible: dict[str, int] = {}
    for row in paid:
        reversible[row.number] = reversible.get(row.number, 0) + row.reversible
    return all(
        sums.get(number, 0) == _wanted_points(wanted, number)
        or (sums.get(number, 0) > _wanted_points(wanted, number) and not reversible.get(number))
        for number in {*wanted, *sums}
    )
