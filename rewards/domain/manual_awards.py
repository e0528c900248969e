"""Propose points for people, typed or from a file, and settle what became of the proposal.

Proposer, approver and beneficiary are three people: nobody proposes for themselves, the policy never asks the proposer, and
who stands among the lines cannot be the one whose opinion pays them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.approvals.models import Ballot
from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain import funds, keys
from rewards.domain.awards import AwardLine, award
from rewards.models import ManualAward, Season
from rewards.pure.transfers import DEFAULT_FUND

MOST_LINES = 200
MOST_FILE_LINES = 5000
MOST_POINTS = 10_000


class Faulty(ValidationError):
    """Lines of a proposal cannot be paid; one sentence each, naming the line."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__([ValidationError(fault, code="faulty-award") for fault in faults])
        self.code = "faulty-award"


class SeasonClosed(ValidationError):
    """The season the points are for is over, or has not begun."""

    def __init__(self, season: Season) -> None:
        super().__init__(
            _("The season %(name)s is closed (%(first)s – %(last)s). Choose the present one."),
            code="season-closed",
            params={"name": season.name, "first": season.from_on, "last": season.until_on},
        )


class OwnAward(ValidationError):
    """Somebody would agree to points for themselves, or to what they proposed."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("You would get points from this award, or proposed it: somebody else must agree. Hand it on to them."),
            code="own-award",
        )


class NotDraft(ValidationError):
    """It has been proposed already, or is somebody else's."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("This file has been proposed already."), code="not-draft")


@dataclass(frozen=True)
class Given:
    """One line as it was given: its line in the file (or in the text), number, points, its own reason, the name beside."""

    line: int
    number: str
    points: int
    reason: str = ""
    name: str = ""


@dataclass(frozen=True)
class LineFault:
    """What is wrong with one field of a line: `field` is number, points, name or lines; `text` names the line."""

    line: int
    field: str
    text: str
    value: str = ""


def find_faults(given: Sequence[Given], *, by: Employee, most: int = MOST_FILE_LINES) -> list[LineFault]:
    """Return everything wrong with the lines, in their order. 1 SQL statement."""
    numbers = {row.number for row in given}
    known = dict(Employee.objects.filter(number__in=numbers, is_active=True).values_list("number", "name"))
    faults: list[LineFault] = []
    if not given:
        faults.append(LineFault(0, "lines", str(_("Write at least one line: number and points."))))
    if len(given) > most:
        faults.append(LineFault(0, "lines", str(_("At most %(n)s lines at once.") % {"n": most})))
    seen: set[str] = set()
    for row in given:
        where = {"line": row.line, "number": row.number, "most": MOST_POINTS, "name": row.name}
        if row.number not in known:
            text = _("Line %(line)s: there is no employee with the number %(number)s.") % where
            faults.append(LineFault(row.line, "number", text, row.number))
        elif row.number == by.number:
            text = _("Line %(line)s: nobody proposes points for themselves.") % where
            faults.append(LineFault(row.line, "number", text, row.number))
        elif row.number in seen:
            faults.append(
                LineFault(row.line, "number", _("Line %(line)s: %(number)s stands twice.") % where, row.number)
            )
        elif row.name and row.name != known[row.number]:
            text = _("Line %(line)s: %(number)s is not called %(name)s.") % where
            faults.append(LineFault(row.line, "name", text, row.name))
        if not 1 <= row.points <= MOST_POINTS:
            text = _("Line %(line)s: points are whole numbers from 1 to %(most)s.") % where
            faults.append(LineFault(row.line, "points", text, str(row.points)))
        seen.add(row.number)
    return faults


def faults_of(lines: Sequence[tuple[str, int]], *, by: Employee) -> list[str]:
    """Return what is wrong with typed lines (number, points), each with its line number. 1 SQL statement."""
    given = [Given(place, number, points) for place, (number, points) in enumerate(lines, 1)]
    return [fault.text for fault in find_faults(given, by=by, most=MOST_LINES)]


def demand_open(season: Season | None, *, at: datetime) -> None:
    """Refuse a season that is over or has not begun.

    Raises:
        SeasonClosed: see there.
    """
    if season is not None and not season.from_on <= timezone.localdate(at) <= season.until_on:
        raise SeasonClosed(season)


@transaction.atomic(savepoint=False)
def propose(
    *,
    key: UUID,
    lines: Sequence[tuple[str, int]],
    reason: str,
    budget_unit: Unit | None,
    by: Employee,
    at: datetime,
    season: Season | None = None,
    fund: str = DEFAULT_FUND,
) -> tuple[ManualAward, bool]:
    """Keep a proposal; returns it and whether it is new (the same key again is the same proposal).

    Raises:
        funds.NoSuchFund, keys.Reused: see there.
        Faulty: naming every line that cannot be paid; nothing is kept. SeasonClosed: the season is over.
    """
    reason, kept = reason.strip()[:300], [list(line) for line in lines]
    asked: dict[str, Any] = {
        "budget_unit": budget_unit,
        "fund": fund,
        "season": season,
        "reason": reason,
        "lines": kept,
    }
    known = keys.known(ManualAward, key, by=by, proposed_by=by, **asked)
    if known is not None:
        return known, False
    demand_open(season, at=at)
    funds.demand(fund)
    if faults := faults_of(lines, by=by):
        raise Faulty(faults)
    row = ManualAward.objects.create(
        id=key, proposed_by=by, asked_at=at, points=sum(points for _number, points in lines), **asked
    )
    record(row.subject, "points.proposed", by=by, at=at, points=row.points, people=len(lines))
    return row, True


