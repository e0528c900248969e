"""Reads about seasons, levels, award rules and their decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from people.models import Employee
from rewards.models import AwardRule, BadgeAward, Level, RuleDecision, RuleVersion, Season
from rewards.models.ledger import Account
from rewards.pure import award_rules
from rewards.pure.award_rules import Past

# Every movement of points that are earned: awards count, what was taken back counts against them. Reservations and their
# voids move nothing. {where} narrows it; columns: wallet, points, number.
EARNED_SQL = """
SELECT credit AS wallet, amount AS points, number FROM rewards_transfer
 WHERE kind = 'award' AND credit LIKE 'wallet:%%' AND CAST(flags AS TEXT) NOT LIKE '%%"pending"%%'
   AND CAST(flags AS TEXT) NOT LIKE '%%"void"%%' {where_credit}
UNION ALL
SELECT debit AS wallet, -amount AS points, number FROM rewards_transfer
 WHERE kind = 'reverse' AND debit LIKE 'wallet:%%' {where_debit}
"""


def season_on(day: date) -> Season | None:
    """Return the season a day belongs to. 1 SQL statement."""
    return Season.objects.filter(from_on__lte=day, until_on__gte=day).first()


def earned(numbers: Sequence[str]) -> dict[str, int]:
    """Return employee number → points earned in all, over every fund; who earned nothing is left out. 1 SQL statement."""
    if not numbers:
        return {}
    marks = " OR ".join(["{side} = %s OR {side} LIKE %s"] * len(numbers))
    sides = {side: f"AND ({marks.format_map({'side': side})})" for side in ("credit", "debit")}
    given = [text for number in numbers for text in (f"wallet:{number}", f"wallet:{number}@%")]
    sql = EARNED_SQL.format(where_credit=sides["credit"], where_debit=sides["debit"])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT wallet, SUM(points) FROM ({sql}) AS moved GROUP BY wallet", [*given, *given])  # noqa: S608
        found: dict[str, int] = {}
        for wallet, points in cursor.fetchall():
            number = wallet.removeprefix("wallet:").partition("@")[0]
            found[number] = found.get(number, 0) + int(points)
    return found


def level_at(points: int, levels: Sequence[Level]) -> int:
    """Return how many levels these points have reached; 0 for none."""
    return sum(1 for level in levels if level.points_from <= points)


@dataclass(frozen=True)
class StreakLine:
    """A rule's streak of a person: how many in a row now, how many make the bonus."""

    title: str
    length: int
    wanted: int
    span: str
    bonus: int


@dataclass(frozen=True)
class Standing:
    """Where a person stands: earned in all, level, what the next one asks, this season, streaks, badges."""

    earned: int
    level: Level | None
    next_level: Level | None
    to_next: int
    percent: int
    season: Season | None
    season_points: int
    streaks: tuple[StreakLine, ...]
    badges: int


def standing_of(person: Employee, *, on: date | None = None) -> Standing:
    """Return a person's standing. 6 SQL statements."""
    day = on or timezone.localdate()
    levels = list(Level.objects.all())
    points = earned([person.number]).get(person.number, 0)
    reached = level_at(points, levels)
    upcoming = levels[reached] if reached < len(levels) else None
    floor = levels[reached - 1].points_from if reached else 0
    wide = upcoming.points_from - floor if upcoming else 1
    season = season_on(day)
    decided = RuleDecision.objects.filter(employee=person, outcome__in=("granted", "capped"))
    in_season = decided.filter(on__gte=season.from_on, on__lte=season.until_on) if season else decided.none()
    return Standing(
        earned=points,
        level=levels[reached - 1] if reached else None,
        next_level=upcoming,
        to_next=upcoming.points_from - points if upcoming else 0,
        percent=round(100 * (points - floor) / wide) if upcoming else 100,
        season=season,
        season_points=in_season.aggregate(Sum("points"))["points__sum"] or 0,
        streaks=tuple(_streaks(person, day)),
        badges=BadgeAward.objects.filter(employee=person).count(),
    )


@dataclass(frozen=True)
class LevelLine:
    """A person's level in one line; empty names where there is none."""

    name: str
    next_name: str
    to_next: int


