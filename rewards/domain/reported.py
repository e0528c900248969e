"""Events other programs report for the award rules: suggestions adopted there, mentoring that ended there.

What this program sees itself (contests, courses, sign-ins) nobody else may report. A report is whole or not at all; the same
again changes nothing, and an event known with other facts is refused: nothing pays twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee
from rewards.domain.award_rules import Occurrence, note
from rewards.models import Happening
from rewards.pure.award_events import EVENTS, WHOLE

MOST = 500
CLOCKS_DIFFER = timedelta(minutes=5)
OLDEST = timedelta(days=366)


@dataclass(frozen=True)
class Report:
    """One event about one person as another program tells it; `at` is when it happened, None: now."""

    event: str
    key: str
    employee: str
    facts: dict[str, int | str]
    at: datetime | None = None


class WrongReport(ValidationError):
    """Rows that cannot be taken; each is named, counted from 1."""

    def __init__(self, faults: Mapping[int, ValidationError]) -> None:
        code = next(iter(faults.values())).code if len(faults) == 1 else "wrong-report"
        super().__init__({f"events.{place}": [fault] for place, fault in faults.items()}, code=code)
        self.code = code


class KnownOtherwise(ValidationError):
    """An event was reported before with other facts."""

    status = 409

    def __init__(self, report: Report) -> None:
        super().__init__(
            _("%(event)s %(key)s of %(employee)s is known with other facts."),
            code="exists-with-different-facts",
            params={"event": report.event, "key": report.key, "employee": report.employee},
        )


@transaction.atomic(savepoint=False)
def report(*, reports: Sequence[Report], by: Employee, at: datetime) -> int:
    """Keep reported events for the rules, all or none; returns how many are new. 5 SQL statements.

    Raises:
        WrongReport: rows with an event nobody may report, facts it does not bring, nobody of that number, a time to come.
        KnownOtherwise: one is known with other facts.
    """
    people = {row.number: row for row in Employee.objects.filter(number__in={row.employee for row in reports})}
    faults = {place: fault for place, row in enumerate(reports, 1) if (fault := _fault(row, people, at)) is not None}
    if faults:
        raise WrongReport(faults)
    before = _known(reports, people)
    for event in sorted({row.event for row in reports}):
        found = [row for row in reports if row.event == event]
        note(
            event=event, at=at,
            occurrences=[Occurrence(row.key, people[row.employee], row.facts, at=row.at) for row in found],
        )  # fmt: skip
    after = _known(reports, people)
    for row in reports:
        if after[row.event, row.key, people[row.employee].pk] != row.facts:
            raise KnownOtherwise(row)
    fresh = len(after.keys() - before.keys())
    if fresh:
        record("award-events", "points.events-reported", by=by, at=at, events=fresh)
    return fresh


def _known(reports: Sequence[Report], people: dict[str, Employee]) -> dict[tuple[str, str, int], object]:
    """Return (event, key, person) → facts of what is kept of these. 1 SQL statement."""
    wanted = {(row.event, row.key, people[row.employee].pk) for row in reports}
    rows = Happening.objects.filter(event__in={row.event for row in reports}, key__in={row.key for row in reports})
    found = rows.filter(employee__in={pk for _event, _key, pk in wanted})
    kept = {(event, key, pk): facts for event, key, pk, facts in found.values_list("event", "key", "employee", "facts")}
    return {name: facts for name, facts in kept.items() if name in wanted}


def _fault(row: Report, people: Mapping[str, Employee], at: datetime) -> ValidationError | None:
    kind = EVENTS.get(row.event)
    if kind is None or kind.is_reported:
        return ValidationError(_("“%(event)s” is not reported by other programs."), code="not-reportable", params={"event": row.event})  # fmt: skip
    wrong = next((name for name, value in row.facts.items() if not _fits(kind.facts.get(name), value)), None)
    if wrong is not None:
        return ValidationError(
            _("The event brings no such fact: %(fact)s."), code="unknown-fact", params={"fact": wrong}
        )
    if not row.facts:
        return ValidationError(_("Say something about the event: it has no facts."), code="no-facts")
    if row.employee not in people:
        return ValidationError(_("Nobody has the number %(number)s."), code="unknown-employee", params={"number": row.employee})  # fmt: skip
    return _wrong_time(row.at, at) if row.at else None


def _wrong_time(moment: datetime, at: datetime) -> ValidationError | None:
    if moment > at + CLOCKS_DIFFER:
        return ValidationError(_("This has not happened yet."), code="not-yet")
    if moment < at - OLDEST:
        return ValidationError(_("This is more than a year ago."), code="too-old")
    return None


def _fits(kind: str | None, value: object) -> bool:
    return kind is not None and type(value) is (int if kind == WHOLE else str)
