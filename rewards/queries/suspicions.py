"""What the auditor looks at: patterns in manual awards, in what rules pay and in redemptions, with what is behind each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from engine.approvals.models import Ballot
from people.models import Employee
from rewards.models import AwardRule, ManualAward, Redemption, RuleDecision
from rewards.pure import favours
from rewards.pure.award_rules import CAPPED, GRANTED
from rewards.pure.favours import Agreed, Paid
from rewards.pure.suspicion import Finding, Line, find

MOST_LINES = 200_000
SHOWN = 5
GOT = (Redemption.State.READY, Redemption.State.FULFILLED)


@dataclass(frozen=True)
class Behind:
    """One thing a finding is about, with the page that shows it."""

    title: str
    at: datetime
    points: int
    link: str


@dataclass(frozen=True)
class Suspicion:
    """A finding with the names of its people, the title of the rule it is about, and what is behind it, the newest first."""

    finding: Finding
    names: tuple[str, ...]
    about: str
    behind: tuple[Behind, ...]


def lines_since(since: datetime) -> list[Line]:
    """Return every line of the manual awards proposed since a moment, drafts left out. 2 SQL statements."""
    rows = ManualAward.objects.filter(asked_at__gte=since).exclude(state=ManualAward.State.DRAFT)
    awards = list(rows.select_related("proposed_by").order_by("asked_at"))
    agreed = _agreed([row.subject for row in awards])
    found: list[Line] = []
    for row in awards:
        found += _lines_of(row, agreed.get(row.subject, []))
        if len(found) > MOST_LINES:
            break
    return found


def _lines_of(row: ManualAward, agreed: list[tuple[str, datetime]]) -> list[Line]:
    """Return a line for each person of an award and each who agreed to it."""
    ballots: list[tuple[str, datetime | None]] = [*agreed] or [("", None)]
    return [
        Line(
            award=str(row.pk), proposer=row.proposed_by.number, approver=approver, worker=line[0], points=line[1],
            proposed_at=timezone.localtime(row.asked_at), decided_at=timezone.localtime(at) if at else None,
        )
        for approver, at in ballots
        for line in row.lines
    ]  # fmt: skip


def _agreed(subjects: list[str]) -> dict[str, list[tuple[str, datetime]]]:
    ballots = Ballot.objects.filter(approval__subject__in=subjects, verb="approve", person__isnull=False)
    found: dict[str, list[tuple[str, datetime]]] = {}
    for subject, number, at in ballots.values_list("approval__subject", "person__number", "at"):
        found.setdefault(subject, []).append((number, at))
    return found


def paid_by_rules(since: datetime, agreed: dict[str, list[tuple[str, datetime, int | None]]]) -> list[Paid]:
    """Return what rules paid since a moment, a line for each who agreed; tables of programmes, where the first is meant to
    get far more than the others, are left out. 1 SQL statement.

    Args:
        agreed: subject → who agreed, as `_ballots` returns them.
    """
    rows = RuleDecision.objects.filter(at__gte=since, outcome__in=(GRANTED, CAPPED), points__gt=0)
    rows = rows.exclude(version__rule__code__endswith="-table").order_by("-at")
    found = []
    for key, rule, worker, points, at in rows.values_list(
        "pk", "version__rule__code", "employee__number", "points", "at"
    )[:MOST_LINES]:
        approvers = [number for number, _at, _unit in agreed.get(f"rule-decision:{key}", [])] or [""]
        found += [Paid(str(key), rule, worker, points, timezone.localtime(at), number) for number in approvers]
    return found


def agreed_redemptions(since: datetime, agreed: dict[str, list[tuple[str, datetime, int | None]]]) -> list[Agreed]:
    """Return who agreed to whose redemptions that were granted. 2 SQL statements."""
    rows = Redemption.objects.filter(asked_at__gte=since, state__in=GOT).order_by("-asked_at")
    values = list(rows.values_list("pk", "employee__number", "employee__unit", "points")[:MOST_LINES])
    near = {unit for key, _worker, unit, _points in values
            for _number, _at, of in agreed.get(f"redemption:{key}", []) if unit and of == unit}  # fmt: skip
    sizes = dict(
        Employee.objects.filter(unit__in=near, is_active=True).order_by().values_list("unit").annotate(Count("pk"))
    )
    return [
        Agreed(str(key), number, worker, points, timezone.localtime(at), sizes.get(unit, 0) if of == unit else 0)
        for key, worker, unit, points in values
        for number, at, of in agreed.get(f"redemption:{key}", [])
    ]


def _ballots(since: datetime) -> dict[str, list[tuple[str, datetime, int | None]]]:
    """Return subject → who agreed since a moment (number, when, unit), of rules' awards and redemptions. 1 SQL statement."""
    about = Q(approval__subject__startswith="rule-decision:") | Q(approval__subject__startswith="redemption:")
    rows = Ballot.objects.filter(about, at__gte=since, verb="approve", person__isnull=False).order_by("-at")
    found: dict[str, list[tuple[str, datetime, int | None]]] = {}
    for subject, number, at, unit in rows.values_list("approval__subject", "person__number", "at", "person__unit")[
        :MOST_LINES
    ]:
        found.setdefault(subject, []).append((number, at, unit))
    return found


def suspicions(*, days: int, at: datetime, threshold: int) -> list[Suspicion]:
    """Return the patterns of the last days, those with most points first. 11 SQL statements, however many."""
    since = at - timedelta(days=days)
    agreed = _ballots(since)
    found = [
        *find(lines_since(since), threshold=threshold),
        *favours.in_rules(paid_by_rules(since, agreed)),
        *favours.in_redemptions(agreed_redemptions(since, agreed)),
    ]
    found.sort(key=lambda one: (-one.points, one.pattern, one.people))
    numbers = {number for one in found for number in one.people}
    names = dict(Employee.objects.filter(number__in=numbers).values_list("number", "name"))
    titles = dict(
        AwardRule.objects.filter(code__in={one.about for one in found if one.about}).values_list("code", "title")
    )
    behind = _behind({UUID(key) for one in found for key in one.awards[-SHOWN:]})
    return [
        Suspicion(
            one,
            tuple(names.get(number, number) for number in one.people),
            titles.get(one.about, one.about),
            tuple(behind[key] for key in reversed(one.awards[-SHOWN:]) if key in behind),
        )
        for one in found
    ]


def _behind(keys: Iterable[UUID]) -> dict[str, Behind]:
    """Return id → award, decision or redemption. 3 SQL statements."""
    wanted = list(keys)
    found = {
        str(row.pk): Behind(row.reason, row.asked_at, row.points, reverse("rewards:award", args=[row.pk]))
        for row in ManualAward.objects.filter(pk__in=wanted)
    }
    decisions = RuleDecision.objects.filter(pk__in=wanted).select_related("version__rule", "employee")
    for row in decisions:
        rule = row.version.rule
        link = f"{reverse('rewards:decisions')}?rule={rule.code}&q={row.employee.number}"
        found[str(row.pk)] = Behind(rule.title, row.at, row.points, link)
    for asked in Redemption.objects.filter(pk__in=wanted).select_related("item"):
        link = reverse("rewards:redemption", args=[asked.pk])
        found[str(asked.pk)] = Behind(asked.item.title, asked.asked_at, asked.points, link)
    return found
