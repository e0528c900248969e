"""Panels 专家组 for policies that ask `panel:NAME:K`: the list, a draw, one with its lots and every draw before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engine.approvals.domain import panels
from engine.approvals.models import Panel
from engine.approvals.pure import lots
from engine.events.queries import history
from frontend.kit.doors import door, one
from frontend.kit.refusals import sentences
from people.models import Employee


class MembersField(forms.CharField):
    """Employee numbers between spaces, commas or lines."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[str]:
        """Return the numbers in the order written."""
        text = str(super().clean(value))
        return text.replace(",", " ").replace("，", " ").replace("、", " ").split()


class PanelForm(forms.Form):
    """A first draw."""

    name = forms.CharField(
        label=_("Name in policies"), max_length=40, help_text=_("As policies write it: panel:NAME:3.")
    )
    title = forms.CharField(label=_("Title"), max_length=120)
    members = MembersField(label=_("Panel members"), help_text=_("Employee numbers, one a line or with commas."))


class RedrawForm(forms.Form):
    """Another draw, with its reason."""

    members = MembersField(label=_("Panel members"), help_text=_("Employee numbers, one a line or with commas."))
    reason = forms.CharField(label=_("Why it is drawn again"), max_length=200)


@door("approvals.view_panel")
def index(request: HttpRequest) -> HttpResponse:
    """List the panels. At most 7 SQL statements."""
    may_draw = request.user.has_perm("approvals.draw_panel")
    rows = list(Panel.objects.all())
    return render(request, "approvals/panels.html", {"rows": rows, "form": PanelForm(), "may_draw": may_draw})


@door("approvals.draw_panel", methods=("POST",))
def create(request: HttpRequest) -> HttpResponse:
    """Draw a new panel."""
    form = PanelForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            if Panel.objects.filter(name=given["name"]).exists():
                raise panels.DrawnBefore
            panel = panels.draw(
                given["name"],
                given["members"],
                title=given["title"],
                by=cast("Employee", request.user),
                at=timezone.now(),
            )
        except ValidationError as refusal:
            field = getattr(refusal, "code", "")
            form.add_error(field if field in form.fields else "name", sentences(refusal))
        else:
            messages.success(request, gettext("Drawn. The seed stands below: anybody can draw it again."))
            return redirect("approvals:panel", name=panel.name)
    context = {"rows": list(Panel.objects.all()), "form": form, "may_draw": True}
    return render(request, "approvals/panels.html", context, status=422)


@dataclass(frozen=True)
class Lot:
    """A member in their drawn place."""

    place: int
    number: str
    name: str
    unit: str
    lot: str
    has_left: bool


@dataclass(frozen=True)
class Draw:
    """A draw as it is on record."""

    at: datetime
    by: str
    seed: str
    members: list[str]
    reason: str


@door("approvals.view_panel", methods=("GET",), panel=one(Panel.objects.all(), name="name"))
def panel(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Show a panel: its lots, its seed, every draw with its reason. At most 9 SQL statements."""
    form = RedrawForm(initial={"members": "\n".join(sorted(panel.members))})
    return _show(request, panel, form)


@door("approvals.draw_panel", methods=("POST",), panel=one(Panel.objects.all(), name="name"))
def redraw(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Draw again, with a reason."""
    form = RedrawForm(request.POST)
    if not form.is_valid():
        return _show(request, panel, form, status=422)
    given = form.cleaned_data
    try:
        panels.draw(
            panel.name, given["members"], reason=given["reason"], by=cast("Employee", request.user), at=timezone.now()
        )
    except ValidationError as refusal:
        form.add_error("members", sentences(refusal))
        return _show(request, panel, form, status=422)
    messages.success(request, gettext("Drawn again. Both draws stay on record."))
    return redirect("approvals:panel", name=panel.name)


def _show(request: HttpRequest, panel: Panel, form: forms.Form, *, status: int = 200) -> HttpResponse:
    people = {row.number: row for row in Employee.objects.filter(number__in=panel.members).select_related("unit")}
    rows = [_lot(place, number, panel, people.get(number)) for place, number in enumerate(panel.members, 1)]
    draws = [
        Draw(row.at, row.by.name if row.by else "", row.data["seed"], row.data["members"], row.data["reason"])
        for row in history(f"panel:{panel.name}")
        if row.action == "panel.drawn"
    ]
    first = panel.members[0] if panel.members else "1001"
    context = {
        "panel": panel, "rows": rows, "draws": draws, "form": form,
        "may_draw": request.user.has_perm("approvals.draw_panel"),
        "command": f"printf 'panel:{panel.name}\\n{panel.seed}\\n{first}' | sha256sum",
    }  # fmt: skip
    return render(request, "approvals/panel.html", context, status=status)


def _lot(place: int, number: str, panel: Panel, person: Employee | None) -> Lot:
    is_here = person is not None and person.is_active and person.left_on is None
    name = person.name if person else number
    unit = person.unit.name if person and person.unit else ""
    return Lot(place, number, name, unit, lots.lot(panel.name, panel.seed, number), has_left=not is_here)
