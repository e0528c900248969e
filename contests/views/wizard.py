"""The organiser's wizard: basics → conditions → marking scheme → panel → awards → submit."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.domain import panels, setup
from contests.forms.entries import TimeRuleForm
from contests.forms.setup import AwardForm, AwardRows, BasicsForm, ConditionsForm, PanelForm
from contests.models import Contest, PanelMember
from contests.queries.awards import chosen_fund
from frontend.kit.doors import door, one
from people.models import Employee
from people.queries import holders

STEPS = (
    ("edit", gettext_lazy("Basics")),
    ("conditions", gettext_lazy("Conditions")),
    ("scheme", gettext_lazy("Marking scheme")),
    ("panel", gettext_lazy("Panel")),
    ("awards", gettext_lazy("Awards")),
    ("manage", gettext_lazy("Check and publish")),
)
CONTEST = one(Contest.objects.select_related("trade", "budget_unit", "organiser"), code="code")


def _show(request: HttpRequest, template: str, step: str, contest: Contest | None, **context: Any) -> HttpResponse:
    """Render a step of the wizard; 422 when one of its forms has errors."""
    forms = [value for value in context.values() if hasattr(value, "is_bound")]
    has_errors = any(form.is_bound and not form.is_valid() for form in forms) or bool(context.get("faults"))
    context |= {"contest": contest, "steps": STEPS, "step": step}
    return render(request, template, context, status=422 if has_errors else 200)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


@door("contests.create_contest", methods=("GET", "POST"))
def create(request: HttpRequest) -> HttpResponse:
    """Make a draft."""
    form = BasicsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contest = setup.create(**form.cleaned_data, **_by(request))
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            return redirect("contests:conditions", contest.code)
    return _show(request, "contests/wizard/basics.html", "edit", None, form=form)


@door("contests.manage_contest", methods=("GET", "POST"), see="contests.view_contest", contest=CONTEST)
def edit(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Change the basics; once published only what people do not rely on."""
    form = BasicsForm(request.POST or None, instance=contest)
    if request.method == "POST" and form.is_valid():
        stored = Contest.objects.get(pk=contest.pk)
        changed = {name: value for name, value in form.cleaned_data.items() if getattr(stored, name) != value}
        try:
            setup.update(contest=stored, **changed, **_by(request))
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("contests:conditions" if contest.state == "draft" else "contests:manage", contest.code)
    return _show(request, "contests/wizard/basics.html", "edit", contest, form=form)


def _add(form: Any, refusal: ValidationError) -> None:
    """Put a refusal beside its field where the form has it, else on top."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


@door("contests.manage_contest", methods=("GET", "POST"), see="contests.view_contest", contest=CONTEST)
def conditions(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Say who may register."""
    form = ConditionsForm(request.POST or None, initial=contest.conditions)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        value = {
            "trades": data["trades"],
            "unit_ids": data["unit_ids"],
            "minimum_skill_level": int(data["minimum_skill_level"] or 0),
        }
        setup.update(contest=contest, conditions=value, **_by(request))
        messages.success(request, _("Saved."))
        return redirect("contests:scheme", contest.code)
    return _show(request, "contests/wizard/conditions.html", "conditions", contest, form=form)


@door("contests.manage_contest", methods=("GET", "POST"), see="contests.view_contest", contest=CONTEST)
def panel(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Assign the chief judge, judges and technical officials; conflicts of interest are named."""
    form = PanelForm(request.POST or None, initial={"role": "judge"})
    if request.method == "POST" and form.is_valid():
        try:
            member = panels.assign(
                contest=contest, employee=form.cleaned_data["number"], role=form.cleaned_data["role"], **_by(request)
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            if member.warning:
                messages.warning(request, member.warning)
            return redirect("contests:panel", contest.code)
    members = contest.panel.select_related("employee__unit")
    candidates = panels_candidates(contest)
    return _show(request, "contests/wizard/panel.html", "panel", contest, form=form, members=members,
                 candidates=candidates)  # fmt: skip


def panels_candidates(contest: Contest) -> list[Employee]:
    """Return people who hold the judge's role and are not on the panel yet, for the list beside the form."""
    seated = contest.panel.values("employee")
    return list(holders("judge", timezone.localdate()).exclude(pk__in=seated).select_related("unit", "trade")[:200])


@door("contests.manage_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def release(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """Take somebody off the panel, before marks exist."""
    member = contest.panel.filter(pk=pk).first()
    if member is not None:
        panels.release(contest=contest, member=cast("PanelMember", member), **_by(request))
    return redirect("contests:panel", contest.code)


@door("contests.manage_contest", methods=("GET", "POST"), see="contests.view_contest", contest=CONTEST)
def awards(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Say which rank earns how many points, and which budget pays."""
    table = contest.award_table or {}
    initial = {
        "participation_points": table.get("participation_points", 0),
        "budget_unit": contest.budget_unit,
        "team": table.get("team", "each"),
        "fund": chosen_fund(table),
    }
    form = AwardForm(request.POST or None, initial=initial, is_team=contest.team_size > 1)
    rows = AwardRows(request.POST or None, initial=table.get("rows", []), prefix="row")
    time = TimeRuleForm(request.POST or None, contest=contest, prefix="time")
    if request.method == "POST" and form.is_valid() and rows.is_valid() and time.is_valid():
        kept = [
            {name: row.cleaned_data[name] for name in ("rank_from", "rank_to", "points")}
            for row in rows
            if row.cleaned_data and not row.cleaned_data.get("DELETE")
        ]
        value = {"rows": kept, "participation_points": form.cleaned_data["participation_points"] or 0}
        if form.cleaned_data["fund"]:
            value["fund"] = form.cleaned_data["fund"]
        if contest.team_size > 1:
            value["team"] = form.cleaned_data["team"] or "each"
        try:
            setup.update(
                contest=contest, award_table=value, budget_unit=form.cleaned_data["budget_unit"], time_rule=time.rule,
                **_by(request),
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            messages.success(request, _("Saved."))
            return redirect("contests:manage", contest.code)
    return _show(request, "contests/wizard/awards.html", "awards", contest, form=form, rows=rows, time=time)
