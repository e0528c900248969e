"""Nothing stays lying: what is due and overdue by unit, and what waits for somebody who leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from engine.approvals import queries
from engine.approvals.domain import approvals
from engine.approvals.forms import HandOverForm
from engine.approvals.models import Approval, Waiting
from frontend.kit.doors import door
from frontend.kit.refusals import sentences
from frontend.kit.sheets import csv_response
from people.models import Employee, Unit
from people.queries import working_calendar

ROWS = 50
SOON = timedelta(days=2)


@dataclass
class UnitLine:
    """How much of a unit's people is due."""

    code: str
    name: str
    overdue: int = 0
    soon: int = 0
    later: int = 0

    @property
    def total(self) -> int:
        """Everything with a deadline."""
        return self.overdue + self.soon + self.later


@door("approvals.view_deadlines")
def due(request: HttpRequest) -> HttpResponse:
    """Show what is due by unit, and the approvals of one unit or all, the most overdue first. At most 16 SQL statements."""
    now = timezone.now()
    open_rows = Approval.objects.filter(finished_at=None, due_at__isnull=False)
    units = {unit.pk: unit for unit in Unit.objects.all()}
    lines = _lines(open_rows, units, now)
    wanted = request.GET.get("unit", "")
    unit = next((row for row in units.values() if row.code == wanted), None)
    rows = open_rows.filter(applicant__unit__path__startswith=unit.path) if unit else open_rows
    waiting = Prefetch(
        "waiting", Waiting.objects.select_related("person").order_by("person__number"), to_attr="asked_now"
    )
    rows = (
        rows.select_related("applicant__unit", "policy").defer("state", "policy__definition").order_by("due_at", "pk")
    )
    if request.GET.get("format") == "csv":
        return _as_csv(rows.prefetch_related(waiting), now)
    page = Paginator(rows.prefetch_related(waiting), ROWS).get_page(request.GET.get("page"))
    person = cast("Employee", request.user)
    ids = [row.pk for row in page.object_list]
    opens = set(queries.visible_to(person, timezone.localdate(now)).filter(pk__in=ids).values_list("pk", flat=True))
    table = [
        {
            "row": row,
            "opens": row.pk in opens,
            "asked": "、".join(one.person.name for one in cast("Any", row).asked_now),
            "is_overdue": bool(row.due_at and row.due_at < now),
        }
        for row in page.object_list
    ]
    context = {
        "lines": lines, "page": page, "table": table, "unit": unit, "now": now, "guessed_year": _guessed_year(open_rows)
    }  # fmt: skip
    return render(request, "approvals/due.html", context)


def _guessed_year(rows: QuerySet[Approval]) -> int | None:
    """Return the year of the latest deadline when its public holidays are not known; three statements."""
    latest = rows.aggregate(latest=Max("due_at"))["latest"]
    day = timezone.localdate(latest) if latest else None
    return day.year if day and not working_calendar().is_known(day) else None


def _lines(rows: QuerySet[Approval], units: dict[int, Unit], now: datetime) -> list[UnitLine]:
    """Return a line for each plant (the level below the company) that has anything due, the most overdue first."""
    counted = (
        rows.order_by()
        .values("applicant__unit")
        .annotate(
            overdue=Count("pk", filter=Q(due_at__lt=now)),
            soon=Count("pk", filter=Q(due_at__gte=now, due_at__lt=now + SOON)),
            later=Count("pk", filter=Q(due_at__gte=now + SOON)),
        )
    )
    by_code = {unit.code: unit for unit in units.values()}
    lines: dict[str, UnitLine] = {}
    for row in counted:
        unit = units.get(row["applicant__unit"])
        codes = unit.ancestor_codes if unit else []
        plant = by_code.get(codes[1] if len(codes) > 1 else codes[0]) if codes else None
        line = lines.setdefault(
            plant.code if plant else "", UnitLine(plant.code if plant else "", plant.name if plant else "—")
        )
        line.overdue += row["overdue"]
        line.soon += row["soon"]
        line.later += row["later"]
    return sorted(lines.values(), key=lambda line: (-line.overdue, -line.soon, line.name))


def _as_csv(rows: QuerySet[Approval], now: datetime) -> HttpResponse:
    head = ["title", "policy", "applicant", "unit", "asked", "due", "overdue", "waiting_for"]
    body = [
        [row.title, row.policy.name, row.applicant.number, row.applicant.unit.name if row.applicant.unit else "",
         timezone.localtime(row.created_at).isoformat(timespec="minutes"),
         timezone.localtime(row.due_at).isoformat(timespec="minutes"), "1" if row.due_at and row.due_at < now else "0",
         " ".join(one.person.number for one in row.asked_now)]  # type: ignore[attr-defined]
        for row in rows
    ]  # fmt: skip
    return csv_response("due", head, body)


@door("approvals.hand_over", methods=("GET", "POST"))
def hand_over(request: HttpRequest) -> HttpResponse:
    """Show what waits for somebody who leaves; then hand each over by itself, with a result per item.

    Who has left and is still asked stands below the form. A fixed number of statements to look, and about ten for each item
    handed over.
    """
    is_asked = request.method == "GET" and "to" in request.GET
    first = {"leaver": request.GET.get("leaver", "")}
    form = HandOverForm(request.GET if is_asked else request.POST or None, initial=first)
    context: dict[str, Any] = {"form": form, "rows": [], "results": None, "left": queries.left_behind()}
    if form.is_bound and form.is_valid():
        leaver, to, note = (form.cleaned_data[name] for name in ("leaver", "to", "note"))
        found = Approval.objects.filter(pk__in=approvals.places_of(leaver)).select_related("policy", "applicant__unit")
        context |= {"leaver": leaver, "to": to, "rows": list(found.defer("state", "policy__definition").order_by("pk"))}
        if request.method == "POST":
            action = {"do": "hand-over", "from": leaver.number, "to": to} | ({"note": note} if note else {})
            context["results"] = [_handed(row, action, cast("Employee", request.user)) for row in context["rows"]]
    return render(request, "approvals/hand_over.html", context)


def _handed(row: Approval, action: dict[str, Any], by: Employee) -> tuple[Approval, str]:
    """Hand one over; returns it with the refusal, '' where it was done."""
    try:
        approvals.act(row.pk, ballot=uuid4(), person=by, action=action, at=timezone.now())
    except ValidationError as refusal:
        return row, sentences(refusal)
    return row, ""
