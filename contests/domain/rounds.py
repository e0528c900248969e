"""From one round to the next: a draft with the same rules, then those who advance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contests.domain import setup
from contests.domain.setup import demand_state
from contests.models import Contest, Registration, Teammate
from contests.pure.advancement import Rule, Verdict, advance, read_rule
from contests.queries.material import standings_of
from engine.events.domain import record
from people.models import Employee

State = Contest.State
WRONG_RULE = {
    "top": gettext_noop("Write how many advance, at least 1."),
    "per_unit": gettext_noop("Write how many of one unit may advance, at least 1, or leave it empty."),
    "ties": gettext_noop("Choose what happens to a tie at the line."),
}


class WrongRound(ValidationError):
    """The contest is no next round, or the round before has no public result."""


@dataclass(frozen=True)
class Line:
    """One entry of the earlier round and what becomes of it; `employee` is None for who has no account."""

    verdict: Verdict
    name: str
    unit: str
    total: str
    employee: Employee | None


@transaction.atomic(savepoint=False)
def make_next(
    *, contest: Contest, code: str, title: str, round_title: str, rule: dict[str, Any], by: Employee, at: datetime
) -> Contest:
    """Make the draft of the next round: the same rules and panel, entered by advancement alone.

    Raises:
        WrongRound: the rule cannot be read; setup.* of a new contest.
    """
    try:
        read_rule(rule)
    except ValueError as error:
        raise WrongRound(_(WRONG_RULE[str(error)]), code=f"rule-{error}") from error
    twin = setup.copy(contest=contest, code=code, title=title, by=by, at=at)
    twin.previous_round, twin.round_title, twin.advancement = contest, round_title[:60], rule
    twin.save(update_fields=["previous_round", "round_title", "advancement"])
    record(twin.subject, "round.made", by=by, at=at, previous=contest.code)
    return twin


def preview(contest: Contest) -> list[Line]:
    """Return what would become of every entry of the round before, in the order of its result. Seven statements.

    Raises:
        WrongRound: there is no round before, or its result is not public.
    """
    before = contest.previous_round
    if before is None or before.state not in {State.NOTICE, State.FINAL}:
        raise WrongRound(_("The result of the round before is not public yet."), code="no-result")
    rule: Rule = read_rule(contest.advancement)
    standings = standings_of(before)
    people = {row.code: row for row in before.entries.select_related("employee")}
    totals = {row.entry.entry: format(row.total, "f") for row in standings}
    return [
        Line(
            verdict, people[verdict.entry].name, people[verdict.entry].unit, totals[verdict.entry],
            people[verdict.entry].employee,
        )
        for verdict in advance(standings, rule)
    ]  # fmt: skip


@transaction.atomic(savepoint=False)
def bring_up(*, contest: Contest, by: Employee, at: datetime) -> list[Registration]:
    """Confirm those who advance and put the reserves on the waitlist, in their order; twice changes nothing.

    Whoever withdraws gives the place to the first reserve.

    Raises:
        WrongRound; setup.WrongState: the next round is not open.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, State.PUBLISHED)
    lines = [line for line in preview(contest) if line.employee is not None and line.verdict.outcome != "out"]
    known = set(Registration.objects.filter(contest=contest).values_list("employee", flat=True))
    states = {"advances": Registration.State.CONFIRMED, "reserve": Registration.State.WAITLISTED}
    rows = Registration.objects.bulk_create(
        Registration(
            contest=contest, employee=line.employee, state=states[line.verdict.outcome], decided_at=at,
            applied_at=at + timedelta(microseconds=place), note=_("rank %(rank)s of the round before") % {"rank": line.verdict.rank},
        )
        for place, line in enumerate(lines)
        if line.employee is not None and line.employee.pk not in known
    )  # fmt: skip
    if rows and contest.team_size > 1:
        _copy_teams(contest, rows)
    if rows:
        contest.quota = sum(line.verdict.outcome == "advances" for line in lines)
        contest.save(update_fields=["quota"])
        told = {state: [line.verdict.entry for line in lines if line.verdict.outcome == state] for state in states}
        record(contest.subject, "round.brought-up", by=by, at=at, **told)
    return rows


def _copy_teams(contest: Contest, rows: Sequence[Registration]) -> None:
    """Give the registrations of a later round the teams of the round before, those who left there left out."""
    before = Registration.objects.filter(contest=contest.previous_round, employee__in=[row.employee_id for row in rows])
    teams = {row.employee_id: row for row in before.prefetch_related("team")}
    for row in rows:
        if (team := teams.get(row.employee_id)) is not None:
            row.team_name, row.unit = team.team_name, team.unit
    Registration.objects.bulk_update(rows, ["team_name", "unit"])
    Teammate.objects.bulk_create(
        Teammate(registration=row, employee_id=mate.employee_id, role=mate.role, is_substitute=not mate.takes_part)
        for row in rows
        if row.employee_id in teams
        for mate in teams[row.employee_id].team.all()
        if mate.left_at is None
    )
