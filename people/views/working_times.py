"""When units work that do not keep office hours: who has a pattern, and the administrator's form of one unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door, one
from people.domain import working_patterns
from people.forms.working_time import KINDS, WorkingTimeForm
from people.models import Employee, Unit, WorkingPattern
from people.pure.calendar import WorkingCalendar
from people.pure.working_time import WorkingTime, written
from people.queries import time_of, unit_names, working_calendar

SHOWN_DAYS = 14


@dataclass(frozen=True)
class Turn:
    """A day and what is worked on it: a shift's name where shifts go round, its hours; '' on a day off."""

    on: date
    shift: str
    hours: str


@dataclass(frozen=True)
class Line:
    """A unit with a pattern of its own, in words; `is_mine` where it counts for the reader."""

    unit: Unit
    name: str
    words: str
    today: str
    is_mine: bool


def in_words(time: WorkingTime) -> str:
    """Say when somebody works."""
    if time.kind == "rotation":
        names = " ".join(name for name, _spans in time.cycle)
        shifts = dict(time.cycle)
        hours = "; ".join(f"{name} {written(spans)}" for name, spans in shifts.items() if spans)
        return _("shifts go round: %(names)s (%(hours)s)") % {"names": names, "hours": hours}
    hours = written(time.hours)
    return (
        _("every day %(hours)s") % {"hours": hours}
        if time.kind == "daily"
        else _("on working days %(hours)s") % {"hours": hours}
    )


def turns(calendar: WorkingCalendar, first: date, days: int) -> list[Turn]:
    """Return what is worked on each of some days."""
    found = []
    for day in (first + timedelta(days=n) for n in range(days)):
        shift = calendar.time.turn(day)[0] if calendar.time.kind == "rotation" else ""
        found.append(Turn(day, shift, written(calendar.spans(day))))
    return found


def lines(person: Employee, names: dict[str, str], today: date, calendar: WorkingCalendar) -> list[Line]:
    """Return the units with a pattern of their own, from the top down. One statement."""
    rows = list(WorkingPattern.objects.select_related("unit"))
    paths = [row.unit.path for row in rows]
    path = person.unit.path if person.unit else ""
    mine = max((one for one in paths if path.startswith(one)), key=len, default=None)
    found = []
    for row in rows:
        time = row.pattern
        [now] = turns(WorkingCalendar(calendar.differences, calendar.known_until, time), today, 1)
        words = f"{now.shift} {now.hours}".strip() if now.hours else _("off")
        found.append(
            Line(row.unit, names.get(row.unit.path, row.unit.name), in_words(time), words, row.unit.path == mine)
        )
    return found


@door("people.edit_calendar", methods=("POST",))
def find_unit(request: HttpRequest) -> HttpResponse:
    """Go to the form of the unit somebody named by code, name or full name. At most 5 SQL statements."""
    wanted = request.POST.get("unit", "").strip()[:200]
    names = unit_names()
    paths = [path for path, name in names.items() if name == wanted or path.rstrip("/").rpartition("/")[2] == wanted]
    paths = paths or [path for path, name in names.items() if wanted and name.rpartition("/")[2] == wanted]
    if len(paths) == 1:
        return redirect("people:working-time", code=paths[0].rstrip("/").rpartition("/")[2])
    sentence = _("Several units are called “%(unit)s”: write the name with the units above it, or the code.") if paths else _(
        "There is no unit “%(unit)s”.")  # fmt: skip
    messages.error(request, sentence % {"unit": wanted})
    return redirect("people:calendar")


@door("people.edit_calendar", methods=("GET", "POST"), unit=one(Unit.objects.all(), code="code"))
def working_time(request: HttpRequest, unit: Unit) -> HttpResponse:
    """Say when a unit works, or let it work as the unit above; show the days to come. At most 12 SQL statements."""
    own = WorkingPattern.objects.filter(unit=unit).select_related("by").first()
    kind = request.POST.get("kind") or request.GET.get("kind") or (own.kind if own else "office")
    kind = kind if kind in dict(KINDS) else "office"
    form = WorkingTimeForm(request.POST or None, kind=kind, own=own)
    if request.method == "POST" and "drop" in request.POST:
        working_patterns.drop(unit)
        messages.success(request, _("The unit works as the unit above it. Deadlines follow from now on."))
        return redirect("people:calendar")
    if request.method == "POST" and form.is_valid():
        try:
            working_patterns.keep(
                unit, kind=kind, **form.cleaned_data, by=cast("Employee", request.user), at=timezone.now()
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Kept. Deadlines follow these hours from now on."))
            return redirect("people:working-time", code=unit.code)
    times = {row.unit.path: row.pattern for row in WorkingPattern.objects.select_related("unit")}
    time, names, days = time_of(unit.path, times), unit_names(), working_calendar()
    source = max((path for path in times if unit.path.startswith(path)), key=len, default="")
    context = {
        "unit": unit, "name": names[unit.path], "own": own, "form": form, "kind": kind, "kinds": KINDS, "words": in_words(time),
        "source": names.get(source, ""),
        "turns": turns(WorkingCalendar(days.differences, days.known_until, time), timezone.localdate(), SHOWN_DAYS),
        "below": [names[path] for path in times if path.startswith(unit.path) and path != unit.path],
    }  # fmt: skip
    return render(request, "people/working_time.html", context, status=422 if form.errors else 200)
