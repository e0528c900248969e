"""The sign-off of a round: what is signed, who has signed, who is next."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests import flows
from contests.models import Contest
from contests.queries import round_signing as rounds
from contests.rules import chairs_contest, marks_are_held
from contests.views.wizard import CONTEST
from engine.approvals.domain import approvals
from frontend.kit.doors import door
from people.models import Employee


@door("contests.view_round", see="contests.view_contest", contest=CONTEST)
def show(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show the totals that are signed, by code alone, and the way of the signatures. 24 SQL statements for any number."""
    person = cast("Employee", request.user)
    is_held = marks_are_held(person, contest) and not chairs_contest(person, contest)
    progress = rounds.progress_of(contest, person, at=timezone.now())
    context = {
        "contest": contest,
        "round": progress,
        "lines": progress.row.rows if progress and not is_held else [],
        "held": rounds.held_words() if is_held else "",
        "steps": (),
        "step": "sign-off",
    }
    return render(request, "contests/judging/round.html", context)


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def urge(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Remind those who are asked to sign, at most once an hour."""
    person, now = cast("Employee", request.user), timezone.now()
    progress = rounds.progress_of(contest, person, at=now)
    if progress is None or progress.approval is None:
        messages.error(request, _("Nobody is asked to sign now."))
        return redirect("contests:sign-off", contest.code)
    try:
        approvals.decide(progress.approval.pk, ballot=uuid.uuid4(), person=person, verb="urge", at=now)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Those who are asked are reminded."))
    return redirect("contests:sign-off", contest.code)


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def again(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Ask the panel again."""
    try:
        flows.sign_again(contest=contest, by=cast("Employee", request.user), at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The panel is asked again."))
    return redirect("contests:sign-off", contest.code)
