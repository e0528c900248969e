"""Funds: which money stands behind points, and what it may buy."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door
from people.models import Employee
from rewards.domain import funds
from rewards.forms.funds import FundForm
from rewards.models import Fund, Item
from rewards.queries import funds as queries
from rewards.views.catalogue import add_refusal


@door("rewards.view_budgets")
def fund_list(request: HttpRequest) -> HttpResponse:
    """List funds with what they may buy, how long their points live, what people have. 6 SQL statements for any number."""
    return _list(request, FundForm())


def _list(request: HttpRequest, form: FundForm, *, status: int = 200) -> HttpResponse:
    words = dict(Item.Kind.choices)
    rows = [(row, [words.get(kind, kind) for kind in row.kinds], held) for row, held in queries.with_points()]
    return render(request, "rewards/funds.html", {"rows": rows, "form": form}, status=status)


@door("rewards.manage_funds", methods=("POST",))
def create(request: HttpRequest) -> HttpResponse:
    """Make a fund; pressed twice it is one."""
    form = FundForm(request.POST)
    return _save(request, form) or _list(request, form, status=422)


@door("rewards.manage_funds", methods=("GET", "POST"))
def fund(request: HttpRequest, code: str) -> HttpResponse:
    """Change a fund: its names, what it may buy, how long its points live, whether it may be chosen."""
    row = queries.fund_of_code(code)
    if row is None:
        raise Http404
    form = FundForm(request.POST or None, instance=row)
    if request.method == "POST" and (answer := _save(request, form, row)):
        return answer
    return render(request, "rewards/fund.html", {"form": form, "fund": row}, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: FundForm, row: Fund | None = None) -> HttpResponse | None:
    """Save a valid form; None: it has errors now."""
    if not form.is_valid():
        return None
    data = dict(form.cleaned_data)
    code = row.code if row else data.pop("code")
    try:
        funds.save(code=code, is_new=row is None, by=cast("Employee", request.user), at=timezone.now(), **data)
    except ValidationError as refusal:
        add_refusal(form, refusal)
        return None
    messages.success(request, _("Saved."))
    return redirect("rewards:funds")
