"""Leave: the desk of those who decide, one request with its cover, returning what was granted."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.approvals.models import Approval, Waiting
from frontend.kit.doors import door, one
from frontend.kit.refusals import sentences, status_of
from people.models import Employee
from rewards.domain import leave as leaves
from rewards.domain.handover import marks
from rewards.models import LeaveGrant, LeaveRequest
from rewards.queries import leave as queries
from rewards.queries import leave_desk
from rewards.queries.leave_calendar import calendar as as_calendar

REQUESTS = LeaveRequest.objects.select_related(
    "redemption__item__leave_rule", "redemption__employee__unit", "unit", "cover", "cover_by", "suggested"
)
GRANTS = LeaveGrant.objects.select_related("redemption__item", "redemption__leave_request", "employee")


@door("rewards.decide_leave")
def desk(request: HttpRequest) -> HttpResponse:
    """List what waits for me with cover, quota and balance; many are approved at once. At most 8 SQL statements."""
    person, words = cast("Employee", request.user), request.GET.get("q", "").strip()[:60]
    rows = leave_desk.waiting(person, at=timezone.now(), words=words)
    context = {"rows": rows, "q": words, "here": request.get_full_path()}
    return render(request, "rewards/leave_desk.html", context)


@door("rewards.view_leave_request", see="rewards.view_leave_request", wish=one(REQUESTS, pk="pk"))
def request_page(request: HttpRequest, wish: LeaveRequest) -> HttpResponse:
    """Show a request: its days, who else is away, who covers. At most 12 SQL statements."""
    return _show(request, wish)


def _show(request: HttpRequest, wish: LeaveRequest, *, refusal: str = "", status: int = 200) -> HttpResponse:
    person, employee = cast("Employee", request.user), wish.redemption.employee
    held = queries.ground(employees=[employee], at=timezone.now(), keys=[wish.pk])
    may_name = wish.redemption.state == "reserved" and person.has_perm("rewards.name_cover", wish)
    near = queries.near_first(queries.colleagues(employee), employee)[: queries.MOST_COLLEAGUES] if may_name else []
    people = leave_desk.candidates(wish, near, held)
    approval = Approval.objects.filter(subject=wish.redemption.subject).order_by("-pk").first()
    path = "/".join(employee.unit.ancestor_codes[:3]) + "/" if employee.unit else ""
    is_asked = approval is not None and Waiting.objects.filter(approval=approval, person=person).exists()
    context = {
        "wish": wish,
        "row": wish.redemption,
        "days": leave_desk.days_text(wish),
        "quota": leave_desk.fullest(wish, held),
        "black_out": leave_desk.black_out(wish, held),
        "absences": leave_desk.absences(wish, held, path=path),
        "people": people,
        "may_name": may_name,
        "approval": approval if is_asked else None,
        "needs_cover": getattr(getattr(wish.redemption.item, "leave_rule", None), "needs_cover", False),
        "refusal": refusal,
    }
    return render(request, "rewards/leave_request.html", context, status=status)


@door("rewards.name_cover", methods=("POST",), see="rewards.view_leave_request", wish=one(REQUESTS, pk="pk"))
def cover(request: HttpRequest, wish: LeaveRequest) -> HttpResponse:
    """Name who covers."""
    number = request.POST.get("cover", "")[:20]
    try:
        leaves.name_cover(request=wish, number=number, by=cast("Employee", request.user), at=timezone.now())
    except ValidationError as refusal:
        return _show(request, wish, refusal=sentences(refusal), status=status_of(refusal))
    messages.success(request, _("Saved. You can agree now."))
    if request.POST.get("back") == "desk":
        return redirect("rewards:leave-desk")
    return redirect("rewards:leave-request", pk=wish.pk)


@door("rewards.return_leave", methods=("POST",), see="rewards.download_leave", grant=one(GRANTS, pk="pk"))
def give_back(request: HttpRequest, grant: LeaveGrant) -> HttpResponse:
    """Return leave nobody has taken."""
    row = marks.ask_return(grant=grant, by=cast("Employee", request.user), at=timezone.now())
    if row.state == LeaveGrant.State.REVERSED:
        messages.success(request, _("Returned. The points are back."))
    else:
        messages.success(request, _("Asked. The points come back when HR's system has taken the days back."))
    return redirect("rewards:redemption", pk=grant.redemption_id)


@door("rewards.download_leave", see="rewards.download_leave", grant=one(GRANTS, pk="pk"))
def calendar(request: HttpRequest, grant: LeaveGrant) -> HttpResponse:
    """Hand granted leave out as a calendar file; after a return, as its cancellation. At most 4 SQL statements."""
    headers = {"Content-Disposition": f'attachment; filename="leave-{grant.pk}.ics"'}
    content = as_calendar([grant], is_published=False)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
