"""Budgets as the tree of units has them, top-ups that others agree to, and points for many at once."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door, one
from people.models import Employee, Unit
from rewards import flows
from rewards.domain import budgets, bulk_awards
from rewards.forms.budgets import BulkForm, GrantForm, TopUpForm
from rewards.models import BulkAward
from rewards.queries import budgets as queries
from rewards.queries.funds import choices, name_of

ROWS = 30


@door("rewards.view_budgets")
def budget_list(request: HttpRequest) -> HttpResponse:
    """Show budgets with what was given, handed on, awarded and left, and when each runs out. 16 SQL statements."""
    return _budgets(request)


def _budgets(request: HttpRequest, *, grant: GrantForm | None = None, asked: TopUpForm | None = None) -> HttpResponse:
    person = cast("Employee", request.user)
    code, fund = request.GET.get("unit", ""), request.GET.get("fund", "")
    funds = choices(closed=True)
    fund = fund if fund in dict(funds) else ""
    units = list(Unit.objects.filter(kind__in=(Unit.Kind.COMPANY, Unit.Kind.PLANT, Unit.Kind.SHOP)).order_by("path"))
    below = next((unit for unit in units if unit.code == code), None)
    context = {
        "rows": queries.budget_tree(at=timezone.now(), below=below, fund=fund), "funds": funds, "fund": fund, "units": units, "unit_code": code,
        "grant": grant or GrantForm(initial={"id": uuid.uuid4(), "unit": below}),
        "asked": asked or TopUpForm(initial={"id": uuid.uuid4(), "unit": below}, prefix="top-up"),
        "top_ups": list(queries.top_ups_for(person)[:ROWS]),
    }  # fmt: skip
    status = 200 if grant is None and asked is None else 422
    return render(request, "rewards/budgets.html", context, status=status)


@door("rewards.grant_budget", methods=("POST",))
def grant(request: HttpRequest) -> HttpResponse:
    """Give points to a unit; pressed twice it is one grant."""
    form = GrantForm(request.POST)
    if form.is_valid():
        data = dict(form.cleaned_data)
        give = budgets.grant if data.pop("source") == "new" else budgets.hand_down
        try:
            give(**data, **_by(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Granted."))
            return redirect("rewards:budgets")
    return _budgets(request, grant=form)


@door("rewards.ask_top_up", methods=("POST",))
def top_up(request: HttpRequest) -> HttpResponse:
    """Ask for more points for a unit; pressed twice it is one request."""
    form = TopUpForm(request.POST, prefix="top-up")
    if form.is_valid():
        data = dict(form.cleaned_data)
        flows.ask_top_up(key=data.pop("id"), **data, **_by(request))
        messages.success(request, _("Asked. The points arrive when finance has agreed."))
        return redirect("rewards:budgets")
    return _budgets(request, asked=form)


@door("rewards.view_bulk_awards")
def bulk_list(request: HttpRequest) -> HttpResponse:
    """List bulk awards, and the form to propose one. 8 SQL statements."""
    return _bulk_awards(request, BulkForm(initial={"id": uuid.uuid4()}))


@door("rewards.propose_bulk_award", methods=("POST",))
def propose_bulk(request: HttpRequest) -> HttpResponse:
    """Propose the same points for everybody of a unit; pressed twice it is one proposal."""
    form = BulkForm(request.POST)
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            row = flows.ask_bulk_award(key=data.pop("id"), **data, **_by(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Proposed. The points are paid when somebody else has agreed."))
            return redirect("rewards:bulk-award", pk=row.pk)
    return _bulk_awards(request, form, status=422)


def _bulk_awards(request: HttpRequest, form: BulkForm, *, status: int = 200) -> HttpResponse:
    page = Paginator(queries.bulk_awards(), ROWS).get_page(request.GET.get("page"))
    return render(request, "rewards/bulk_awards.html", {"page": page, "form": form}, status=status)


BULK = BulkAward.objects.select_related("unit", "asked_by")


@door("rewards.view_bulk_awards", award=one(BULK, pk="pk"))
def bulk(request: HttpRequest, award: BulkAward) -> HttpResponse:
    """Show a bulk award and how far it is."""
    return render(request, "rewards/bulk_award.html", _progress(award))


@door("rewards.view_bulk_awards", award=one(BULK, pk="pk"))
def bulk_progress(request: HttpRequest, award: BulkAward) -> HttpResponse:
    """Show only how far it is; the page asks every second while it is being paid."""
    return render(request, "rewards/bulk_progress.html", _progress(award))


@door("rewards.grant_budget", methods=("POST",), award=one(BULK, pk="pk"))
def resume(request: HttpRequest, award: BulkAward) -> HttpResponse:
    """Go on after the budget has points again."""
    bulk_awards.resume(award=award, **_by(request))
    return redirect("rewards:bulk-award", pk=award.pk)


def _progress(award: BulkAward) -> dict[str, Any]:
    shown = {
        "award": award,
        "fund": name_of(award.fund),
        "total": award.points * award.people,
        "is_busy": award.state == BulkAward.State.PAYING,
    }
    return {**shown, "progress": bulk_awards.progress(award)}


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}
