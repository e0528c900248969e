"""Units and trades: the administrator's tree."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.kit import sheets
from frontend.kit.doors import door, one
from people.domain import units as tree
from people.forms.units import TradeLinesForm, UnitForm, UnitLinesForm
from people.models import Trade, Unit
from people.queries import unit_names

ROWS = 100


@door("people.manage_units", methods=("GET", "POST"))
def units(request: HttpRequest) -> HttpResponse:
    """List the tree with who heads each unit and how many work there; take more units as lines. 6 SQL statements."""
    form = UnitLinesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = tree.add(form.cleaned_data["units"])
        except ValidationError as refusal:
            form.add_error("units", refusal)
        else:
            messages.success(request, ngettext("%(n)s unit is new.", "%(n)s units are new.", made) % {"n": made})
            return redirect("people:units")
    wanted = request.GET.get("q", "").strip()[:80]
    rows = Unit.objects.select_related("head").annotate(
        staff=Count("employees", filter=Q(employees__left_on__isnull=True))
    )
    if wanted:
        rows = rows.filter(Q(name__icontains=wanted) | Q(code__istartswith=wanted))
    if request.GET.get("format") == "xlsx":
        return _export()
    page = Paginator(rows.order_by("path"), ROWS).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "q": wanted}
    return render(request, "people/units.html", context, status=422 if form.errors else 200)


def _export() -> HttpResponse:
    """Write the tree in the columns the lines are read in, with the heads."""
    names = unit_names()
    lines = [
        [names[unit.path], unit.code, unit.get_kind_display(), unit.head.number if unit.head else "",
         unit.head.name if unit.head else ""]
        for unit in Unit.objects.select_related("head").order_by("path")
    ]  # fmt: skip
    return sheets.xlsx_response("units.xlsx", ["单位", "单位编码", "类型", "负责人工号", "负责人"], lines)


@door(
    "people.manage_units", methods=("GET", "POST"), unit=one(Unit.objects.select_related("parent", "head"), code="code")
)
def unit(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Rename a unit, say its kind and its head."""
    head = unit.head.number if unit.head else ""
    form = UnitForm(request.POST or None, initial={"name": unit.name, "kind": unit.kind, "head": head})
    if request.method == "POST" and form.is_valid():
        tree.change(unit=unit, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people:units")
    return render(request, "people/unit.html", {"form": form, "unit": unit}, status=422 if form.errors else 200)


@door("people.manage_units", methods=("GET", "POST"))
def trades(request: HttpRequest) -> HttpResponse:
    """List the trades with how many work in each; take more as lines. 5 SQL statements."""
    form = TradeLinesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tree.add_trades(form.cleaned_data["trades"])
        messages.success(request, ngettext("%(n)s trade is new.", "%(n)s trades are new.", made) % {"n": made})
        return redirect("people:trades")
    staff = Count("employees", filter=Q(employees__left_on__isnull=True))
    rows = Trade.objects.annotate(staff=staff).order_by("name")
    context = {"form": form, "rows": rows}
    return render(request, "people/trades.html", context, status=422 if form.errors else 200)
