"""Try a version of a rule on the events of a season: nothing is paid; the report says what would have been.

Events are read person by person in pieces, so that memory holds one person's history and the sums, however many events
there are.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Q

from people.models import Employee, Unit
from rewards.domain.award_rules import asks_level, budget_account, facts_of
from rewards.models import Happening, Level, Rehearsal, RuleVersion, Season
from rewards.pure import award_rules
from rewards.pure.award_rules import CAPPED, GRANTED, REMEMBERED, WAITING, Past, Person
from rewards.pure.rule_checks import read
from rewards.queries import rules as queries

PIECE = 2000
TOP = 10
LEASE = timedelta(minutes=10)


@dataclass
class Report:
    """Sums of a rehearsal. `units`: plant → [points, people]; `outcomes`: outcome → events; `budgets`: account → points."""

    events: int = 0
    points: int = 0
    people: int = 0
    cut_points: int = 0
    capped_people: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    units: dict[str, list[int]] = field(default_factory=dict)
    budgets: dict[str, int] = field(default_factory=dict)
    top: list[tuple[int, str]] = field(default_factory=list)
    months: dict[str, int] = field(default_factory=dict)

    def add_person(self, number: str, unit: str, points: int, *, is_capped: bool) -> None:
        """Count one person's sum."""
        self.capped_people += is_capped
        if points <= 0:
            return
        self.points, self.people = self.points + points, self.people + 1
        sums = self.units.setdefault(unit, [0, 0])
        sums[0], sums[1] = sums[0] + points, sums[1] + 1
        heapq.heappush(self.top, (points, number))
        if len(self.top) > TOP:
            heapq.heappop(self.top)


def ask(*, version: RuleVersion, season: Season, by: Employee | None, at: datetime) -> Rehearsal:
    """Leave a rehearsal for the worker."""
    return Rehearsal.objects.create(version=version, season=season, by=by, asked_at=at)


def run_next(*, at: datetime) -> int:
    """Carry out one rehearsal that waits, or whose worker died; 0 when there is none."""
    with transaction.atomic(durable=True):
        open_ = Q(state=Rehearsal.State.WAITING) | Q(state=Rehearsal.State.RUNNING, started_at__lt=at - LEASE)
        skips = transaction.get_connection().features.has_select_for_update_skip_locked
        row = (
            Rehearsal.objects.select_for_update(no_key=True, skip_locked=skips)
            .filter(open_)
            .order_by("asked_at")
            .first()
        )
        if row is None:
            return 0
        row.state, row.started_at = Rehearsal.State.RUNNING, at
        row.save(update_fields=["state", "started_at"])
    run(row)
    return 1


def run(row: Rehearsal) -> Rehearsal:
    """Compute a rehearsal and keep its report, saying how far it is every few thousand events."""

    def say(done: int, total: int) -> None:
        Rehearsal.objects.filter(pk=row.pk).update(done=done, total=total)

    report = rehearse(row.version, row.season, say=say)
    row.report, row.state, row.done, row.total = as_data(report), Rehearsal.State.DONE, report.events, report.events
    row.save(update_fields=["report", "state", "done", "total"])
    return row


def rehearse(version: RuleVersion, season: Season, *, say: Callable[[int, int], None]) -> Report:
    """Return what a version would have paid for the events of a season; budgets are taken as full.

    The season's events are decided in the order they happened, person by person, starting with an empty history.
    """
    rule = read(version.definition)
    rows = Happening.objects.filter(event=rule.event, on__gte=season.from_on, on__lte=season.until_on)
    total = rows.count()
    report, around = Report(), _around(season, with_levels=asks_level(rule))
    say(0, total)
    ordered = rows.select_related("employee__trade").order_by("employee_id", "at", "id").iterator(PIECE)
    for piece in _pieces(groupby(ordered, key=lambda one: one.employee_id)):
        people = [happenings[0].employee for happenings in piece]
        earned = queries.earned([one.number for one in people]) if around.levels else {}
        for happenings in piece:
            _one_person(version, happenings, around.person(happenings[0].employee, earned), report, around)
        say(min(report.events, total), total)
    return report


