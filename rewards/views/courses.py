"""Sessions of courses: who comes, who came, the calendar file; what somebody has learnt."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from frontend.kit import pdf
from frontend.kit.doors import door, one
from people.models import Employee
from rewards.domain import courses, fulfilment
from rewards.models import CourseSession, Seat, SkillRecord
from rewards.queries import courses as queries

SESSION = one(CourseSession.objects.select_related("item"), pk="pk")
SEAT = one(Seat.objects.select_related("session__item", "employee"), pk="pk")
RECORD = one(SkillRecord.objects.select_related("employee", "issued_by"), pk="pk")


@door("rewards.mark_attendance")
def sessions(request: HttpRequest) -> HttpResponse:
    """List sessions to come and those whose attendance is open. 5 SQL statements for any number."""
    return render(request, "rewards/sessions.html", {"rows": queries.sessions_at_hand(at=timezone.now())})


@door("rewards.mark_attendance", methods=("GET", "POST"), session=SESSION)
def attendance(request: HttpRequest, session: CourseSession) -> HttpResponse:
    """Show who sits in a session and tick who came. 6 SQL statements for any number."""
    if request.method == "POST":
        marks = {
            int(name.removeprefix("seat-")): value
            for name, value in request.POST.items()
            if name.startswith("seat-")
            and name.removeprefix("seat-").isdecimal()
            and value in Seat.Attendance.values
            and value
        }
        changed = courses.mark(session=session, marks=marks, by=cast("Employee", request.user), at=timezone.now())
        messages.success(request, _("Saved: %(n)s marked.") % {"n": changed})
        return redirect("rewards:attendance", session.pk)
    if code := fulfilment.spelled(request.GET.get("code", "")):
        return _scanned(request, session, code)
    seats = list(queries.seats_of(session))
    line = list(queries.line_of(session))
    may_mark = timezone.localdate() >= timezone.localdate(session.starts_at) and not session.is_cancelled
    context = {
        "session": session,
        "seats": seats,
        "line": line,
        "may_mark": may_mark,
        "choices": Seat.Attendance.choices[1:],
    }
    return render(request, "rewards/attendance.html", context)


def _scanned(request: HttpRequest, session: CourseSession, code: str) -> HttpResponse:
    seat = queries.seats_of(session).filter(redemption__pickup_code=code).first()
    if seat is None:
        messages.error(request, _("No seat of this session has the code %(code)s.") % {"code": code})
        return redirect("rewards:attendance", session.pk)
    return redirect("rewards:code", code)


@door("rewards.mark_attendance", methods=("POST",), seat=SEAT)
def check_in(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Mark one person present, from their code."""
    marks = {seat.pk: Seat.Attendance.ATTENDED.value}
    courses.mark(session=seat.session, marks=marks, by=cast("Employee", request.user), at=timezone.now())
    messages.success(request, _("%(name)s is here.") % {"name": seat.employee.name})
    return redirect("rewards:attendance", seat.session_id)


@door("rewards.view_session", session=SESSION)
def session_calendar(request: HttpRequest, session: CourseSession) -> HttpResponse:
    """Hand a session out as a calendar file; SEQUENCE grows with every change, a session called off is CANCELLED."""
    event = Event()
    event.add("uid", f"session-{session.pk}@jinbang")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", session.starts_at)
    event.add("dtend", session.ends_at)
    event.add("summary", session.item.title)
    event.add("location", session.place)
    if session.teacher:
        event.add("description", _("Teacher: %(name)s") % {"name": session.teacher})
    event.add("sequence", session.sequence)
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    file = Calendar()
    file.add("prodid", "-//Jinbang//courses//ZH")
    file.add("version", "2.0")
    file.add("method", "CANCEL" if session.is_cancelled else "PUBLISH")
    file.add_component(event)
    headers = {"Content-Disposition": f'attachment; filename="session-{session.pk}.ics"'}
    return HttpResponse(file.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


@door("rewards.use_mall")
def my_records(request: HttpRequest) -> HttpResponse:
    """Show what I have learnt. 5 SQL statements for any number."""
    rows = SkillRecord.objects.filter(employee=cast("Employee", request.user))
    return render(request, "rewards/records.html", {"rows": rows, "person": request.user})


@door("rewards.view_records", employee=one(Employee.objects.select_related("unit"), number="number"))
def records(request: HttpRequest, employee: Employee) -> HttpResponse:
    """Show what somebody has learnt. 4 SQL statements for any number."""
    rows = SkillRecord.objects.filter(employee=employee)
    return render(request, "rewards/records.html", {"rows": rows, "person": employee})


@door("rewards.view_record", see="rewards.view_record", record=RECORD)
def record_pdf(request: HttpRequest, record: SkillRecord) -> HttpResponse:
    """Hand a skill record out as a PDF."""
    hours = f"{record.minutes / 60:g}"
    lines = [
        (_("Name"), f"{record.employee.name}（{record.employee.number}）"), (_("Course"), record.title),
        (_("Completed on"), record.completed_on.isoformat()), (_("Hours"), hours), (_("Teacher"), record.teacher or "—"),
        (_("Certificate number"), record.number),
    ]  # fmt: skip
    title = _("Certificate of training")
    document = pdf.document([title, *(f"{label}{value}" for label, value in lines)], title=title)
    document.add_page()
    document.set_y(60)
    document.set_font(pdf.FAMILY, size=28)
    document.cell(0, 20, title, align="C", new_x="LMARGIN", new_y="NEXT")
    document.ln(14)
    document.set_font(pdf.FAMILY, size=14)
    for label, value in lines:
        document.cell(60, 12, label)
        document.multi_cell(0, 12, value, new_x="LMARGIN", new_y="NEXT")
    headers = {"Content-Disposition": f'inline; filename="{record.number}.pdf"'}
    return HttpResponse(bytes(document.output()), content_type="application/pdf", headers=headers)
