"""Corrections by what-if: put together step by step, seen as a difference, applied or dropped, taken back."""

from __future__ import annotations

import uuid
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests import flows
from contests.domain import changes
from contests.forms.changes import ReasonForm, StepForm, step_forms
from contests.models import Appeal, Change, Contest
from contests.queries import change_pages
from contests.queries.changes import told_steps
from frontend.kit.doors import demand, door, one
from people.models import Employee

CONTEST = one(Contest.objects, code="code")
CHANGE = one(Change.objects.select_related("contest", "by", "applied_by"), pk="pk")


def _person(request: HttpRequest) -> Employee:
    return cast("Employee", request.user)


@door("contests.list_changes", methods=("GET", "POST"), see="contests.view_contest", contest=CONTEST)
def listing(request: HttpRequest, contest: Contest) -> HttpResponse:
    """List a contest's corrections, and begin one with its reason. At most 10 SQL statements for any number."""
    person = _person(request)
    appeal = _appeal(contest, request.GET.get("appeal", ""))
    form = ReasonForm(
        request.POST or None, initial={"key": uuid.uuid4(), "reason": appeal.text[:200] if appeal else ""}
    )
    if request.method == "POST":
        demand(person, "contests.propose_change", contest)
        if form.is_valid():
            try:
                change = flows.propose_change(
                    appeal=appeal, contest=contest, steps=[], by=person, at=timezone.now(), **form.cleaned_data
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return redirect("contests:change", change.pk)
    context = {
        "contest": contest, "steps": (), "step": "changes", "rows": change_pages.of_contest(contest), "form": form,
        "appeal": appeal, "may": person.has_perm("contests.propose_change", contest) and contest.state in changes.STATES,
    }  # fmt: skip
    return render(request, "contests/changes/list.html", context, status=422 if form.errors else 200)


def _appeal(contest: Contest, text: str) -> Appeal | None:
    """Return the appeal the correction is for, when the address names one of this contest."""
    try:
        key = UUID(text)
    except ValueError:
        return None
    return Appeal.objects.filter(pk=key, contest=contest).first()


@door("contests.view_change", see="contests.view_change", change=CHANGE)
def detail(request: HttpRequest, change: Change) -> HttpResponse:
    """Show a correction: its steps, the difference, and what this person can do. At most 20 SQL statements."""
    return _show(request, change)


def _show(request: HttpRequest, change: Change, forms: list[StepForm] | None = None, status: int = 200) -> HttpResponse:
    person, contest = _person(request), change.contest
    is_draft = change.state == Change.State.DRAFT
    may_draft = is_draft and person.has_perm("contests.draft_change", change)
    may_apply = person.has_perm("contests.apply_change", change)
    back = changes.back_of(change) if may_apply else None
    context = {
        "change": change,
        "contest": contest,
        "appeal": change_pages.appeal_of(change),
        "steps": told_steps(contest, change.steps),
        "rows": change_pages.shown_rows(contest, change.difference.get("rows", [])),
        "back": change_pages.shown_of(contest, back.rows) if back else None,
        "digest": change.difference.get("digest", ""),
        "may_draft": may_draft,
        "may_apply": may_apply and is_draft,
        "forms": (forms or step_forms(contest)) if may_draft else (),
        "is_public": contest.state in {Contest.State.NOTICE, Contest.State.FINAL},
        "is_final": contest.state == Contest.State.FINAL,
    }
    return render(request, "contests/changes/detail.html", context, status=status)


@door("contests.draft_change", methods=("POST",), see="contests.view_change", change=CHANGE)
def steps(request: HttpRequest, change: Change) -> HttpResponse:
    """Add a step, take one away (`remove` is its number from 0), or compute the difference again."""
    kept = list(change.steps)
    forms = step_forms(change.contest, request.POST)
    sent = next((form for form in forms if form.is_bound), None)
    remove = request.POST.get("remove", "")
    if sent is not None:
        if not sent.is_valid():
            return _show(request, change, forms, 422)
        kept.append(sent.step())
    elif remove.isdecimal():
        kept = [step for number, step in enumerate(kept) if number != int(remove)]
    try:
        changes.revise(change_id=change.pk, steps=kept)
    except ValidationError as refusal:
        if sent is None:
            raise
        sent.add_error(None, refusal)
        return _show(request, change, forms, 422)
    return redirect("contests:change", change.pk)


@door("contests.apply_change", methods=("POST",), see="contests.view_change", change=CHANGE)
def apply(request: HttpRequest, change: Change) -> HttpResponse:
    """Apply what was seen: `shown` is the digest of the difference on the page."""
    shown = request.POST.get("shown", "")[:64]
    flows.apply_change(change=change, by=_person(request), at=timezone.now(), shown=shown)
    messages.success(request, _("The correction is applied."))
    return redirect("contests:change", change.pk)


@door("contests.draft_change", methods=("POST",), see="contests.view_change", change=CHANGE)
def drop(request: HttpRequest, change: Change) -> HttpResponse:
    """Throw a draft away; it stays in the list."""
    changes.drop(change_id=change.pk, by=_person(request), at=timezone.now())
    messages.success(request, _("The correction is dropped; nothing was changed."))
    return redirect("contests:changes", change.contest.code)


@door("contests.apply_change", methods=("POST",), see="contests.view_change", change=CHANGE)
def take_back(request: HttpRequest, change: Change) -> HttpResponse:
    """Take an applied correction back, with the reason."""
    reason = request.POST.get("reason", "")[:500]
    changes.take_back(change_id=change.pk, reason=reason, by=_person(request), at=timezone.now())
    messages.success(request, _("The correction is taken back."))
    return redirect("contests:change", change.pk)
