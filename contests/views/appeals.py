"""Appeals: handed in by contestants, listed and heard by those who run the contest."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests import flows
from contests.flows import policies
from contests.forms.appeals import AppealForm, LateAppealForm, PanelForm, read_evidence
from contests.models import Appeal, Contest, Evidence
from contests.queries import appeals, change_pages
from contests.queries.owners import own_entry
from engine.approvals.models import Approval
from frontend.kit.doors import door, one
from frontend.kit.refusals import status_of
from people.models import Employee

CONTEST = one(Contest.objects, code="code")
APPEAL = one(
    Appeal.objects.select_related("contest", "entry__employee__unit", "by__unit", "process", "change__contest"), pk="pk"
)


def _person(request: HttpRequest) -> Employee:
    return cast("Employee", request.user)


@door("contests.file_appeal", methods=("GET", "POST"), see="contests.view_contest", contest=CONTEST)
def file(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Hand in an appeal or an objection, with evidence; says until when. At most 12 SQL statements on GET."""
    person, now = _person(request), timezone.now()
    entry = own_entry(person, contest)
    first = {"key": uuid.uuid4(), "kind": Appeal.Kind.APPEAL}
    form = AppealForm(contest, request.POST or None, is_contestant=entry is not None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.given() | {"files": read_evidence(request.FILES.getlist("evidence"))}
            if given["kind"] == Appeal.Kind.APPEAL:
                given["entry"] = ""
            appeal = flows.appeal(contest=contest, by=person, at=now, **given)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Handed in. You see here what becomes of it."))
            return redirect("contests:appeal", appeal.pk)
    context = {"contest": contest, "form": form, "entry": entry, "may": appeals.may_still_appeal(contest, now)}
    return render(request, "contests/appeals/new.html", context, status=422 if form.errors else 200)


@door("contests.accept_late_appeal", methods=("GET", "POST"), see="contests.view_contest", contest=CONTEST)
def accept_late(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Accept an appeal after its time, for somebody; the union chair alone. At most 12 SQL statements on GET."""
    first = {"key": uuid.uuid4(), "kind": Appeal.Kind.APPEAL}
    form = LateAppealForm(contest, request.POST or None, is_contestant=True, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.given()
        appellant = given.pop("number")
        try:
            given["files"] = read_evidence(request.FILES.getlist("evidence"))
            appeal = flows.appeal(
                contest=contest, by=appellant, at=timezone.now(), accepted_by=_person(request), **given
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Accepted. Name its arbitration panel next."))
            return redirect("contests:appeal", appeal.pk)
    context = {"contest": contest, "form": form, "may": True, "is_late": True}
    return render(request, "contests/appeals/new.html", context, status=422 if form.errors else 200)


@door("contests.list_appeals", see="contests.view_contest", contest=CONTEST)
def listing(request: HttpRequest, contest: Contest) -> HttpResponse:
    """List a contest's appeals with what waits. At most 8 SQL statements for any number."""
    context = {
        "contest": contest, "steps": (), "step": "appeals", "rows": appeals.of_contest(contest),
        "may_accept": _person(request).has_perm("contests.accept_late_appeal", contest),
    }  # fmt: skip
    return render(request, "contests/appeals/list.html", context)


@door("contests.view_appeal", see="contests.view_appeal", appeal=APPEAL)
def detail(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    """Show an appeal: text, evidence, panel, decision, what it changes, and what this person can do. 16 SQL statements."""
    return _show(request, appeal)


def _show(request: HttpRequest, appeal: Appeal, form: PanelForm | None = None, status: int = 200) -> HttpResponse:
    person, row = _person(request), appeals.row_of(appeal)
    may = {
        name: person.has_perm(f"contests.{permission}", appeal)
        for name, permission in (
            ("name", "name_arbitrators"), ("settle", "settle_appeal"), ("withdraw", "withdraw_appeal")
        )
    }  # fmt: skip
    if form is None and row.needs_arbitrators and may["name"]:
        form = PanelForm(policies.arbitration(at=timezone.now())[1])
    change = appeal.change
    context: dict[str, Any] = {
        "appeal": appeal,
        "contest": appeal.contest,
        "row": row,
        "may": may,
        "form": form,
        "aspect": _aspect(appeal),
        "evidence": appeal.evidence.defer("content"),
        "arbitrators": appeal.arbitrators.select_related("employee__unit"),
        "asked": Approval.objects.filter(subject=appeal.subject, waiting__person=person, finished_at=None).first(),
        "change": change,
        "rows": change_pages.shown_rows(appeal.contest, change.difference.get("rows", [])) if change else (),
        "may_correct": person.has_perm("contests.propose_change", appeal.contest),
    }
    return render(request, "contests/appeals/detail.html", context, status=status)


def _aspect(appeal: Appeal) -> str:
    if not appeal.aspect or not appeal.contest.has_scheme:
        return ""
    titles = {row.code: row.title for row in appeal.contest.marking_scheme.aspects}
    return titles.get(appeal.aspect, appeal.aspect)


@door("contests.name_arbitrators", methods=("POST",), see="contests.view_appeal", appeal=APPEAL)
def name_panel(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    """Name the arbitration panel; conflicts of interest come back beside the fields."""
    now = timezone.now()
    form = PanelForm(policies.arbitration(at=now)[1], request.POST)
    if form.is_valid():
        try:
            flows.name_arbitrators(appeal=appeal, people=form.people, by=_person(request), at=now)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return _show(request, appeal, form, status_of(refusal))
        messages.success(request, _("The panel is named and asked in its inbox."))
        return redirect("contests:appeal", appeal.pk)
    return _show(request, appeal, form, 422)


@door("contests.withdraw_appeal", methods=("POST",), see="contests.view_appeal", appeal=APPEAL)
def withdraw(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    """Take one's own appeal back."""
    reason = request.POST.get("reason", "")[:300]
    flows.withdraw_appeal(appeal=appeal, by=_person(request), at=timezone.now(), reason=reason)
    messages.success(request, _("The appeal is withdrawn."))
    return redirect("contests:appeal", appeal.pk)


@door("contests.settle_appeal", methods=("POST",), see="contests.view_appeal", appeal=APPEAL)
def settle(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    """Say why an upheld appeal changes nothing."""
    reason = request.POST.get("reason", "")[:500]
    flows.settle_appeal(appeal=appeal, reason=reason, by=_person(request), at=timezone.now())
    messages.success(request, _("The appeal is settled."))
    return redirect("contests:appeal", appeal.pk)


@door("contests.view_appeal", see="contests.view_appeal", appeal=APPEAL)
def evidence(request: HttpRequest, appeal: Appeal, row: int) -> HttpResponse:
    """Send a piece of evidence; a picture or PDF, never anything a browser would run."""
    found = Evidence.objects.filter(pk=row, appeal=appeal).first()
    if found is None:
        raise Http404
    ending = "pdf" if found.content_type == "application/pdf" else "jpg"
    headers = {
        "Content-Disposition": f'attachment; filename="evidence-{found.pk}.{ending}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(found.content), content_type=found.content_type, headers=headers)
