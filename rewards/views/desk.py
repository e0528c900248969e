"""HR's and the union's desk: granted leave, the catalogue, budgets."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit import sheets
from frontend.kit.doors import door, one
from people.models import Employee, Unit
from rewards.domain import budgets, mall
from rewards.forms.mall import BudgetForm, ItemForm, SessionForm
from rewards.models import CourseSession, Item
from rewards.queries import budget_lines, granted_leave, leave_totals

ROWS = 50
ITEM = one(Item.objects, pk="pk")


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


@door("rewards.manage_items")
def catalogue(request: HttpRequest) -> HttpResponse:
    """List every item, offered or not. 3 SQL statements for any number."""
    rows = Item.objects.annotate(times=Count("redemptions")).order_by("-is_published", "kind", "points")
    return render(request, "rewards/catalogue.html", {"rows": rows})


@door("rewards.manage_items", methods=("GET", "POST"))
def create(request: HttpRequest) -> HttpResponse:
    """Make an item."""
    form = ItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            item = mall.save_item(item=None, **form.cleaned_data, **_by(request))
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            return redirect("rewards:item", item.pk)
    return render(request, "rewards/item.html", {"form": form}, status=422 if form.errors else 200)


@door("rewards.manage_items", methods=("GET", "POST"), item=ITEM)
def item(request: HttpRequest, item: Item) -> HttpResponse:
    """Change an item; who asked before keeps the price they saw."""
    form = ItemForm(request.POST or None, instance=item)
    if request.method == "POST" and form.is_valid():
        try:
            mall.save_item(item=item, **form.cleaned_data, **_by(request))
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("rewards:item", item.pk)
    context = {"form": form, "item": item, "sessions": item.sessions.all(), "session_form": SessionForm()}
    return render(request, "rewards/item.html", context, status=422 if form.errors else 200)


@door("rewards.manage_items", methods=("POST",), item=ITEM)
def offer(request: HttpRequest, item: Item) -> HttpResponse:
    """Put an item into the mall, or take it out."""
    mall.publish(item=item, is_published=request.POST.get("is_published") == "1", **_by(request))
    messages.success(request, _("Saved."))
    return redirect("rewards:item", item.pk)


@door("rewards.manage_items", methods=("POST",), item=ITEM)
def add_session(request: HttpRequest, item: Item) -> HttpResponse:
    """Add a session to a course."""
    form = SessionForm(request.POST)
    if form.is_valid():
        try:
            mall.save_session(item=item, session=None, **form.cleaned_data, **_by(request))
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("rewards:item", item.pk)
    sessions: Any = CourseSession.objects.filter(item=item)
    context = {"form": ItemForm(instance=item), "item": item, "sessions": sessions, "session_form": form}
    return render(request, "rewards/item.html", context, status=422)


def _add(form: Any, refusal: ValidationError) -> None:
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


@door("rewards.view_budgets")
def budget_list(request: HttpRequest) -> HttpResponse:
    """Show every unit's budget. 4 SQL statements."""
    form = BudgetForm(initial={"id": uuid.uuid4()})
    return render(request, "rewards/budgets.html", {"rows": budget_lines(), "form": form})


@door("rewards.grant_budget", methods=("POST",))
def grant_budget(request: HttpRequest) -> HttpResponse:
    """Grant points to a unit; pressed twice it is one grant."""
    form = BudgetForm(request.POST)
    if form.is_valid():
        budgets.grant(**form.cleaned_data, **_by(request))
        messages.success(request, _("Granted."))
        return redirect("rewards:budgets")
    return render(request, "rewards/budgets.html", {"rows": budget_lines(), "form": form}, status=422)
