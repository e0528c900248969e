"""Manual awards: proposed by one person, agreed to by another."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.approvals.models import Approval
from frontend.kit import sheets
from frontend.kit.doors import door, one
from people.models import Employee
from rewards import flows
from rewards.domain.manual_awards import Faulty, LineFault, SeasonClosed, discard, find_faults, keep_draft
from rewards.forms.awards import COLUMNS, AwardFileForm, AwardForm, read_sheet
from rewards.models import ManualAward
from rewards.queries import proposals_for
from rewards.queries.funds import name_of
from rewards.queries.rules import season_on

ROWS = 30
LINES = 200
MOST_FAULTS = 200


@door("rewards.view_awards")
def awards(request: HttpRequest) -> HttpResponse:
    """List proposals, one's own or everybody's. At most 8 SQL statements."""
    rows = proposals_for(cast("Employee", request.user))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "rewards/awards.html", {"page": page})


@door("rewards.propose_award", methods=("GET", "POST"))
def propose(request: HttpRequest) -> HttpResponse:
    """Propose points for people; nothing is kept while a line is wrong."""
    form = AwardForm(request.POST or None, initial=_initial())
    if request.method == "POST" and form.is_valid():
        try:
            row = flows.propose_award(by=cast("Employee", request.user), at=timezone.now(), **form.cleaned_data)
        except SeasonClosed as refusal:
            form.add_error("season", cast("ValidationError", refusal))
        except Faulty as refusal:
            form.add_error("lines", cast("ValidationError", refusal))
        else:
            messages.success(request, _("Proposed. The points are paid when somebody else has agreed."))
            return redirect("rewards:award", pk=row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "rewards/propose_award.html", {"form": form}, status=status)


@door("rewards.view_award", see="rewards.view_award",
      proposal=one(ManualAward.objects.select_related("proposed_by", "budget_unit"), pk="pk"))  # fmt: skip
def award(request: HttpRequest, proposal: ManualAward) -> HttpResponse:
    """Show a proposal with its lines and its approval. At most 10 SQL statements."""
    page = Paginator(proposal.lines, LINES).get_page(request.GET.get("page"))
    people = Employee.objects.filter(number__in=[line[0] for line in page]).select_related("unit")
    known = {row.number: row for row in people}
    lines = [(line[0], known.get(line[0]), line[1], line[2] if len(line) > 2 else "") for line in page]
    context = {
        "fund": name_of(proposal.fund), "proposal": proposal, "page": page, "lines": lines, "people": len(proposal.lines),
        "approval": Approval.objects.filter(subject=proposal.subject).first(),
    }  # fmt: skip
    return render(request, "rewards/award.html", context)


@door("rewards.propose_award", methods=("GET", "POST"))
def upload(request: HttpRequest) -> HttpResponse:
    """Take a table of awards and check it whole: every wrong line is named, nothing is kept until all are right."""
    form = AwardFileForm(request.POST or None, request.FILES or None, initial=_initial())
    faults: list[LineFault] = []
    if request.method == "POST" and form.is_valid():
        file, by = form.cleaned_data.pop("file"), cast("Employee", request.user)
        try:
            sheet = read_sheet(file.read(), file_name=file.name)
            faults = (
                sorted([*sheet.faults, *find_faults(sheet.given, by=by)], key=lambda fault: fault.line)
                if sheet.given
                else sheet.faults
            )
            if not faults:
                row = keep_draft(given=sheet.given, file_name=file.name, by=by, at=timezone.now(), **form.cleaned_data)
                return redirect("rewards:award", pk=row.pk)
        except SeasonClosed as refusal:
            form.add_error("season", cast("ValidationError", refusal))
        except ValidationError as refusal:
            form.add_error("file", refusal)
    context = {"form": form, "faults": faults[:MOST_FAULTS], "fault_count": len(faults), "most": MOST_FAULTS}
    return render(request, "rewards/upload_awards.html", context, status=422 if request.method == "POST" else 200)


@door("rewards.propose_award")
def template(request: HttpRequest) -> HttpResponse:
    """Hand out an empty table with the right columns and two example lines."""
    header = [COLUMNS[name][0] for name in ("number", "name", "points", "reason")]
    return sheets.xlsx_response("awards.xlsx", header, [["1001", "王建国", 50, "抢修立功"], ["1002", "李卫东", 30, ""]])


@door("rewards.propose_draft", methods=("POST",), see="rewards.view_award", proposal=one(ManualAward.objects, pk="pk"))
def submit(request: HttpRequest, proposal: ManualAward) -> HttpResponse:
    """Propose a checked file, or throw it away."""
    by = cast("Employee", request.user)
    if request.POST.get("act") == "discard":
        discard(draft=proposal, by=by)
        messages.success(request, _("Thrown away."))
        return redirect("rewards:awards")
    flows.propose_draft(draft=proposal, by=by, at=timezone.now())
    messages.success(request, _("Proposed. The points are paid when somebody else has agreed."))
    return redirect("rewards:award", pk=proposal.pk)


def _initial() -> dict[str, object]:
    return {"key": uuid.uuid4(), "season": season_on(timezone.localdate())}
