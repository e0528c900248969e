"""The next round: make it, see who would advance, bring them up."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.domain import rounds
from contests.forms.rounds import NextRoundForm
from contests.models import Contest
from contests.views.wizard import CONTEST
from frontend.kit.doors import door
from people.models import Employee


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


@door("contests.manage_contest", methods=("GET", "POST"), see="contests.view_contest", contest=CONTEST)
def make(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Make the draft of the next round."""
    form = NextRoundForm(request.POST if request.method == "POST" else None, initial=_initial(contest))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        rule = {"top": data["top"], "per_unit": data["per_unit"], "ties": data["ties"]}
        try:
            twin = rounds.make_next(
                contest=contest, code=data["code"], title=data["title"], round_title=data["round_title"], rule=rule,
                **_by(request),
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            messages.success(request, _("The next round is a draft: set its dates, then hand it in."))
            return redirect("contests:edit", twin.code)
    context = {"contest": contest, "form": form, "steps": (), "step": "round"}
    return render(request, "contests/rounds/make.html", context, status=422 if form.errors else 200)


def _initial(contest: Contest) -> dict[str, Any]:
    return {
        "code": f"{contest.code[:57]}-final",
        "title": contest.title,
        "round_title": _("Final"),
        "top": 8,
        "ties": "all",
    }


@door("contests.manage_contest", see="contests.view_contest", contest=CONTEST)
def show(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show who would advance and why. 14 SQL statements for any number."""
    try:
        lines, problem = rounds.preview(contest), ""
    except ValidationError as refusal:
        lines, problem = [], " ".join(refusal.messages)
    context = {
        "contest": contest, "lines": lines, "problem": problem, "is_open": contest.state == Contest.State.PUBLISHED,
        "is_done": contest.registrations.exists(), "steps": (), "step": "round",
    }  # fmt: skip
    return render(request, "contests/rounds/show.html", context)


@door("contests.manage_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def bring_up(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Confirm those who advance."""
    try:
        rows = rounds.bring_up(contest=contest, **_by(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(
            request, _("%(count)s people are in the next round or on its waitlist.") % {"count": len(rows)}
        )
    return redirect("contests:round", contest.code)
