"""Propose points for people, and settle what became of the proposal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain.awards import AwardLine, award
from rewards.models import ManualAward

MOST_LINES = 200
MOST_POINTS = 10_000


class Faulty(ValidationError):
    """Lines of a proposal cannot be paid; one sentence each, naming the line."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__([ValidationError(fault, code="faulty-award") for fault in faults])
        self.code = "faulty-award"


def faults_of(lines: Sequence[tuple[str, int]], *, by: Employee) -> list[str]:
    """Return what is wrong with the lines (number, points) of a proposal, each with its line number. One statement."""
    known = set(Employee.objects.filter(number__in=[number for number, _points in lines], is_active=True)
                .values_list("number", flat=True))  # fmt: skip
    faults: list[str] = []
    seen: set[str] = set()
    if not lines:
        faults.append(str(_("Write at least one line: number and points.")))
    if len(lines) > MOST_LINES:
        faults.append(str(_("At most %(n)s lines at once.") % {"n": MOST_LINES}))
    for place, (number, points) in enumerate(lines, 1):
        where = {"line": place, "number": number, "most": MOST_POINTS}
        if number not in known:
            faults.append(str(_("Line %(line)s: there is no employee with the number %(number)s.") % where))
        elif number == by.number:
            faults.append(str(_("Line %(line)s: nobody proposes points for themselves.") % where))
        elif number in seen:
            faults.append(str(_("Line %(line)s: %(number)s stands twice.") % where))
        if not 1 <= points <= MOST_POINTS:
            faults.append(str(_("Line %(line)s: points are whole numbers from 1 to %(most)s.") % where))
        seen.add(number)
    return faults


@transaction.atomic(savepoint=False)
def propose(
    *, key: UUID, lines: Sequence[tuple[str, int]], reason: str, budget_unit: Unit | None, by: Employee, at: datetime
) -> tuple[ManualAward, bool]:
    """Keep a proposal; returns it and whether it is new (the same key again is the same proposal).

    Raises:
        Faulty: naming every line that cannot be paid; nothing is kept.
    """
    known = ManualAward.objects.filter(pk=key).first()
    if known is not None:
        return known, False
    if faults := faults_of(lines, by=by):
        raise Faulty(faults)
    row = ManualAward.objects.create(
        id=key, proposed_by=by, budget_unit=budget_unit, reason=reason.strip()[:300], asked_at=at,
        lines=[list(line) for line in lines], points=sum(points for _number, points in lines),
    )  # fmt: skip
    record(row.subject, "points.proposed", by=by, at=at, points=row.points, people=len(lines))
    return row, True


@transaction.atomic(savepoint=False)
def pay(*, proposal: ManualAward, by: Employee | None, at: datetime) -> None:
    """Pay every line of an agreed proposal, whole or not at all.

    Raises:
        ledger.BudgetEmpty: nothing was paid; the approval stays as it was.
    """
    people = {row.number: row for row in Employee.objects.filter(number__in=[line[0] for line in proposal.lines])}
    lines = [
        AwardLine(employee=people[number], points=points, reason=proposal.reason) for number, points in proposal.lines
    ]
    award(event=proposal.subject, lines=lines, budget_unit=proposal.budget_unit, by=by, at=at)
    settle(proposal=proposal, state=ManualAward.State.PAID, at=at)


def settle(*, proposal: ManualAward, state: str, at: datetime) -> None:
    """Keep what became of a proposal."""
    proposal.state, proposal.decided_at = state, at
    proposal.save(update_fields=["state", "decided_at"])
