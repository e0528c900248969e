"""Who stands for me, and for whom I stand."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door, one
from people.domain import substitutes as domain
from people.forms.calendar import SubstituteForm
from people.models import Employee, Substitute


@door("people.name_substitute", methods=("GET", "POST"))
def substitutes(request: HttpRequest) -> HttpResponse:
    """List one's substitutions and name somebody. At most 9 SQL statements."""
    person, now = cast("Employee", request.user), timezone.now()
    form = SubstituteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = domain.name(person=person, at=now, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%(who)s stands for you.") % {"who": row.to.name})
            return redirect("people:substitutes")
    labels = dict(domain.choices())
    mine = Substitute.objects.filter(person=person).select_related("to__unit")
    others = Substitute.objects.filter(to=person).select_related("person__unit")
    context = {
        "form": form,
        "mine": [(row, _state(row, now), [labels.get(name, name) for name in row.policies]) for row in mine[:50]],
        "others": [row for row in others[:50] if _state(row, now) != "over"],
    }
    return render(request, "people/substitutes.html", context, status=422 if request.method == "POST" else 200)


def _state(row: Substitute, now: object) -> str:
    if row.until_at is not None and row.until_at <= now:  # type: ignore[operator]
        return "over"
    return "coming" if row.from_at > now else "now"  # type: ignore[operator]


@door("people.name_substitute", methods=("POST",), see="people.name_substitute", row=one(Substitute.objects, pk="pk"))
def end(request: HttpRequest, row: Substitute) -> HttpResponse:
    """End one of one's own substitutions."""
    domain.end(row, at=timezone.now())
    messages.success(request, _("Ended."))
    return redirect("people:substitutes")
