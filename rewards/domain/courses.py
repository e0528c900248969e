"""Courses after the seat is granted: who moves up, who came, what they may show for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from engine.events.domain import record
from engine.notices.domain import tell
from people.models import Employee
from rewards.domain import award_rules
from rewards.models import CourseSession, Redemption, Seat, SkillRecord

Attendance = Seat.Attendance


class NotYetBegun(ValidationError):
    """Nobody can have come to what has not begun."""

    def __init__(self) -> None:
        super().__init__(
            _("The session has not begun. Attendance can be marked from its day on."), code="not-yet-begun"
        )


class NotInSession(ValidationError):
    """The person has no seat here."""

    def __init__(self) -> None:
        super().__init__(_("This person has no seat in this session."), code="not-in-session")


def tell_moved_up(*, redemption: Redemption, at: datetime) -> None:
    """Tell somebody that the line has moved and the seat is theirs, or waits for approval."""
    tell(
        [redemption.employee], kind="course.moved-up", title=gettext_noop("A seat has become free for you: %(title)s"),
        params={"title": redemption.item.title}, link=reverse("rewards:redemption", args=[redemption.pk]),
        cause=redemption.subject, at=at,
    )  # fmt: skip


def tell_cancelled(*, redemption: Redemption, session: CourseSession, reason: str, at: datetime) -> None:
    """Tell somebody that their session will not take place."""
    tell(
        [redemption.employee], kind="course.cancelled",
        title=gettext_noop("Cancelled: %(title)s on %(day)s; your points are back"), body=reason,
        params={"title": redemption.item.title, "day": f"{timezone.localtime(session.starts_at):%Y-%m-%d}"},
        link=reverse("rewards:redemption", args=[redemption.pk]), cause=redemption.subject, at=at,
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def mark(*, session: CourseSession, marks: Mapping[int, str], by: Employee, at: datetime) -> int:
    """Mark who came; who came gets a skill record. Returns how many marks changed. The same again changes nothing.

    Args:
        marks: seat id → Seat.Attendance. A record once issued stays: who was marked present stays present.

    Raises:
        NotYetBegun: marked before the session's day.
        NotInSession: a seat of another session.
    """
    session = (
        CourseSession.objects.select_for_update(no_key=True, of=("self",)).select_related("item").get(pk=session.pk)
    )
    if timezone.localdate(at) < timezone.localdate(session.starts_at):
        raise NotYetBegun
    seats = {seat.pk: seat for seat in Seat.objects.filter(session=session, pk__in=marks)}
    if len(seats) != len(marks):
        raise NotInSession
    changed, came = 0, []
    for pk, attendance in marks.items():
        seat = seats[pk]
        if seat.attendance in (attendance, Attendance.ATTENDED):
            continue
        seat.attendance, seat.marked_at, seat.marked_by = attendance, at, by
        seat.save(update_fields=["attendance", "marked_at", "marked_by"])
        changed += 1
        if attendance == Attendance.ATTENDED:
            _issue(seat, session, by=by, at=at)
        if attendance == Attendance.ATTENDED:
            came.append(seat.employee_id)
    if changed:
        _tell_rules(session, came, at=at)
        record(f"item:{session.item_id}", "session.attendance-marked", by=by, at=at, session=session.pk, seats=changed)
    return changed


def _tell_rules(session: CourseSession, came: list[int], *, at: datetime) -> None:
    """Note for the award rules who attended. 2 SQL statements, none when nobody came."""
    if not came:
        return
    hours = round((session.ends_at - session.starts_at).total_seconds() / 3600)
    facts: dict[str, int | str] = {"course": session.item.title, "hours": hours}
    occurrences = [
        award_rules.Occurrence(f"session:{session.pk}", person, facts, at=session.starts_at)
        for person in Employee.objects.filter(pk__in=came).order_by("pk")
    ]
    award_rules.note(event="course.attended", occurrences=occurrences, at=at)


def _issue(seat: Seat, session: CourseSession, *, by: Employee, at: datetime) -> SkillRecord:
    """Write what the person may show; the number says the year and which one it is."""
    day = timezone.localdate(session.starts_at)
    return SkillRecord.objects.create(
        employee_id=seat.employee_id, seat=seat, title=session.item.title, teacher=session.teacher,
        minutes=int((session.ends_at - session.starts_at).total_seconds() // 60), completed_on=day,
        number=f"PX{day:%Y}-{seat.pk:05d}", issued_by=by, issued_at=at,
    )  # fmt: skip
