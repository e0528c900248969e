"""The desk that hands things out: scan or type a code, hand over once, pick list, stock report."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit import sheets
from frontend.kit.doors import door, one
from people.models import Employee
from rewards import flows
from rewards.domain import fulfilment
from rewards.models import Redemption
from rewards.queries import fulfilment as queries

ROWS, MOST_PRINTED = 50, 500
BY_CODE = one(
    Redemption.objects.select_related("item", "employee__unit__parent", "session", "handed_by", "process"),
    pickup_code="code",
)


def _filters(request: HttpRequest) -> dict[str, Any]:
    words, place = (request.GET.get(name, "").strip()[:120] for name in ("q", "place"))
    return {"words": words, "place": place, "is_done": request.GET.get("tab") == "done"}


@door("rewards.hand_out")
def desk(request: HttpRequest) -> HttpResponse:
    """List what is to hand out, or was; a code goes to its page. 7 SQL statements for any number."""
    if code := fulfilment.spelled(request.GET.get("code", "")):
        if Redemption.objects.filter(pickup_code=code).exists():
            return redirect("rewards:code", code)
        messages.error(request, _("There is no code %(code)s. Type it again.") % {"code": code})
        return redirect("rewards:fulfilment")
    asked = _filters(request)
    rows = queries.to_hand_out(**asked)
    if (form := request.GET.get("format", "")) in {"csv", "xlsx"}:
        return _export(form, rows)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "rewards/fulfilment.html", {"page": page, "places": queries.places(), **asked})


def _export(form: str, rows: Any) -> HttpResponse:
    header = [_("Number"), _("Name"), _("Unit"), _("Item"), _("Points"), _("Place"), _("Granted at"), _("Handed out"),
              _("Handed out by"), "ID"]  # fmt: skip
    lines = [
        [row.employee.number, row.employee.name, str(row.employee.unit or ""), row.item.title, row.points,
         row.handed_place or row.item.pickup_place, timezone.localtime(row.decided_at).date() if row.decided_at else None,
         f"{timezone.localtime(row.handed_at):%Y-%m-%d %H:%M}" if row.handed_at else "", row.handed_by.name if row.handed_by else "",
         str(row.pk)]
        for row in rows
    ]  # fmt: skip
    write = sheets.csv_response if form == "csv" else sheets.xlsx_response
    return write(f"hand-out.{form}", header, lines)


@door("rewards.hand_out")
def pick_list(request: HttpRequest) -> HttpResponse:
    """Print what to bring to the desk: by item, with who collects it. 5 SQL statements."""
    rows = list(
        queries.to_hand_out(**{**_filters(request), "is_done": False}).order_by("item__title", "decided_at")[
            :MOST_PRINTED
        ]
    )
    return render(
        request, "rewards/pick_list.html", {"rows": rows, "place": _filters(request)["place"], "now": timezone.now()}
    )


@door("rewards.hand_out", redemption=BY_CODE)
def code(request: HttpRequest, redemption: Redemption) -> HttpResponse:
    """Show what a code is for: goods to hand out, or a seat of a course. 6 SQL statements."""
    is_ready = redemption.state == Redemption.State.READY
    return render(request, "rewards/code.html", {"row": redemption, "is_ready": is_ready})


@door("rewards.hand_out", methods=("POST",), redemption=BY_CODE)
def hand_over(request: HttpRequest, redemption: Redemption) -> HttpResponse:
    """Hand out, once; whoever comes second reads when and where it was."""
    place, by = request.POST.get("place", ""), cast("Employee", request.user)
    try:
        flows.hand_over(redemption=redemption, place=place, by=by, at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("rewards:code", redemption.pickup_code)
    done = {"item": redemption.item.title, "name": redemption.employee.name}
    messages.success(request, _("Handed out: %(item)s to %(name)s.") % done)
    return redirect("rewards:fulfilment")


@door("rewards.hand_out")
def stock_report(request: HttpRequest) -> HttpResponse:
    """Show how the stock of every item stands, as page or file. 6 SQL statements for any number."""
    lines = queries.stock_lines()
    if (form := request.GET.get("format", "")) in {"csv", "xlsx"}:
        header = [_("Item"), _("Kind"), _("Free"), _("Reserved"), _("To hand out"), _("On the shelf"), _("Handed out")]
        table = [
            [line.item.title, line.item.get_kind_display(), line.free, line.reserved, line.to_hand_out, line.on_shelf, line.handed_out]
            for line in lines
        ]  # fmt: skip
        return (sheets.csv_response if form == "csv" else sheets.xlsx_response)(f"stock.{form}", header, table)
    return render(request, "rewards/stock.html", {"lines": lines})
