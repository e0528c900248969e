"""A unit registers its team; a substitute takes a member's place."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests import flows
from contests.domain import teams as verbs
from contests.forms.teams import SubstituteForm, TeamForm, people_forms, places_of
from contests.models import Contest, Registration
from contests.queries import teams
from frontend.kit.doors import door, one
from people.models import Employee

COLLEAGUES = 200


@door("contests.register", methods=("GET", "POST"), see="contests.view_contest",
      contest=one(Contest.objects.select_related("trade"), code="code"))  # fmt: skip
def register(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Register a team of one's unit; refused by the verb when somebody may not be in it."""
    person, now = cast("Employee", request.user), timezone.now()
    units = teams.units_of(person)
    data = request.POST if request.method == "POST" else None
    form = TeamForm(data, units=units, initial={"phone": person.phone, "name": _team_name(person)})
    members, substitutes = people_forms(data, size=max(contest.team_size, 2), captain=person)
    is_valid = all([form.is_valid(), members.is_valid(), substitutes.is_valid()]) if data is not None else False
    if is_valid:
        try:
            flows.apply_team(
                contest=contest, members=places_of(members), substitutes=places_of(substitutes), by=person, at=now,
                **form.cleaned_data,
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The team has applied. The captain's unit head and the union decide next."))
            return redirect("contests:detail", contest.code)
    codes = person.unit.ancestor_codes if person.unit else []
    near = (
        Employee.objects.filter(unit__path__startswith=person.unit.path, is_active=True)
        if codes and person.unit
        else ()
    )
    context = {
        "form": form, "members": members, "substitutes": substitutes, "contest": contest,
        "colleagues": list(near[:COLLEAGUES]) if codes else [], "is_wrong": data is not None,
    }  # fmt: skip
    return render(request, "contests/register_team.html", context, status=200 if data is None else 422)


def _team_name(person: Employee) -> str:
    return _("Team of %(unit)s") % {"unit": person.unit.name} if person.unit else ""


@door("contests.change_team", methods=("POST",), see="contests.view_registration",
      registration=one(Registration.objects.select_related("contest", "employee"), pk="pk"))  # fmt: skip
def substitute(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Let a substitute take a member's place, with the reason."""
    form = SubstituteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose who leaves and who steps in, and write the reason."))
    else:
        try:
            verbs.substitute(
                registration=registration, by=cast("Employee", request.user), at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("The substitute is in the team."))
    return redirect("contests:team", registration.pk)


@door(
    "contests.view_registration",
    registration=one(Registration.objects.select_related("contest", "employee", "unit"), pk="pk"),
)
def show(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Show a team: who is in it, who waits, who left and why. 8 SQL statements for any number."""
    mates = teams.mates_of(registration)
    may_change = (
        request.user.has_perm("contests.change_team", registration)
        and registration.is_active
        and registration.contest.state in verbs.BEFORE_JUDGING
    )
    context = {
        "registration": registration,
        "contest": registration.contest,
        "present": [mate for mate in mates if mate.state == "present"],
        "waiting": [mate for mate in mates if mate.state == "waiting"],
        "left": [mate for mate in mates if mate.state == "left"],
        "may_change": may_change,
    }
    return render(request, "contests/team.html", context)
