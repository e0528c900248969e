"""The working calendar: which days are worked, what differs from the library, which years are only guessed."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door
from people.domain import holidays
from people.forms.calendar import DayForm
from people.models import Employee, Holiday
from people.pure.working_time import OFFICE
from people.queries import public_holidays, unit_names, working_calendar
from people.views import working_times

YEARS = range(2004, 2100)
MOST_UNITS = 500  # as many are suggested while one types


@dataclass(frozen=True)
class Day:
    """A day of the page: `mark` says 休 or 班 where it differs from Monday–Friday."""

    on: date | None
    mark: str = ""
    name: str = ""
    is_working: bool = True
    is_ours: bool = False
    is_today: bool = False


@door("people.view_calendar")
def this_year(request: HttpRequest) -> HttpResponse:
    """Show the present year."""
    return year(request, year=timezone.localdate().year)


@door("people.view_calendar")
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Show a year month by month, with what the administrator changed, and when units work. At most 12 SQL statements."""
    if year not in YEARS:
        raise Http404
    ours = {row.on: row for row in Holiday.objects.filter(on__year=year).select_related("by")}
    public, calendar = public_holidays(year), working_calendar()
    today = timezone.localdate()

    def day(on: date) -> Day:
        is_working = calendar.is_working(on)
        name = ours[on].name if on in ours else public.get(on, (True, ""))[1]
        differs = is_working != (on.weekday() < 5)
        mark = (_("work") if is_working else _("off")) if differs else ""
        return Day(on, mark, name, is_working, on in ours, on == today)

    shown = [
        (date(year, month, 1), [[day(on) if on.month == month else Day(None) for on in week]
                                for week in months.Calendar().monthdatescalendar(year, month)])
        for month in range(1, 13)
    ]  # fmt: skip
    first, person = date(year, 1, 1), cast("Employee", request.user)
    names = unit_names()
    context = {
        "year": year, "months": shown, "ours": list(ours.values()), "is_known": calendar.is_known(first),
        "is_by_library": bool(public), "form": DayForm(), "before": year - 1, "after": year + 1,
        "lines": working_times.lines(person, names, today, calendar), "usual": working_times.in_words(OFFICE),
        "unit_names": list(names.values())[:MOST_UNITS],
        "weekdays": [date(2024, 1, number) for number in range(1, 8)],
    }  # fmt: skip
    return render(request, "people/calendar.html", context)


@door("people.edit_calendar", methods=("POST",))
def set_day(request: HttpRequest, year: int) -> HttpResponse:
    """Say what a day is, or let the library say it again."""
    form = DayForm(request.POST)
    if not form.is_valid():
        for faults in form.errors.values():
            messages.error(request, " ".join(map(str, faults)))
        return redirect("people:calendar-year", year=year)
    given = form.cleaned_data
    if given["what"] == "usual":
        holidays.unset_day(given["on"])
    else:
        holidays.set_day(
            given["on"], is_working=given["what"] == "working", name=given["name"],
            by=cast("Employee", request.user), at=timezone.now(),
        )  # fmt: skip
    messages.success(request, _("Kept. Deadlines follow the calendar from now on."))
    return redirect("people:calendar-year", year=given["on"].year)


@door("people.edit_calendar", methods=("POST",))
def mark_known(request: HttpRequest, year: int) -> HttpResponse:
    """Say that a year has been entered completely, or not."""
    is_known = request.POST.get("is_known") == "1"
    holidays.mark_known(year, is_known=is_known, by=cast("Employee", request.user), at=timezone.now())
    return redirect("people:calendar-year", year=year)
