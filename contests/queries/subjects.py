"""What a contest or a registration is, for who must agree to it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contests.models import Contest, Disqualification, Registration
from contests.queries.awards import chosen_fund
from contests.queries.teams import mates_of
from engine.approvals.subjects import describe
from rewards.queries.funds import name_of

Facts = tuple[list[tuple[str, Any]], str]


@describe("contest")
def contest_facts(key: str) -> Facts | None:
    """Describe `contest:<code>` as it is now; None when it is gone."""
    contest = (
        Contest.objects.select_related("trade", "budget_unit", "chief_judge", "organiser").filter(code=key).first()
    )
    if contest is None:
        return None
    facts = [
        (_("Trade"), contest.trade),
        (_("Place"), contest.place),
        (_("Registration closes"), _moment(contest.registration_closes_at)),
        (_("Held from"), contest.held_from_on),
        (_("Quota"), contest.quota or _("without limit")),
        (_("Entries"), contest.entries.count() or None),
        (_("Organiser"), contest.organiser),
        (_("Chief judge"), contest.chief_judge),
        (_("Points are paid by"), contest.budget_unit),
        (_("Fund"), name_of(chosen_fund(contest.award_table))),
    ]
    return [(label, value) for label, value in facts if value], f"/contests/{contest.code}/"


@describe("registration")
def registration_facts(key: str) -> Facts | None:
    """Describe `registration:<pk>`; None when it is gone."""
    rows = Registration.objects.select_related("contest", "employee__unit", "employee__trade")
    row = rows.filter(pk=key).first() if key.isdigit() else None
    if row is None:
        return None
    facts = [
        (_("Contest"), row.contest.title),
        *_team(row),
        (_("Unit"), row.employee.unit),
        (_("Trade"), row.employee.trade),
        (_("Skill level"), row.employee.get_skill_level_display()),
        (_("Applied"), _moment(row.applied_at)),
        (_("Note"), row.note),
    ]
    return [(label, value) for label, value in facts if value], f"/contests/{row.contest.code}/"


@describe("disqualification")
def disqualification_facts(key: str) -> Facts | None:
    """Describe `disqualification:<pk>`, the entry by its code alone; None when it is gone."""
    rows = Disqualification.objects.select_related("contest", "entry", "by")
    row = rows.filter(pk=key).first() if key.isdigit() else None
    if row is None:
        return None
    facts = [
        (_("Contest"), row.contest.title),
        (_("Entry code"), row.entry.code),
        (_("Reason"), row.reason),
        (_("Proposed by"), row.by.name),
        (_("State"), row.get_state_display()),
    ]
    return facts, f"/contests/{row.contest.code}/"


def _team(row: Registration) -> list[tuple[str, Any]]:
    """Name a team with everybody in it."""
    if not row.team_name:
        return []
    mates = mates_of(row)

    def names(state: str) -> str:
        return "、".join(mate.name for mate in mates if mate.state == state)

    return [
        (_("Team"), row.team_name),
        (_("Members"), names("present")),
        (pgettext("contests", "Substitutes"), names("waiting")),
    ]


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""
