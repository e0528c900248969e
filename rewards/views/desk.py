"""HR's and the union's desk: granted leave, the catalogue, budgets."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit import sheets
from frontend.kit.doors import door
from people.models import Employee, Unit
from rewards.queries import granted_leave, leave_totals

ROWS = 50


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


@door("rewards.view_leave")
def leave(request: HttpRequest) -> HttpResponse:
    """List granted leave with filters, sums, paging and export. 6 SQL statements for any number."""
    words, month, code = (request.GET.get(name, "").strip()[:60] for name in ("q", "month", "unit"))
    units = list(Unit.objects.filter(kind__in=(Unit.Kind.PLANT, Unit.Kind.SHOP)))
    unit = next((row for row in units if row.code == code), None)
    rows = granted_leave(words=words, unit=unit, month=month)
    if (form := request.GET.get("format", "")) in {"csv", "xlsx"}:
        return _export(form, rows)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "totals": leave_totals(rows),
        "units": units,
        "q": words,
        "month": month,
        "unit_code": code,
    }
    return render(request, "rewards/leave.html", context)


def _export(form: str, rows: Any) -> HttpResponse:
    """Write granted leave in columns HR can enter: one line per redemption, its id for the way back."""
    header = [_("Number"), _("Name"), _("Unit"), _("Leave"), _("Days"), _("Wanted on"), _("Half of the day"),
              _("Valid until"), _("Granted"), _("Points"), "ID"]  # fmt: skip
    lines = [
        [row.employee.number, row.employee.name, row.employee.unit.name if row.employee.unit else "",
         row.redemption.item.title, row.half_days / 2, row.wanted_on, _half(row), row.valid_until_on,
         timezone.localtime(row.granted_at).date(), row.redemption.points, str(row.redemption_id)]
        for row in rows
    ]  # fmt: skip
    write = sheets.csv_response if form == "csv" else sheets.xlsx_response
    return write(f"leave.{form}", header, lines)


def _half(row: Any) -> str:
    if row.half_days != 1 or row.wanted_on is None:
        return ""
    return _("afternoon") if row.is_afternoon else _("morning")