def level_of(person: Employee) -> LevelLine:
    """Return a person's level, for the first page. 2 SQL statements, 1 without levels."""
    levels = list(Level.objects.all())
    points = earned([person.number]).get(person.number, 0) if levels else 0
    reached = level_at(points, levels)
    upcoming = levels[reached] if reached < len(levels) else None
    return LevelLine(
        name=levels[reached - 1].name if reached else "",
        next_name=upcoming.name if upcoming else "",
        to_next=upcoming.points_from - points if upcoming else 0,
    )


def _streaks(person: Employee, day: date) -> Iterable[StreakLine]:
    """Yield the running streaks of a person; a streak whose day, week or month went by unused has ended. 2 SQL statements."""
    rules = list(
        AwardRule.objects.filter(current__definition__streak__isnull=False).select_related("current").order_by("code")
    )
    if not rules:
        return
    rows = RuleDecision.objects.filter(
        employee=person, version__rule__in=rules, outcome__in=award_rules.REMEMBERED
    ).values_list("version__rule_id", "on")
    days: dict[int, list[date]] = {}
    for rule_id, on in rows:
        days.setdefault(rule_id, []).append(on)
    for rule in rules:
        streak = rule.current.definition["streak"] if rule.current else {}
        length = running(streak["span"], days.get(rule.pk, []), day)
        if length:
            yield StreakLine(
                rule.title,
                length % streak["length"] or streak["length"],
                streak["length"],
                streak["span"],
                streak["bonus"],
            )


def running(span: str, days: Sequence[date], on: date) -> int:
    """Return how many in a row a person has as of a day: the present day, week or month may still be to come."""
    if span == "times":
        return len(days)
    periods = {award_rules.period(span, day) for day in days}
    last = award_rules.period(span, on)
    if last not in periods:
        last -= 1
    length = 0
    while last - length in periods:
        length += 1
    return length


def listeners(event: str) -> list[RuleVersion]:
    """Return the versions in force that listen to an event. 1 SQL statement."""
    return list(RuleVersion.objects.filter(event=event, rule__current=F("pk")).select_related("rule").order_by("pk"))


def histories(version: RuleVersion, employees: Iterable[int]) -> dict[int, list[Past]]:
    """Return employee → what the rule decided about them before, under any version. 1 SQL statement."""
    rows = RuleDecision.objects.filter(
        version__rule_id=version.rule_id, employee_id__in=list(employees), outcome__in=award_rules.REMEMBERED
    )
    found: dict[int, list[Past]] = {}
    for who, event, key, on, points, partner in rows.values_list(
        "employee_id", "event", "key", "on", "points", "partner"
    ):
        found.setdefault(who, []).append(Past(event, key, on, points, partner))
    return found


def available(accounts: Iterable[str]) -> dict[str, int]:
    """Return account → points it can still give, 0 for one that was never used. 1 SQL statement."""
    wanted = list(dict.fromkeys(accounts))
    rows = Account.objects.filter(pk__in=wanted)
    left = {row.code: row.credits_posted - row.debits_posted - row.debits_pending for row in rows}
    return {code: left.get(code, 0) for code in wanted}


def rules_listed() -> QuerySet[AwardRule]:
    """Return every rule with its version in force, how many it paid and how much."""
    paid = Q(versions__decisions__outcome__in=("granted", "capped"))
    return AwardRule.objects.select_related("current").annotate(
        people=Count("versions__decisions__employee", filter=paid, distinct=True),
        points=Sum("versions__decisions__points", filter=paid),
    )


def decisions_visible_to(person: Employee) -> QuerySet[RuleDecision]:
    """Return the decisions a person may see, newest first: their own, everybody's for those who answer for points."""
    rows = RuleDecision.objects.select_related("version__rule", "employee__unit")
    return rows if person.has_perm("rewards.view_rules") else rows.filter(employee=person)


def describe_decision(key: str) -> tuple[list[tuple[str, object]], str] | None:
    """Tell approvers what a rule wants to pay: to whom, how much, by which rule, for what. 1 SQL statement."""
    row = RuleDecision.objects.select_related("version__rule", "employee__unit").filter(pk=key).first()
    if row is None:
        return None
    facts: list[tuple[str, object]] = [
        (_("For"), row.employee.name),
        (_("Unit"), row.employee.unit.name if row.employee.unit else "—"),
        (_("Points"), f"{row.points:,}"),
        (_("Rule"), f"{row.version.rule.title} v{row.version.number}"),
        (pgettext("rewards", "Event"), f"{row.event} {row.key} {row.on}"),
    ]
    return facts, reverse("rewards:decisions")
