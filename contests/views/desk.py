"""The organiser's and the chief judge's desk: what runs, what comes next, registrations, every mark."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contests import flows
from contests.domain import bundles, setup
from contests.models import Contest, Registration
from contests.queries import checks, contests, heat, registrations, results
from contests.queries import round_signing as rounds
from contests.views.wizard import CONTEST, STEPS
from engine.approvals.models import Approval
from frontend.kit import sheets as tables
from frontend.kit.doors import door
from people.models import Employee

State = Contest.State
ROWS = 50


@dataclass(frozen=True)
class Next:
    """The one step that comes next; without `url` somebody else has to do it."""

    name: str
    title: str
    advice: str
    label: str = ""
    url: str = ""


@door("contests.use_desk")
def desk(request: HttpRequest) -> HttpResponse:
    """List the contests this person runs, with what waits. 3 SQL statements."""
    return render(request, "contests/desk.html", {"rows": contests.desk(cast("Employee", request.user))})


@door("contests.view_desk", see="contests.view_contest", contest=CONTEST)
def manage(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show where a contest stands and what comes next. At most 16 SQL statements."""
    person, now = cast("Employee", request.user), timezone.now()
    has_sheets = contest.state in {State.JUDGING, State.REVIEW, State.NOTICE, State.FINAL}
    checklist = []
    if contest.state == State.DRAFT:
        checklist = checks.go_live_checks(contest, at=now)
    elif contest.state == State.DRAWN:
        checklist = checks.judging_checks(contest)
    may_manage = person.has_perm("contests.manage_contest", contest)
    context = {
        "contest": contest,
        "steps": STEPS if may_manage else (),
        "step": "manage",
        "stages": contests.stages_of(contest),
        "next": _next(person, contest),
        "checks": checklist,
        "heat": heat.heat_map(contest) if has_sheets else None,
        "has_sheets": has_sheets,
        "has_entries": has_sheets or contest.state == State.DRAWN,
        "has_board": contest.published_at is not None or contest.is_imported,
        "may_manage": may_manage,
        "may_chair": person.has_perm("contests.chair_contest", contest),
        "may_see_seals": contest.is_sealed and person.has_perm("contests.view_seals", contest),
        "may_review": person.has_perm("contests.review_result", contest),
        "may_see_scores": person.has_perm("contests.view_scores", contest),
        "seed": f"{contest.code}-{timezone.localdate(now):%Y%m%d}",
    }
    return render(request, "contests/manage.html", context)


def _next(person: Employee, contest: Contest) -> Next | None:
    """Return what comes next, with the button when this person may press it."""
    words = {
        State.DRAFT: ("submit", "contests.publish_contest", _("Submit for publication"),
                      _("When the checklist is complete, hand the contest to the union chair."), _("Submit")),
        State.APPROVING: ("", "", _("Waiting for approval"), _("The union chair decides in the inbox."), ""),
        State.PUBLISHED: ("close-registration", "contests.manage_contest", _("Registration is running"),
                          _("It closes by itself at its date; you may close it now."), _("Close registration now")),
        State.CLOSED: ("draw", "contests.draw_contest", _("Draw the codes"),
                       _("Everybody confirmed gets a code and a start number."), _("Draw")),
        State.DRAWN: ("start-judging", "contests.manage_contest", _("Start the judging"),
                      _("Every judge gets a sheet on the tablet; the wall goes live."), _("Start judging")),
        State.JUDGING: ("close-judging", "contests.publish_result", _("Judges are marking"),
                        _("The chief judge closes when every sheet is signed."), _("Close judging")),
        State.REVIEW: ("", "", _("The result waits for agreement"), _("It is decided in the inbox."), ""),
        State.NOTICE: ("", "", _("Public notice"),
                       _("The result becomes final by itself when the notice ends; then the points are paid."), ""),
    }  # fmt: skip
    if contest.state not in words:
        return None
    name, permission, title, advice, label = words[State(contest.state)]
    if (
        contest.state == State.REVIEW
        and not Approval.objects.filter(subject=contest.subject, finished_at=None).exists()
        and not rounds.is_being_signed(contest)
    ):
        name, permission, title = "submit-result", "contests.publish_result", _("The result is under review")
        advice, label = _("Settle every point of the gate, then ask for agreement."), _("Ask for agreement")
    elif contest.state == State.REVIEW and rounds.is_being_signed(contest):
        title, advice = _("The panel signs the round"), _("Everybody who judged signs the totals, in order.")
    if contest.state == State.NOTICE and contest.notice_until and contest.notice_until <= timezone.now():
        name, permission, label = "publish", "contests.publish_result", _("Publish now")
        advice = _("The notice is over. The worker publishes by itself; if it could not, publish here and read why.")
    may = bool(name) and person.has_perm(permission, contest)
    return Next(name, title, advice, label, reverse(f"contests:step-{name}", args=[contest.code]) if may else "")


