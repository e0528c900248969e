"""The mall, redeeming, my redemptions, my wallet."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from icalendar import Calendar, Event

from frontend.kit import sheets
from frontend.kit.doors import door, one
from people.models import Employee
from rewards import flows
from rewards.forms.mall import RedeemForm
from rewards.models import Item, LeaveGrant, Redemption
from rewards.queries import as_lines, balance, offered, wallet_lines

ROWS = 24
REDEMPTIONS = Redemption.objects.select_related("item", "session", "employee__unit")


def _person(request: HttpRequest) -> Employee:
    return cast("Employee", request.user)


@door("rewards.use_mall")
def mall(request: HttpRequest) -> HttpResponse:
    """Show what points buy, with my balance. 6 SQL statements for any number."""
    wallet = balance(_person(request))
    chip, words = request.GET.get("chip", ""), request.GET.get("q", "").strip()[:60]
    items = offered()
    if chip == "affordable":
        items = items.filter(points__lte=wallet.available)
    elif chip in Item.Kind.values:
        items = items.filter(kind=chip)
    if words:
        items = items.filter(title__icontains=words)
    page = Paginator(items, ROWS).get_page(request.GET.get("page"))
    chips = (("", _("All")), ("affordable", _("I can afford")), ("leave", _("Leave")), ("course", _("Training")))
    return render(
        request, "rewards/mall.html", {"wallet": wallet, "page": page, "chips": chips, "chip": chip, "q": words}
    )


@door("rewards.redeem", methods=("GET", "POST"), see="rewards.view_item", item=one(Item.objects, pk="pk"))
def redeem(request: HttpRequest, item: Item) -> HttpResponse:
    """Show an item and ask for it; pressed twice it is one request."""
    person, wallet = _person(request), balance(_person(request))
    form = RedeemForm(request.POST or None, item=item, initial={"hold": uuid.uuid4(), "points": item.points})
    if request.method == "POST" and form.is_valid():
        try:
            row = flows.request(item=item, employee=person, at=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            messages.success(request, _("Asked. The points are reserved until your unit head and HR have decided."))
            return redirect("rewards:redemption", row.pk)
    context = {
        "item": item, "form": form, "wallet": wallet, "after": wallet.available - item.points,
        "missing": max(0, item.points - wallet.available),
    }  # fmt: skip
    return render(request, "rewards/redeem.html", context, status=422 if form.errors else 200)


def _add(form: RedeemForm, refusal: ValidationError) -> None:
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


@door("rewards.use_mall")
def redemptions(request: HttpRequest) -> HttpResponse:
    """List what I asked for. 4 SQL statements for any number."""
    rows = REDEMPTIONS.filter(employee=_person(request))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "rewards/redemptions.html", {"page": page})


@door("rewards.view_redemption", see="rewards.view_redemption", redemption=one(REDEMPTIONS, pk="pk"))
def redemption(request: HttpRequest, redemption: Redemption) -> HttpResponse:
    """Show one request: where it is, what was granted. 5 SQL statements."""
    grant = LeaveGrant.objects.filter(redemption=redemption).first()
    is_mine = redemption.employee_id == request.user.pk
    context = {"row": redemption, "grant": grant, "is_mine": is_mine, "ballot": uuid.uuid4()}
    return render(request, "rewards/redemption.html", context)


@door(
    "rewards.cancel_redemption", methods=("POST",), see="rewards.view_redemption", redemption=one(REDEMPTIONS, pk="pk")
)
def cancel(request: HttpRequest, redemption: Redemption) -> HttpResponse:
    """Take a request back before it is decided."""
    flows.cancel(redemption=redemption, ballot=uuid.uuid4(), by=_person(request), at=timezone.now())
    messages.success(request, _("Taken back. The points are yours again."))
    return redirect("rewards:redemption", redemption.pk)


@door("rewards.view_wallet")
def wallet(request: HttpRequest) -> HttpResponse:
    """Show what came from where and went where. 5 SQL statements for any number."""
    person = _person(request)
    rows = wallet_lines(person)
    if request.GET.get("format") == "csv":
        header = [_("Time"), _("Points"), _("Kind"), _("What for"), _("Valid until")]
        lines = [[f"{timezone.localtime(line.at):%Y-%m-%d %H:%M}", line.points, KINDS.get(line.kind, line.kind),
                  line.text, line.expires_on or ""] for line in as_lines(list(rows), person)]  # fmt: skip
        return sheets.csv_response("points.csv", header, lines)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    lines_shown = as_lines(list(page.object_list), person)
    context = {"wallet": balance(person), "page": page, "lines": lines_shown, "kinds": KINDS}
    return render(request, "rewards/wallet.html", context)


KINDS = {
    "award": gettext_lazy("awarded"), "redeem": gettext_lazy("redeemed"), "reserved": gettext_lazy("reserved"), "released": gettext_lazy("given back"),
    "refund": gettext_lazy("refunded"), "expire": gettext_lazy("expired"), "adjust": gettext_lazy("adjusted"), "reverse": gettext_lazy("taken back"),
}  # fmt: skip


@door("rewards.download_leave", see="rewards.download_leave",
      grant=one(LeaveGrant.objects.select_related("redemption__item"), pk="pk"))  # fmt: skip
def calendar(request: HttpRequest, grant: LeaveGrant) -> HttpResponse:
    """Hand granted leave out as a calendar file: whole days end on the next day (DTEND is exclusive)."""
    event = Event()
    event.add("uid", f"leave-{grant.redemption_id}@jinbang")
    event.add("dtstamp", grant.granted_at)
    event.add("summary", grant.redemption.item.title)
    day = grant.wanted_on or grant.valid_until_on
    if grant.half_days == 1 and grant.wanted_on is not None:
        start = timezone.make_aware(datetime.combine(day, time(13 if grant.is_afternoon else 8)))
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(hours=4))
    else:
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=(grant.half_days + 1) // 2))
    event.add("description", _("Valid until %(day)s") % {"day": grant.valid_until_on})
    event.add("sequence", 0)
    event.add("status", "CONFIRMED")
    file = Calendar()
    file.add("prodid", "-//Jinbang//leave//ZH")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add_component(event)
    headers = {"Content-Disposition": f'attachment; filename="leave-{grant.pk}.ics"'}
    return HttpResponse(file.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)
