"""From an empty company to the first contest: what is done and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contests.models import Contest
from frontend.kit.doors import door
from people.models import Employee, Trade, Unit
from people.queries import grants_on, working_calendar
from rewards.models import Item, RuleVersion
from rewards.queries import any_budget

NEEDED_ROLES = {"organiser", "union_chair", "hr", "chief_judge", "secrecy_officer"}


@dataclass(frozen=True)
class Step:
    """One line of the list."""

    title: str | Promise
    hint: str | Promise
    url_name: str
    is_done: bool

    @property
    def url(self) -> str:
        """Where it is done."""
        return reverse(self.url_name)


def steps_of_people() -> list[Step]:
    """Return the steps about people. 5 SQL statements."""
    today = timezone.localdate()
    held = set(grants_on(today).filter(role__in=NEEDED_ROLES).values_list("role", flat=True))
    signed_in = Employee.objects.filter(is_active=True).exclude(
        Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    )
    return [
        Step(_("Units"), _("Plants, shops and teams, a line each."), "people:units", Unit.objects.filter(parent__isnull=False).exists()),
        Step(_("Trades"), _("What contests are held in."), "people:trades", Trade.objects.exists()),
        Step(_("Roster"), _("Everybody who works here, from an Excel file; it is checked before anything is written."),
             "people:roster", len(Employee.objects.values_list("pk")[:2]) == 2),
        Step(_("Activation codes"), _("Hand everybody the slip for the first sign-in."), "people:roster", len(signed_in.values_list("pk")[:2]) == 2),
        Step(_("Roles"), _("On the page of a person: organiser, union chair, HR, chief judge, secrecy officer."),
             "people:employees", held >= NEEDED_ROLES),
    ]  # fmt: skip


def steps() -> list[Step]:
    """Return every step in order. 11 SQL statements."""
    return [
        *steps_of_people(),
        Step(_("Working calendar"), _("This year’s public holidays and make-up working days; deadlines count by them."),
             "people:calendar", working_calendar().is_known(timezone.localdate())),
        Step(_("Budgets of points"), _("What each plant may give away."), "rewards:budgets", any_budget()),
        Step(_("Award rules"), _("What an event is worth, rehearsed before it pays."), "rewards:rules", RuleVersion.objects.exists()),
        Step(_("Catalogue"), _("What points buy: leave, courses, goods."), "rewards:catalogue", Item.objects.exists()),
        Step(_("First contest"), _("From the announcement to the result."), "contests:desk", Contest.objects.exists()),
    ]  # fmt: skip


@door("people.manage_roles")
def setup(request: HttpRequest) -> HttpResponse:
    """Show the administrator what is done and what is not. 15 SQL statements with the frame."""
    rows = steps()
    return render(request, "frontend/setup.html", {"steps": rows, "done": sum(step.is_done for step in rows)})