def _submit(contest: Contest, request: HttpRequest, by: dict[str, Any]) -> None:
    flows.submit(contest=contest, **by)


def _close_registration(contest: Contest, request: HttpRequest, by: dict[str, Any]) -> None:
    flows.close_registration(contest=contest, **by)


def _draw(contest: Contest, request: HttpRequest, by: dict[str, Any]) -> None:
    flows.draw(contest=contest, seed=request.POST.get("seed", "")[:64], **by)


def _start_judging(contest: Contest, request: HttpRequest, by: dict[str, Any]) -> None:
    flows.start_judging(contest=contest, **by)


def _close_judging(contest: Contest, request: HttpRequest, by: dict[str, Any]) -> None:
    flows.close_judging(contest=contest, reason=request.POST.get("reason", "")[:300], **by)


def _submit_result(contest: Contest, request: HttpRequest, by: dict[str, Any]) -> None:
    flows.submit_result(contest=contest, **by)


def _publish(contest: Contest, request: HttpRequest, by: dict[str, Any]) -> None:
    flows.publish(contest=contest, **by)


# step → its permission and what it does
WALK = {
    "submit": ("contests.publish_contest", _submit),
    "close-registration": ("contests.manage_contest", _close_registration),
    "draw": ("contests.draw_contest", _draw),
    "start-judging": ("contests.manage_contest", _start_judging),
    "close-judging": ("contests.publish_result", _close_judging),
    "submit-result": ("contests.publish_result", _submit_result),
    "publish": ("contests.publish_result", _publish),
}


def step(name: str) -> Any:
    """Return the view of one step of the contest's way, behind the step's own permission."""
    permission, act = WALK[name]

    @door(permission, methods=("POST",), see="contests.view_contest", contest=CONTEST)
    def view(request: HttpRequest, contest: Contest) -> HttpResponse:
        try:
            act(contest, request, {"by": cast("Employee", request.user), "at": timezone.now()})
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("Done. The next step stands on this page."))
        return redirect("contests:manage", contest.code)

    return view


@door("contests.manage_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def cancel(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Cancel the contest, with the reason everybody reads."""
    reason = request.POST.get("reason", "").strip()[:300]
    flows.cancel(contest=contest, reason=reason, by=cast("Employee", request.user), at=timezone.now())
    messages.success(request, _("The contest is cancelled."))
    return redirect("contests:manage", contest.code)


@door("contests.manage_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def copy(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Make a draft with the same rules and panel."""
    now = timezone.now()
    code = f"{contest.code[:50]}-{now:%y%m%d%H%M%S}"
    twin = setup.copy(contest=contest, code=code, title=contest.title, by=cast("Employee", request.user), at=now)
    messages.success(request, _("Copied. Set the dates and the title of the new one."))
    return redirect("contests:edit", twin.code)


@door("contests.list_registrations", see="contests.view_contest", contest=CONTEST)
def registration_list(request: HttpRequest, contest: Contest) -> HttpResponse:
    """List a contest's registrations with filters, paging and export. 5 SQL statements for any number."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:60]
    found = registrations.of_contest(contest, state=state, words=words)
    if request.GET.get("format") == "xlsx":
        header = [
            _("Number"),
            _("Name"),
            _("Team"),
            _("Unit"),
            _("Trade"),
            _("Skill level"),
            _("Mobile number"),
            _("State"),
        ]
        lines = [
            [row.number, row.name, row.team, row.unit, row.trade, row.skill_level, row.phone, row.state_label]
            for row in registrations.review_rows(found)
        ]
        return tables.xlsx_response(f"{contest.code}-registrations.xlsx", header, lines)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "contest": contest, "steps": STEPS, "step": "registrations", "page": page, "q": words, "state": state,
        "rows": registrations.review_rows(list(page.object_list)), "states": Registration.State.choices,
    }  # fmt: skip
    return render(request, "contests/registrations.html", context)


@door("contests.view_scores", see="contests.view_contest", contest=CONTEST)
def scores(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show every mark, which were trimmed and how each total comes about. 8 SQL statements."""
    lines = results.live(contest, is_hidden=contest.names_hidden)
    context = {"contest": contest, "steps": (), "step": "scores", "lines": lines}
    return render(request, "contests/scores.html", context)


@door("contests.export_contest", see="contests.view_contest", contest=CONTEST)
def export(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Hand the contest out as a bundle in one ZIP file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in bundles.export_bundle(contest=contest).items():
            archive.writestr(f"{contest.code}/{name}", content)
    headers = {"Content-Disposition": f'attachment; filename="{contest.code}.zip"'}
    return HttpResponse(target.getvalue(), content_type="application/zip", headers=headers)
