"""The chief judge's desk while judges mark, and the gate before the result is submitted."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests import flows
from contests.domain import corrections, gate, panels, signing, unveiling
from contests.forms.judging import AgainForm, DistributeForm, RecuseForm, ReopenForm, ReplaceForm, SettleForm
from contests.models import Contest, Operation, PanelMember, Sheet
from contests.queries import gate as gates
from contests.queries import heat, results
from contests.queries.round_signing import progress_of
from contests.views.wizard import CONTEST
from frontend.kit.doors import door
from people.models import Employee

State = Contest.State
MOST_LATE = 50


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


@door("contests.chair_contest", see="contests.view_contest", contest=CONTEST)
def desk(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show the judging as it runs: contested, passed over and far marks first, then late ones, then the heat map. 19 SQL
    statements for any number; while the panel signs the round 38 in all."""
    part = request.GET.get("part", "heat") if request.headers.get("HX-Request") else ""
    context: dict[str, Any] = {"contest": contest, "now": timezone.now(), "is_judging": contest.state == State.JUDGING}
    if part in {"", "first", "contested"}:
        titles = {aspect.code: aspect.title for aspect in contest.marking_scheme.aspects} if contest.has_scheme else {}
        context["contested"] = [(row, titles.get(row.aspect, row.aspect)) for row in unveiling.contested(contest)]
    if part == "contested":
        return render(request, "contests/judging/contested.html", context)
    seen = heat.heat_map(contest)
    context["heat"] = seen
    if part == "heat":
        return render(request, "contests/judging/heat.html", context)
    context["first"] = heat.first_of(contest, seen, is_closed=contest.state != State.JUDGING)
    if part == "first":
        return render(request, "contests/judging/first.html", context)
    late = Operation.objects.filter(sheet__contest=contest, answer=Operation.Answer.LOCKED).exclude(refusal="unveiled")
    replaceable = contest.panel.filter(left_at=None, role__in=[PanelMember.Role.JUDGE, PanelMember.Role.TECHNICAL])
    context |= {
        "late": late.select_related("sheet__member", "by")[:MOST_LATE],
        "members": list(replaceable),
        "reopenable": _reopenable(contest, seen.rows),
        "lockable": [row for row in seen.rows if row.state == Sheet.State.OPEN],
        "is_review": contest.state == State.REVIEW and not contest.is_imported,
        "round": progress_of(contest, cast("Employee", request.user), at=timezone.now())
        if contest.state == State.REVIEW
        else None,
        "steps": (),
        "step": "judging",
    }
    return render(request, "contests/judging/desk.html", context)


def _reopenable(contest: Contest, rows: list[heat.HeatRow]) -> list[heat.HeatRow]:
    """Return the sheets the chief judge may open again: signed ones, in review closed ones of judges still there as well."""
    if contest.state == State.JUDGING:
        return [row for row in rows if row.state == Sheet.State.SIGNED]
    return [row for row in rows if row.state != Sheet.State.OPEN and not row.has_left]


def _carry_out(request: HttpRequest, contest: Contest, form: Any, act: Any) -> HttpResponse:
    """Run one act with a valid form; say what became of it on the desk."""
    if not form.is_valid():
        messages.error(request, " ".join(text for errors in form.errors.values() for text in errors))
        return redirect("contests:judging", contest.code)
    try:
        act(form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Done."))
    return redirect("contests:judging", contest.code)


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def again(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Have a contested mark given again."""
    return _carry_out(
        request, contest, AgainForm(request.POST),
        lambda data: unveiling.ask_again(contest=contest, **data, **_by(request)),
    )  # fmt: skip


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def settle(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Decide a contested mark."""
    return _carry_out(
        request, contest, SettleForm(request.POST),
        lambda data: corrections.settle(contest=contest, **data, **_by(request)),
    )  # fmt: skip


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def reopen(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Open a signed sheet again, with the reason."""
    return _carry_out(
        request, contest, ReopenForm(request.POST, contest=contest),
        lambda data: flows.reopen_sheet(
            contest=contest, sheet_id=data["sheet"].pk, reason=data["reason"], **_by(request)
        ),
    )  # fmt: skip


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def lock(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Lock a sheet that was opened again in review, without its judge's signature."""
    return _carry_out(
        request, contest, ReopenForm(request.POST, contest=contest),
        lambda data: signing.lock(sheet_id=data["sheet"].pk, reason=data["reason"], **_by(request)),
    )  # fmt: skip


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def replace(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Put another judge in somebody's place."""
    return _carry_out(
        request, contest, ReplaceForm(request.POST, contest=contest),
        lambda data: panels.replace(
            contest=contest, member=data["member"], employee=data["number"], reason=data["reason"], **_by(request)
        ),
    )  # fmt: skip


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def recuse(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Let a judge not mark one entry."""
    return _carry_out(
        request, contest, RecuseForm(request.POST, contest=contest),
        lambda data: panels.recuse(
            sheet_id=data["member"].sheet.pk, entry=data["entry"], reason=data["reason"], **_by(request)
        ),
    )  # fmt: skip


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def lead(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Name the group leader."""
    member = contest.panel.filter(pk=request.POST.get("member", "0") or 0).first()
    if member is not None:
        panels.set_leader(contest=contest, member=member, **_by(request))
        messages.success(request, _("Done."))
    return redirect("contests:judging", contest.code)


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def distribute(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Give every entry so many judges, evenly."""
    return _carry_out(
        request, contest, DistributeForm(request.POST),
        lambda data: panels.distribute(contest=contest, per_entry=data["per_entry"], **_by(request)),
    )  # fmt: skip


@door("contests.review_result", see="contests.view_contest", contest=CONTEST)
def gate_page(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show what holds the result, and the entries to compare with paper and piece. 29 SQL statements for any number."""
    now = timezone.now()
    looked = gates.look(contest, at=now)
    is_hidden = contest.names_hidden
    lines = {line.entry: line for line in results.live(contest, is_hidden=is_hidden)} if looked.quota.chosen else {}
    context = {
        "contest": contest,
        "gate": looked,
        "to_review": [lines[code] for code in looked.quota.missing[:20] if code in lines],
        "reviewed": contest.entry_reviews.select_related("entry", "by"),
        "is_review": contest.state == State.REVIEW,
        "may_answer": request.user.has_perm("contests.chair_contest", contest),
        "steps": (),
        "step": "gate",
    }
    return render(request, "contests/judging/gate.html", context)


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def answer(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Say why the result is right in spite of a warning."""
    code, found, reason = (request.POST.get(name, "") for name in ("code", "found", "reason"))
    try:
        gate.answer(contest=contest, code=code, found=found, reason=reason, **_by(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("contests:gate", contest.code)


@door("contests.review_result", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def review(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Record that an entry's marks were compared with paper and piece."""
    entry = contest.entries.filter(code=request.POST.get("entry", "")).first()
    if entry is None:
        messages.error(request, _("Choose one of the listed entries."))
        return redirect("contests:gate", contest.code)
    is_right = request.POST.get("verdict") == "right"
    try:
        gate.review(
            contest=contest, entry=entry.code, is_right=is_right, note=request.POST.get("note", ""), **_by(request)
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("contests:gate", contest.code)
