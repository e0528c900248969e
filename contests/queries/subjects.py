"""What a contest or a registration is, for who must agree to it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contests.models import Contest, Registration
from engine.approvals.subjects import describe

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
        (_("Unit"), row.employee.unit),
        (_("Trade"), row.employee.trade),
        (_("Skill level"), row.employee.get_skill_level_display()),
        (_("Applied"), _moment(row.applied_at)),
        (_("Note"), row.note),
    ]
    return [(label, value) for label, value in facts if value], f"/contests/{row.contest.code}/"


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""
