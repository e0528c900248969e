"""Policies 审批策略: the list, one with its versions, the editor with check and preview, what a newer version would change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from engine.approvals import core
from engine.approvals import policy_words as words
from engine.approvals.detail import label_of
from engine.approvals.directory import CompanyDirectory
from engine.approvals.domain import approvals, policies
from engine.approvals.models import Approval, Panel, Policy
from engine.approvals.policy_forms import PolicyForm, StepForm, StepFormSet, Steps, initial_rows, with_message_ids
from engine.approvals.pure import votes
from engine.approvals.pure.check import compare
from engine.approvals.pure.forecast import forecast
from engine.approvals.pure.policy import SOURCE, Step
from engine.approvals.pure.sentences import reason_words
from engine.approvals.pure.way import untangle
from engine.approvals.titles import titles_of
from frontend.kit.doors import door
from frontend.kit.refusals import sentences
from people.forms.calendar import employee_called
from people.models import Employee
from people.models.role import RoleName

RUNNING = (Approval.Status.DRAFT, Approval.Status.RUNNING, Approval.Status.RETURNED, Approval.Status.SUSPENDED)
MOST_MOVED = 200


@door("approvals.view_policy")
def index(request: HttpRequest) -> HttpResponse:
    """List the policies with their newest version and how many approvals run under each. At most 7 SQL statements."""
    newest: dict[str, Policy] = {}
    for row in Policy.objects.select_related("by").order_by("name", "version"):
        newest[row.name] = row
    running: dict[str, int] = {}
    for name in Approval.objects.filter(status__in=RUNNING).values_list("policy__name", flat=True):
        running[name] = running.get(name, 0) + 1
    rows = [{"policy": row, "running": running.get(name, 0)} for name, row in newest.items()]
    return render(request, "approvals/policies.html", {"rows": rows})


@door("approvals.view_policy")
def policy(request: HttpRequest, name: str) -> HttpResponse:
    """Show a policy: its steps in words, its versions, what differs between two of them, whom it asks for somebody.

    At most 10 SQL statements, and 12 more for an example.
    """
    versions = _versions(name)
    newest = versions[0]
    older = next((row for row in versions if str(row.version) == request.GET.get("with")), None)
    context = {
        "policy": newest,
        "versions": versions,
        "steps": words.steps_in_words(core.read(newest.definition)),
        "older": older,
        "differences": _differences(older.definition, newest.definition) if older else [],
        "employee": (employee := request.GET.get("employee", "").strip()[:60]),
        "stages": (stages := _preview(newest.definition, employee, at=timezone.now()))[0],
        "why": stages[1],
        "behind": Approval.objects.filter(policy__name=name, status__in=RUNNING).exclude(policy=newest).count(),
    }
    return render(request, "approvals/policy.html", context)


@door("approvals.publish_policy", methods=("GET", "POST"))
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Edit the newest version; check it, look who would be asked, publish it as the next. At most 30 SQL statements."""
    newest = _versions(name)[0]
    if request.method == "GET":
        definition = newest.definition
        form = PolicyForm(
            initial={"title": newest.label, "keep_passed_branches": definition.get("keep_passed_branches")}
        )
        return _show_editor(request, newest, form, Steps(initial=initial_rows(definition), prefix="steps"))
    form, steps = PolicyForm(request.POST), cast("StepFormSet", Steps(request.POST, prefix="steps"))
    if not (form.is_valid() and steps.is_valid()):
        return _show_editor(request, newest, form, steps, status=422)
    definition = steps.definition(keeps_passed_branches=form.cleaned_data["keep_passed_branches"]) | {"name": name}
    definition = with_message_ids(definition, newest.definition)
    title = "" if form.cleaned_data["title"] == newest.label else form.cleaned_data["title"]
    now = timezone.now()
    try:
        findings = policies.findings(definition, at=now)
        is_faulty = any(row.is_error for row in findings)
        if "publish" in request.POST and not is_faulty:
            version = policies.publish(name, definition, by=cast("Employee", request.user), at=now, title=title)
            messages.success(request, gettext("Version %(n)s is in force from now on.") % {"n": version.version})
            return redirect("approvals:policy", name=name)
        said: dict[str, Any] = {"findings": words.findings_in_words(findings, definition), "is_checked": True}
        if not untangle(definition)[1]:
            said |= _consequences(definition, newest, form.cleaned_data["employee"].strip(), at=now)
    except ValidationError as refusal:
        return _show_editor(request, newest, form, steps, status=422, refusal=sentences(refusal))
    status = 422 if "publish" in request.POST else 200
    return _show_editor(request, newest, form, steps, status=status, **said)


def _consequences(definition: dict[str, Any], newest: Policy, employee: str, *, at: datetime) -> dict[str, Any]:
    """Return what follows from a definition that can be walked: its steps in words, whom it asks, what differs."""
    stages, why = _preview(definition, employee, at=at)
    return {
        "words": words.steps_in_words(core.read(definition)), "stages": stages, "why": why,
        "differences": _differences(newest.definition, definition), "is_readable": True,
    }  # fmt: skip


def _differences(old: dict[str, Any], new: dict[str, Any]) -> list[words.DifferenceWords]:
    return words.differences_in_words(compare(old, new), core.read(old), core.read(new))


