"""Where points went, for everybody who is signed in; down to the person only for those who answer for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.kit import sheets
from frontend.kit.doors import door
from people.models import Unit
from people.rules import is_auditor, is_hr
from rewards.queries import transparency as queries
from rewards.queries.funds import names
from rewards.queries.movements import next_month, read_month

ROWS = 50
MOST_LINES = 50_000
TITLES = {
    "granted": gettext_lazy("granted to budgets"), "earned": gettext_lazy("earned"),
    "taken_back": gettext_lazy("taken back"), "spent": gettext_lazy("spent"), "refunded": gettext_lazy("refunded"),
    "expired": gettext_lazy("expired"),
}  # fmt: skip


def _period(request: HttpRequest) -> tuple[date, date, str]:
    """Return first day, last day and the period as chosen: a month, or a year (this one)."""
    chosen, today = request.GET.get("period", ""), timezone.localdate()
    if month := read_month(chosen):
        return month, next_month(month) - timedelta(days=1), chosen
    year = int(chosen) if len(chosen) == 4 and chosen.isascii() and chosen.isdigit() and chosen > "1999" else today.year
    return date(year, 1, 1), date(year, 12, 31), str(year)


@door("rewards.view_transparency")
def transparency(request: HttpRequest) -> HttpResponse:
    """Show sums by unit, reason and month, and a unit's movements to those who may. At most 16 SQL statements."""
    first, last, period = _period(request)
    units = list(Unit.objects.select_related("parent"))
    unit = next((row for row in units if row.code == request.GET.get("unit", "")), None)
    may_see_people = unit is not None and request.user.has_perm("rewards.view_points_of_people", unit)
    form, fund = request.GET.get("format", ""), request.GET.get("fund", "")
    funds = names()
    fund = fund if fund in funds else ""
    if form == "lines":
        if unit is None or not may_see_people:
            raise PermissionDenied
        return _lines(request, unit, first, last, fund)
    report = queries.report(first, last, unit=unit, units=units, fund=fund)
    if form in {"csv", "xlsx"}:
        return _export(form, report, period, funds)
    context: dict[str, Any] = {
        "report": report, "period": period, "unit": unit, "titles": list(TITLES.values()),
        "above": [row for row in units if unit and unit.path.startswith(row.path) and row != unit],
        "years": [timezone.localdate().year - back for back in range(3)],
        "month": period if len(period) == 7 else "", "may_see_people": may_see_people,
        "funds": [(code, name) for code, name in funds.items() if code], "fund": fund,
        "by_fund": [replace(line, label=funds.get(line.key, line.key)) for line in report.funds] if len(report.funds) > 1 else [],
    }  # fmt: skip
    if unit is not None and may_see_people:
        page = Paginator(queries.lines_of(unit, first, last, fund=fund), ROWS).get_page(request.GET.get("page"))
        context |= {"page": page, "lines": [(line, TITLES[line.column]) for line in _shown(request, page.object_list)]}
    return render(request, "rewards/transparency.html", context)


def _shown(request: HttpRequest, rows: Any) -> list[queries.PersonLine]:
    return queries.person_lines(rows, hides=not (is_hr(request.user) or is_auditor(request.user)))


def _export(form: str, report: queries.Report, period: str, funds: dict[str, str]) -> HttpResponse:
    """Write every table of the page, one below the other, each line with what it is."""
    header = [_("By"), _("Name"), *(str(title) for title in TITLES.values())]
    body: list[list[Any]] = [[_("All together"), "", *report.total.values]]
    for word, lines in ((_("Unit"), report.units), (_("Reason"), report.reasons), (_("Month"), report.months)):
        body += [[word, line.label or _("none"), *line.sums.values] for line in lines]
    if len(report.funds) > 1:
        body += [[_("Fund"), funds.get(line.key, line.key), *line.sums.values] for line in report.funds]
    write = sheets.csv_response if form == "csv" else sheets.xlsx_response
    return write(f"points-{period}.{form}", header, body)


def _lines(request: HttpRequest, unit: Unit, first: date, last: date, fund: str) -> HttpResponse:
    lines = _shown(request, queries.lines_of(unit, first, last, fund=fund)[:MOST_LINES])
    header = [_("Time"), _("Number"), _("Name"), _("Unit"), _("Kind"), _("What for"), _("Points")]
    body = [
        [f"{timezone.localtime(line.at):%Y-%m-%d %H:%M}", line.number, line.name or _("name hidden"), line.unit,
         str(TITLES[line.column]), line.reason, line.points]
        for line in lines
    ]  # fmt: skip
    return sheets.xlsx_response(f"points-{unit.code}.xlsx", header, body)
