"""Relatives, mentors and apprentices one declares, so that nobody judges them."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door, one
from people.domain import ties as domain
from people.forms.calendar import TieForm
from people.models import Employee, Tie

MOST = 100


@door("people.declare_tie", methods=("GET", "POST"))
def ties(request: HttpRequest) -> HttpResponse:
    """List one's own ties and declare one. At most 5 SQL statements."""
    person = cast("Employee", request.user)
    form = TieForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.declare(
                employee=person, other=form.cleaned_data["other"], kind=form.cleaned_data["kind"], by=person,
                at=timezone.now(),
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Declared. You will not judge this person, nor this person you."))
            return redirect("people:ties")
    rows = Tie.objects.filter(Q(employee=person) | Q(other=person), ended_at=None)
    shown = [
        (row, row.other if row.employee_id == person.pk else row.employee)
        for row in rows.select_related("employee__unit", "other__unit")[:MOST]
    ]
    return render(request, "people/ties.html", {"form": form, "rows": shown}, status=422 if form.errors else 200)


@door("people.declare_tie", methods=("POST",), see="people.declare_tie", row=one(Tie.objects, pk="pk"))
def end(request: HttpRequest, row: Tie) -> HttpResponse:
    """End one of one's own ties."""
    domain.end(tie=row, at=timezone.now())
    messages.success(request, _("Ended."))
    return redirect("people:ties")