@door("approvals.publish_policy")
def step_words(request: HttpRequest) -> HttpResponse:
    """Say what one step of the editor means as it is being written: whom it asks, what its vote needs. At most 6 SQL statements."""
    prefix = next((name.removesuffix("-approvers") for name in request.GET if name.endswith("-approvers")), "")
    form = StepForm(request.GET, prefix=prefix)
    form.is_valid()
    given = form.cleaned_data
    lines = (request.GET.get(f"{prefix}-approvers") or "").replace(",", "\n").split()[:40]
    names = words.Names(line for line in lines if SOURCE.fullmatch(line))
    asks = [(line, names.words(line) if SOURCE.fullmatch(line) else "") for line in dict.fromkeys(lines)]
    vote = ""
    if given.get("mode") == "vote" and "passes" in given and all(said for _line, said in asks):
        rule = votes.read(given["passes"] or votes.MAJORITY)
        vote = words.vote_in_words(Step("", tuple(lines), mode="vote", rule=rule))
    return render(request, "approvals/parts/step_words.html", {"asks": asks, "vote": vote})


def _show_editor(
    request: HttpRequest, newest: Policy, form: PolicyForm, steps: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "policy": newest, "form": form, "steps": steps, "rows": steps.as_ordered(), "roles": RoleName.choices, "panels": Panel.objects.order_by("title"),
        "subject_names": words.subject_names(), **more,
    }  # fmt: skip
    return render(request, "approvals/policy_edit.html", context, status=status)


@dataclass(frozen=True)
class StageWords:
    """Whom a step would ask, in words."""

    label: str
    people: str
    reason: str


def _preview(definition: dict[str, Any], number: str, *, at: datetime) -> tuple[list[StageWords], str]:
    """Return whom each step would ask if this employee submitted it, or why that cannot be said."""
    if not number:
        return [], ""
    try:
        employee = employee_called(number)
    except ValidationError as unknown:
        return [], sentences(unknown)
    rules = core.read(definition)
    try:
        stages = forecast(rules, employee.number, CompanyDirectory(applicant=employee, at=at))
    except core.Refusal as refusal:
        return [], gettext(refusal.template) % refusal.params
    numbers = {person for stage in stages for person in (*stage.people, *stage.pool)}
    names = dict(Employee.objects.filter(number__in=numbers).values_list("number", "name"))
    found, titles = [], titles_of(rules)
    for stage in stages:
        people = "、".join(names.get(person, person) for person in stage.people)
        pool = gettext(" or ").join(names.get(person, person) for person in stage.pool)
        picked = gettext("people who are named then") if stage.is_picked else ""
        reason = ""
        if stage.reason:
            template, params = reason_words(stage.reason)
            reason = gettext(template) % params
        found.append(StageWords(titles[stage.step], "、".join(filter(None, [people, pool, picked])), reason))
    return found, ""


@dataclass(frozen=True)
class Move:
    """What moving one approval to the newest version would do."""

    pk: int
    ballot: uuid.UUID
    title: str
    applicant: str
    version: int
    kept: str
    asked: str
    refusal: str


@door("approvals.migrate_approvals", methods=("GET", "POST"))
def move(request: HttpRequest, name: str) -> HttpResponse:
    """Show what moving each running approval to the newest version would do; then move those that were chosen.

    A fixed number of statements, and a handful for each of at most 200 approvals.
    """
    newest, now = _versions(name)[0], timezone.now()
    if request.method == "POST":
        done = 0
        for value in request.POST.getlist("line")[:MOST_MOVED]:
            pk, _colon, ballot = value.partition(":")
            try:
                approvals.migrate(int(pk), ballot=uuid.UUID(ballot), by=cast("Employee", request.user), at=now)
                done += 1
            except (ValidationError, ValueError, Approval.DoesNotExist) as refusal:
                messages.error(request, sentences(refusal) if isinstance(refusal, ValidationError) else str(refusal))
        messages.success(request, ngettext("%(n)s approval moved.", "%(n)s approvals moved.", done) % {"n": done})
        return redirect("approvals:policy", name=name)
    behind = Approval.objects.filter(policy__name=name, status__in=RUNNING).exclude(policy=newest)
    rows = behind.select_related("policy", "applicant__unit").order_by("pk")[:MOST_MOVED]
    return render(
        request, "approvals/policy_move.html", {"policy": newest, "rows": [_move(row, newest, at=now) for row in rows]}
    )


def _move(row: Approval, newest: Policy, *, at: datetime) -> Move:
    kept, asked, refusal = "", "", ""
    try:
        after = core.resume(row, at=at).migrated(core.read(newest.definition), by="system")
    except core.Refusal as refused:
        refusal = gettext(refused.template) % refused.params
    else:
        steps = after.state.steps
        kept = "、".join(label_of(after, key) for key, step in steps.items() if step.status == "passed")
        asked = "、".join(_names(after.waiting)) if not after.state.is_terminal else gettext("it would end: %(status)s") % {
            "status": Approval.Status(after.state.status).label}  # fmt: skip
    return Move(row.pk, uuid.uuid4(), row.title, row.applicant.name, row.policy.version, kept, asked, refusal)


def _names(numbers: Iterable[str]) -> list[str]:
    """Return the names of people, by number. One statement."""
    return list(Employee.objects.filter(number__in=list(numbers)).order_by("number").values_list("name", flat=True))


def _versions(name: str) -> list[Policy]:
    """Return the versions of a policy, newest first.

    Raises:
        Http404: there is none of that name.
    """
    versions = list(Policy.objects.filter(name=name).select_related("by").order_by("-version"))
    if not versions:
        raise Http404
    return versions
