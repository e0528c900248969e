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
from frontend.kit.doors import door, one
from people.models import Employee
from rewards import flows
from rewards.domain.manual_awards import Faulty
from rewards.forms.awards import AwardForm
from rewards.models import ManualAward
from rewards.queries import proposals_for

ROWS = 30


@door("rewards.view_awards")
def awards(request: HttpRequest) -> HttpResponse:
    """List proposals, one's own or everybody's. At most 8 SQL statements."""
    rows = proposals_for(cast("Employee", request.user))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "rewards/awards.html", {"page": page})


@door("rewards.propose_award", methods=("GET", "POST"))
def propose(request: HttpRequest) -> HttpResponse:
    """Propose points for people; nothing is kept while a line is wrong."""
    form = AwardForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            row = flows.propose_award(by=cast("Employee", request.user), at=timezone.now(), **form.cleaned_data)
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
    """Show a proposal with its lines and its approval. At most 9 SQL statements."""
    names = dict(Employee.objects.filter(number__in=[line[0] for line in proposal.lines]).values_list("number", "name"))
    lines = [(number, names.get(number, ""), points) for number, points in proposal.lines]
    approval = Approval.objects.filter(subject=proposal.subject).first()
    return render(request, "rewards/award.html", {"proposal": proposal, "lines": lines, "approval": approval})
