"""Policies 审批策略: the list, one with its versions, the editor with check and preview, what a newer version would change."""

from __future__ import annotations

import uuid
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
from engine.approvals.detail import label_of
from engine.approvals.directory import CompanyDirectory
from engine.approvals.domain import approvals, policies
from engine.approvals.models import Approval, Policy
from engine.approvals.policy_forms import PolicyForm, StepFormSet, Steps, initial_rows, with_message_ids
from engine.approvals.pure.check import compare
from engine.approvals.pure.forecast import forecast
from engine.approvals.pure.policy import Policy as Rules
from engine.approvals.pure.policy import Step
from engine.approvals.pure.sentences import reason_words
from frontend.kit.doors import door
from frontend.kit.refusals import sentences
from people.models import Employee

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
    """Show a policy: its steps in words, its versions, what differs between two of them. At most 8 SQL statements."""
    versions = _versions(name)
    newest = versions[0]
    older = next((row for row in versions if str(row.version) == request.GET.get("with")), None)
    context = {
        "policy": newest,
        "versions": versions,
        "steps": steps_in_words(core.read(newest.definition)),
        "older": older,
        "differences": compare(older.definition, newest.definition) if older else [],
        "behind": Approval.objects.filter(policy__name=name, status__in=RUNNING).exclude(policy=newest).count(),
    }
    return render(request, "approvals/policy.html", context)


@dataclass(frozen=True)
class StepWords:
    """A step as people read it."""

    label: str
    key: str
    branch: str
    lines: list[str]


def steps_in_words(rules: Rules) -> list[StepWords]:
    """Return each step with its rules as short sentences."""
    return [StepWords(gettext(step.title) if step.title else step.key, step.key, rules.branch_of(step.key), _lines(step))
            for step in rules.steps]  # fmt: skip


def _lines(step: Step) -> list[str]:
    modes = {"all": gettext("all together 会签"), "any": gettext("whoever is first 或签"),
             "in-turn": gettext("one after the other 依次"), "vote": gettext("vote 票签")}  # fmt: skip
    lines = [" · ".join(step.approvers), modes["in-turn" if step.is_in_turn else step.mode]]
    if step.is_vote:
        lines.append(vote_in_words(step))
    if step.deadline_minutes:
        lines.append(gettext("deadline %(minutes)s working minutes, then: %(overdue)s") % {
            "minutes": step.deadline_minutes, "overdue": step.overdue})  # fmt: skip
    return lines


def vote_in_words(step: Step, places: int = 0) -> str:
    """Say what a vote of n needs: 通过需 3 票，2 票反对即否决. Without n, of as many as are named."""
    n = places or sum(source.startswith("user:") for source in step.approvers) or 5
    needed = step.rule.needed(n)
    refuses = n - needed + 1
    return gettext("with %(n)s people: %(needed)s approvals pass it, %(refuses)s refusals refuse it") % {
        "n": n, "needed": needed, "refuses": refuses}  # fmt: skip


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
        if "publish" in request.POST:
            version = policies.publish(name, definition, by=cast("Employee", request.user), at=now, title=title)
            messages.success(request, gettext("Version %(n)s is in force from now on.") % {"n": version.version})
            return redirect("approvals:policy", name=name)
        findings = policies.findings(definition, at=now)
        stages, why = _preview(definition, form.cleaned_data["employee"].strip(), at=now)
    except ValidationError as refusal:
        return _show_editor(request, newest, form, steps, status=422, refusal=sentences(refusal))
    differences = compare(newest.definition, definition)
    return _show_editor(request, newest, form, steps, findings=[(row.is_error, row.step, gettext(row.template) % row.params) for row in findings],
                        stages=stages, why=why, differences=differences, words=steps_in_words(core.read(definition)), is_checked=True)  # fmt: skip


def _show_editor(
    request: HttpRequest, newest: Policy, form: PolicyForm, steps: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"policy": newest, "form": form, "steps": steps, **more}
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
    employee = Employee.objects.select_related("unit").filter(number=number, is_active=True).first()
    if employee is None:
        return [], gettext("There is no employee with the number %(number)s.") % {"number": number}
    rules = core.read(definition)
    try:
        stages = forecast(rules, employee.number, CompanyDirectory(applicant=employee, at=at))
    except core.Refusal as refusal:
        return [], gettext(refusal.template) % refusal.params
    numbers = {person for stage in stages for person in (*stage.people, *stage.pool)}
    names = dict(Employee.objects.filter(number__in=numbers).values_list("number", "name"))
    words = []
    for stage in stages:
        rule = rules.step(stage.step)
        people = "、".join(names.get(person, person) for person in stage.people)
        pool = gettext(" or ").join(names.get(person, person) for person in stage.pool)
        picked = gettext("people who are named then") if stage.is_picked else ""
        reason = ""
        if stage.reason:
            template, params = reason_words(stage.reason)
            reason = gettext(template) % params
        words.append(
            StageWords(
                gettext(rule.title) if rule.title else rule.key, "、".join(filter(None, [people, pool, picked])), reason
            )
        )
    return words, ""


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
        asked = "、".join(sorted(after.waiting)) if not after.state.is_terminal else gettext("it would end: %(status)s") % {
            "status": Approval.Status(after.state.status).label}  # fmt: skip
    return Move(row.pk, uuid.uuid4(), row.title, row.applicant.name, row.policy.version, kept, asked, refusal)


def _versions(name: str) -> list[Policy]:
    """Return the versions of a policy, newest first.

    Raises:
        Http404: there is none of that name.
    """
    versions = list(Policy.objects.filter(name=name).select_related("by").order_by("-version"))
    if not versions:
        raise Http404
    return versions
