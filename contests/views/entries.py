"""Entries at the chief judge's desk: who did not start or finish, penalties, proposals to disqualify."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests import flows
from contests.domain import corrections
from contests.forms.entries import STATUSES, EntryForm, PenaltyForm, StatusForm
from contests.models import Contest, Disqualification, Penalty
from contests.pure import time_penalty
from contests.queries import desk_entries
from contests.views.wizard import CONTEST
from frontend.kit.doors import door
from people.models import Employee

State = Contest.State
OPEN = (State.DRAWN, State.JUDGING, State.REVIEW)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


@door("contests.chair_contest", see="contests.view_contest", contest=CONTEST)
def entries(request: HttpRequest, contest: Contest) -> HttpResponse:
    """List entries with status and penalties, and what the chief judge may decide. 8 SQL statements for any number."""
    context = {
        "contest": contest,
        "rows": desk_entries.rows(contest),
        "statuses": STATUSES,
        "is_open": contest.state in OPEN,
        "may_penalise": contest.state in corrections.WHILE_OPEN,
        "is_shown": contest.state in {State.NOTICE, State.FINAL},
        "time_rule": time_penalty.read_rule(contest.time_rule),
        "steps": (),
        "step": "entries",
    }
    return render(request, "contests/judging/entries.html", context)


def _carry_out(request: HttpRequest, contest: Contest, form: Any, act: Any) -> HttpResponse:
    if not form.is_valid():
        messages.error(request, " ".join(text for errors in form.errors.values() for text in errors))
        return redirect("contests:entries", contest.code)
    try:
        act(form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Done."))
    return redirect("contests:entries", contest.code)


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def status(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Say who did not start, did not finish, withdrew, or takes part after all."""
    return _carry_out(
        request, contest, StatusForm(request.POST, contest=contest),
        lambda data: corrections.set_status(contest=contest, **data, **_by(request)),
    )  # fmt: skip


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def penalty(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Take points, written down or by the rule about time."""

    def act(data: dict[str, Any]) -> Penalty:
        common = {"contest": contest, "entry": data["entry"], "reason": data["reason"], **_by(request)}
        if data["by_time"]:
            return corrections.penalise_time(minutes=data["minutes"], **common)
        return corrections.penalise(points=data["points"], **common)

    return _carry_out(request, contest, PenaltyForm(request.POST, contest=contest), act)


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def cancel_penalty(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """Take a penalty back, with the reason."""
    if not Penalty.objects.filter(pk=pk, entry__contest=contest).exists():
        raise Http404
    try:
        corrections.cancel_penalty(penalty_id=pk, reason=request.POST.get("reason", ""), **_by(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("contests:entries", contest.code)


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def disqualify(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Propose to disqualify an entry; somebody else agrees in the inbox."""
    return _carry_out(
        request, contest, EntryForm(request.POST, contest=contest),
        lambda data: flows.propose_disqualification(contest=contest, **data, **_by(request)),
    )  # fmt: skip


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def take_back(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """Take a proposal back while it waits."""
    row = Disqualification.objects.filter(pk=pk, contest=contest).first()
    if row is None:
        raise Http404
    try:
        flows.withdraw_disqualification(row=row, reason=request.POST.get("reason", "")[:300], **_by(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("contests:entries", contest.code)
