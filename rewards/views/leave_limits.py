"""Rules of leave: black-out days and limits of units, what each leave item asks."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door, one
from people.models import Employee
from rewards.domain import leave as leaves
from rewards.forms.leave import BlackOutForm, LimitForm, RuleForm
from rewards.models import BlackOut, CoverQuota, Item, UnitCap


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


def _show(request: HttpRequest, **forms: Any) -> HttpResponse:
    quotas = {row.unit: row.most_away for row in CoverQuota.objects.select_related("unit")}
    caps = {row.unit: row.half_days for row in UnitCap.objects.filter(item=None).select_related("unit")}
    limits = [
        {"unit": unit, "most_away": quotas.get(unit), "half_days": caps.get(unit)}
        for unit in sorted({*quotas, *caps}, key=lambda row: row.path)
    ]
    context = {
        "black_outs": BlackOut.objects.select_related("unit")[:60],
        "limits": limits,
        "items": Item.objects.filter(kind=Item.Kind.LEAVE).select_related("leave_rule").order_by("half_days", "pk"),
        "may": request.user.has_perm("rewards.set_leave_limits"),
        "today": timezone.localdate(),
        "black_out_form": forms.get("black_out") or BlackOutForm(prefix="black-out"),
        "limit_form": forms.get("limit") or LimitForm(prefix="limit"),
        "rule_form": forms.get("rule") or RuleForm(prefix="rule"),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "rewards/leave_limits.html", context, status=status)


@door("rewards.view_leave")
def limits(request: HttpRequest) -> HttpResponse:
    """Show black-out days, limits of units and rules of items. At most 12 SQL statements for any number."""
    return _show(request)


@door("rewards.set_leave_limits", methods=("POST",))
def add_black_out(request: HttpRequest) -> HttpResponse:
    """Add black-out days."""
    form = BlackOutForm(request.POST, prefix="black-out")
    if form.is_valid():
        try:
            leaves.save_black_out(row=None, **form.cleaned_data, **_by(request))
        except ValidationError as refusal:
            form.add_error("until_on", refusal.error_dict["until_on"])
        else:
            messages.success(request, _("Saved."))
            return redirect("rewards:leave-limits")
    return _show(request, black_out=form)


@door("rewards.set_leave_limits", methods=("POST",), row=one(BlackOut.objects.select_related("unit"), pk="pk"))
def drop_black_out(request: HttpRequest, row: BlackOut) -> HttpResponse:
    """Take black-out days away."""
    leaves.drop_black_out(row=row, **_by(request))
    messages.success(request, _("Removed."))
    return redirect("rewards:leave-limits")


@door("rewards.set_leave_limits", methods=("POST",))
def set_limit(request: HttpRequest) -> HttpResponse:
    """Set or clear the limits of a unit."""
    form = LimitForm(request.POST, prefix="limit")
    if form.is_valid():
        leaves.save_limit(**form.cleaned_data, **_by(request))
        messages.success(request, _("Saved."))
        return redirect("rewards:leave-limits")
    return _show(request, limit=form)


@door("rewards.set_leave_limits", methods=("POST",))
def set_rule(request: HttpRequest) -> HttpResponse:
    """Set what a leave item asks."""
    form = RuleForm(request.POST, prefix="rule")
    if form.is_valid():
        leaves.save_rule(**form.cleaned_data, **_by(request))
        messages.success(request, _("Saved."))
        return redirect("rewards:leave-limits")
    return _show(request, rule=form)
