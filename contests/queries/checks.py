"""Checklists: named checks, each with what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, PanelMember
from contests.pure import time_penalty
from contests.queries.awards import chosen_fund, read_award_table
from contests.queries.eligibility import read_conditions
from contests.queries.panels import COUNTING, aspects_of, panel_conflicts
from rewards.queries.funds import fund_of_code

Role = PanelMember.Role


@dataclass(frozen=True)
class Check:
    """One check: its code, its title, and the problem ('' when it holds)."""

    name: str
    title: str
    problem: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether the check holds."""
        return not self.problem


def go_live_checks(contest: Contest, *, at: datetime) -> list[Check]:
    """What must hold before a contest is submitted for publication, in the order of the organiser's wizard."""
    return [
        Check("registration", _("Registration period"), _registration_problem(contest, at)),
        Check("dates", _("Dates of the contest"), _dates_problem(contest)),
        Check("conditions", _("Conditions"), _conditions_problem(contest)),
        Check("scheme", _("Marking scheme"), _scheme_problem(contest)),
        Check("chief_judge", _("Chief judge"), _chief_problem(contest)),
        Check("awards", _("Award table"), _award_problem(contest)),
    ]


def judging_checks(contest: Contest) -> list[Check]:
    """What must hold before judging starts. One statement for the panel, one for the entries, four for conflicts of interest."""
    panel = list(contest.panel.all())
    checks = [
        Check(
            "entries", _("Entries"), "" if contest.entries.filter(status="").exists() else _("Draw the codes first.")
        ),
        Check("chief_judge", _("Chief judge"), _chief_problem(contest)),
        Check("conflicts", _("Conflicts of interest"), " ".join(row.text for row in panel_conflicts(contest))),
    ]
    return [*checks, *_aspect_checks(contest, panel)]


def _registration_problem(contest: Contest, at: datetime) -> str:
    opens, closes = contest.registration_opens_at, contest.registration_closes_at
    if opens is None or closes is None:
        return _("Set when registration opens and when it closes.")
    if closes <= at:
        return _("Registration closes in the past: set a later moment.")
    return ""


def _dates_problem(contest: Contest) -> str:
    if contest.held_from_on is None:
        return _("Set the day of the contest.")
    closes = contest.registration_closes_at
    if closes is not None and contest.held_from_on < timezone.localdate(closes):
        return _("The contest begins before registration closes: move one of the two.")
    return ""


def _conditions_problem(contest: Contest) -> str:
    try:
        read_conditions(contest.conditions)
    except ValueError:
        return _("The conditions cannot be read: set them again.")
    return ""


def _scheme_problem(contest: Contest) -> str:
    if not contest.has_scheme or not contest.marking_scheme.aspects:
        return _("Write the marking scheme: at least one group with one aspect.")
    rule = time_penalty.read_rule(contest.time_rule)
    if rule is not None and not knows_time(contest, rule):
        return _("The rule about minutes over time names an aspect the marking scheme does not have.")
    return ""


def knows_time(contest: Contest, rule: time_penalty.TimeRule) -> bool:
    """Whether the marking scheme measures what a rule about time asks for."""
    measured = {row.code for row in contest.marking_scheme.aspects if row.kind == "measurement"}
    return not rule.aspect or rule.aspect in measured


def _chief_problem(contest: Contest) -> str:
    if not contest.panel.filter(role=Role.CHIEF).exists():
        return _("Assign a chief judge to the panel.")
    return ""


def _award_problem(contest: Contest) -> str:
    try:
        bands, participation_points = read_award_table(contest.award_table)
    except ValidationError as refusal:
        return refusal.messages[0]
    pays = any(band.points for band in bands) or participation_points
    if pays and contest.budget_unit is None:
        return _("Say which unit's budget pays the points.")
    found = fund_of_code(chosen_fund(contest.award_table)) if pays else None
    if pays and (found is None or not found.is_open):
        return _("The fund of the points is closed. Choose another one.")
    return ""


def _aspect_checks(contest: Contest, panel: list[PanelMember]) -> Iterator[Check]:
    """Every aspect needs its judges: at least one; worldskills exactly three besides the chief."""
    scheme = contest.marking_scheme
    given = aspects_of(scheme, panel)
    for aspect in scheme.aspects:
        marking = [member for member in panel if member.role in COUNTING and aspect.code in given[member.pk]]
        problem = ""
        if not marking:
            problem = _("Nobody marks “%(aspect)s”: assign a judge.") % {"aspect": aspect.title}
        elif aspect.is_worldskills and len([member for member in marking if member.role != Role.CHIEF]) != 3:
            problem = _("“%(aspect)s” needs exactly three judges.") % {"aspect": aspect.title}
        yield Check(f"aspect:{aspect.code}", aspect.title, problem)