@transaction.atomic(savepoint=False)
def keep_draft(
    *,
    key: UUID,
    given: Sequence[Given],
    file_name: str,
    reason: str,
    budget_unit: Unit | None,
    by: Employee,
    at: datetime,
    season: Season | None = None,
    fund: str = DEFAULT_FUND,
) -> ManualAward:
    """Keep the right lines of a whole file for its proposer to confirm; one wrong line keeps nothing.

    Raises:
        Faulty: naming every line; nothing is kept. SeasonClosed: the season is over. funds.NoSuchFund,
            keys.Reused: see there.
    """
    reason = reason.strip()[:300]
    kept = [[row.number, row.points, row.reason] if row.reason else [row.number, row.points] for row in given]
    asked: dict[str, Any] = {
        "budget_unit": budget_unit,
        "fund": fund,
        "season": season,
        "reason": reason,
        "lines": kept,
    }
    known = keys.known(ManualAward, key, by=by, proposed_by=by, **asked)
    if known is not None:
        return known
    demand_open(season, at=at)
    funds.demand(fund)
    if faults := find_faults(given, by=by):
        raise Faulty([fault.text for fault in faults])
    return ManualAward.objects.create(
        id=key, proposed_by=by, asked_at=at, file_name=file_name[:120], state=ManualAward.State.DRAFT,
        points=sum(row.points for row in given), **asked,
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def submit(*, draft: ManualAward, by: Employee, at: datetime) -> tuple[ManualAward, bool]:
    """Propose a checked file; returns it and whether it was a draft until now. Its lines are checked once more.

    Raises:
        NotDraft: it is somebody else's. Faulty, SeasonClosed: things have changed since it was checked.
    """
    row = ManualAward.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if row.proposed_by_id != by.pk:
        raise NotDraft
    if row.state != ManualAward.State.DRAFT:
        return row, False
    demand_open(row.season, at=at)
    given = [Given(place, line[0], line[1]) for place, line in enumerate(row.lines, 2)]
    if faults := find_faults(given, by=by):
        raise Faulty([fault.text for fault in faults])
    row.state, row.asked_at = ManualAward.State.PROPOSED, at
    row.save(update_fields=["state", "asked_at"])
    record(row.subject, "points.proposed", by=by, at=at, points=row.points, people=len(row.lines), file=row.file_name)
    return row, True


def discard(*, draft: ManualAward, by: Employee) -> None:
    """Throw a draft away.

    Raises:
        NotDraft: it has been proposed.
    """
    gone, _rows = ManualAward.objects.filter(pk=draft.pk, state=ManualAward.State.DRAFT, proposed_by=by).delete()
    if not gone:
        raise NotDraft


def demand_three_people(*, proposal: ManualAward, agreed_by: Sequence[Employee]) -> None:
    """Refuse an agreement of somebody who proposed the award or is among its lines.

    Raises:
        OwnAward: see there.
    """
    beneficiaries = {line[0] for line in proposal.lines}
    if any(one.number in beneficiaries or one.pk == proposal.proposed_by_id for one in agreed_by):
        raise OwnAward


def agreeing(subject: str) -> list[Employee]:
    """Return who agreed to a subject's approval. 1 SQL statement."""
    ballots = Ballot.objects.filter(approval__subject=subject, verb="approve", person__isnull=False)
    return [ballot.person for ballot in ballots.select_related("person") if ballot.person is not None]


@transaction.atomic(savepoint=False)
def pay(*, proposal: ManualAward, by: Employee | None, at: datetime) -> None:
    """Pay every line of an agreed proposal, whole or not at all.

    Raises:
        OwnAward: who agreed proposed it or is among the lines; nothing was paid.
        ledger.BudgetEmpty: nothing was paid; the approval stays as it was.
    """
    demand_three_people(proposal=proposal, agreed_by=[*agreeing(proposal.subject), *([by] if by else [])])
    people = {row.number: row for row in Employee.objects.filter(number__in=[line[0] for line in proposal.lines])}
    lines = [
        AwardLine(employee=people[line[0]], points=line[1], reason=line[2] if len(line) > 2 else proposal.reason)
        for line in proposal.lines
    ]
    award(event=proposal.subject, lines=lines, budget_unit=proposal.budget_unit, by=by, at=at, fund=proposal.fund,
          expires_on=funds.last_day(proposal.fund, at=at))  # fmt: skip
    settle(proposal=proposal, state=ManualAward.State.PAID, at=at)


def settle(*, proposal: ManualAward, state: str, at: datetime) -> None:
    """Keep what became of a proposal."""
    proposal.state, proposal.decided_at = state, at
    proposal.save(update_fields=["state", "decided_at"])