@dataclass(frozen=True)
class _Around:
    """What does not change during a rehearsal: the season, the units with their plants, the levels."""

    season: Season
    units: dict[int, Unit]
    plants: dict[str, str]
    levels: list[Level]

    def person(self, row: Employee, earned: dict[str, int]) -> Person:
        unit = self.units.get(row.unit_id or 0)
        level = queries.level_at(earned.get(row.number, 0), self.levels) if self.levels else 0
        return Person(
            number=row.number, units=tuple(unit.ancestor_codes) if unit else (), skill_level=row.skill_level, level=level,
            trade=row.trade.code if row.trade else "",
        )  # fmt: skip

    def plant(self, person: Person) -> str:
        """Return the plant a person is counted under, '' for the company's own staff."""
        return next((code for code in person.units if code in self.plants), "")


def _around(season: Season, *, with_levels: bool) -> _Around:
    units = {row.pk: row for row in Unit.objects.all()}
    plants = {row.code: row.code for row in units.values() if row.kind == Unit.Kind.PLANT}
    return _Around(season, units, plants, list(Level.objects.all()) if with_levels else [])


def _pieces(groups: Any, most: int = 200) -> Iterator[list[list[Happening]]]:
    """Yield people in pieces of at most 200, each with their events."""
    piece: list[list[Happening]] = []
    for _who, rows in groups:
        piece.append(list(rows))
        if len(piece) == most:
            yield piece
            piece = []
    if piece:
        yield piece


def _one_person(version: RuleVersion, rows: list[Happening], person: Person, report: Report, around: _Around) -> None:
    """Decide one person's events in order and add them up."""
    rule = read(version.definition)
    past: list[Past] = []
    sums, is_capped = 0, False
    account = budget_account(version, person, around.plants)
    for row in rows:
        facts = facts_of(row, person, [around.season])
        decision = award_rules.decide(rule, facts, past)
        report.events += 1
        report.outcomes[decision.outcome] = report.outcomes.get(decision.outcome, 0) + 1
        if decision.outcome in REMEMBERED:
            past.append(Past(row.event, row.key, row.on, decision.points, facts.partner))
        if decision.outcome in {GRANTED, CAPPED, WAITING}:
            sums += decision.points
            report.cut_points += decision.wanted - decision.points
            is_capped |= decision.outcome == CAPPED
            month = f"{row.on:%Y-%m}"
            report.months[month] = report.months.get(month, 0) + decision.points
            report.budgets[account] = report.budgets.get(account, 0) + decision.points
    report.add_person(person.number, around.plant(person), sums, is_capped=is_capped)


def as_data(report: Report) -> dict[str, Any]:
    """Return a report as JSON, names looked up, the greatest first."""
    names = dict(Unit.objects.values_list("code", "name"))
    people = {
        row.number: row
        for row in Employee.objects.filter(number__in=[number for _points, number in report.top]).select_related("unit")
    }
    left = queries.available(report.budgets)
    return {
        "events": report.events, "points": report.points, "people": report.people, "cut_points": report.cut_points,
        "capped_people": report.capped_people, "outcomes": report.outcomes,
        "units": sorted(([names.get(code, ""), *sums] for code, sums in report.units.items()), key=lambda row: -row[1]),
        "budgets": [[names.get(_unit_of(code), _unit_of(code)), points, left[code]] for code, points in sorted(report.budgets.items())],
        "top": [
            [number, people[number].name, str(people[number].unit or ""), points]
            for points, number in sorted(report.top, reverse=True)
        ],
        "months": dict(sorted(report.months.items())),
    }  # fmt: skip


def _unit_of(account: str) -> str:
    return account.removeprefix("budget:").partition("@")[0]
