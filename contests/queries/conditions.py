"""The conditions of a contest in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from contests.models import Contest
from contests.queries.eligibility import read_conditions
from people.models import Employee, Trade, Unit


def conditions_of(contest: Contest) -> list[tuple[str, str]]:
    """Return (what, who) for each condition a contest sets; at most two SQL statements."""
    asked = read_conditions(contest.conditions)
    lines: list[tuple[str, str]] = []
    if asked.trades:
        names = Trade.objects.filter(code__in=asked.trades).values_list("name", flat=True)
        lines.append((_("Open to trades"), "、".join(names)))
    if asked.unit_ids:
        units = Unit.objects.filter(pk__in=asked.unit_ids).values_list("name", flat=True)
        lines.append((_("Open to units"), "、".join(units)))
    if asked.minimum_skill_level:
        lines.append((_("Skill level from"), str(Employee.SkillLevel(asked.minimum_skill_level).label)))
    return lines
