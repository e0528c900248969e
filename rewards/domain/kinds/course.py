"""Training courses: a seat in a session, a place in the waiting line when it is full."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Employee
from rewards.domain.fulfilment import new_code
from rewards.domain.kinds.base import Kind, Scarce, Wish
from rewards.models import CourseSession, Item, Redemption, Seat

IN_LINE = (
    Redemption.State.WAITLISTED,
    Redemption.State.RESERVED,
    Redemption.State.READY,
    Redemption.State.FULFILLED,
)


class NoSeat(ValidationError):
    """The session is full, over, or the person sits in it already."""


class HasNoSession(ValidationError):
    """A course without a future session cannot be bought."""

    def __init__(self) -> None:
        super().__init__(_("Add a session with seats first; then publish the course."), code="no-session")


class StayedAway(ValidationError):
    """Who did not come to a course waits before the next one."""

    def __init__(self, until: date) -> None:
        super().__init__(
            _("You did not come to your last course. You can ask for the next one from %(day)s on."),
            code="stayed-away", params={"day": until.isoformat()},
        )  # fmt: skip


class Attended(ValidationError):
    """The session has begun, or the attendance is marked."""

    def __init__(self) -> None:
        super().__init__(_("The session has begun; the seat cannot be given up any more."), code="session-begun")


class Course(Kind):
    """Training courses 培训课程."""

    name: ClassVar[str] = "course"
    icon: ClassVar[str] = "graduation-cap"
    policy: ClassVar[str] = "course-redemption"
    fields: ClassVar[tuple[str, ...]] = ("no_show_days",)

    def demand_complete(self, item: Item, *, at: datetime) -> None:
        if not item.sessions.filter(starts_at__gt=at, is_cancelled=False).exists():
            raise HasNoSession

    def demand(self, item: Item, employee: Employee, wish: Wish, *, at: datetime) -> None:
        session = wish.session
        if session is None:
            raise NoSeat({"session": _("Choose a session.")}, code="no-session")
        # The session's row is locked so that it cannot be cancelled or closed under this request.
        held = CourseSession.objects.select_for_update(no_key=True).filter(pk=session.pk, item=item).first()
        if held is None or not held.is_open(at):
            raise NoSeat(_("This session is over or closed. Choose another one."), code="session-over")
        if Redemption.objects.filter(employee=employee, session=held, state__in=IN_LINE).exists():
            raise NoSeat(_("You have a seat in this session already, or wait for one."), code="seat-twice")
        self._demand_reliable(employee, at)

    def _demand_reliable(self, employee: Employee, at: datetime) -> None:
        missed = Seat.objects.filter(
            employee=employee, attendance=Seat.Attendance.ABSENT, session__item__no_show_days__gt=0
        ).select_related("session__item")
        today = timezone.localdate(at)
        for seat in missed:
            until = timezone.localdate(seat.session.starts_at) + timedelta(days=seat.session.item.no_show_days)
            if today < until:
                raise StayedAway(until)

    def scarce(self, redemption: Redemption) -> list[Scarce]:
        if redemption.session is None:
            raise ValueError("a course without a session")
        gone = NoSeat(_("The last seat has just gone. Choose another session, or wait for a seat."), code="full")
        return [Scarce(redemption.session.seats_account, gone)]

    def may_wait(self, redemption: Redemption, wish: Wish) -> bool:
        return wish.may_wait

    def grant(self, redemption: Redemption, *, by: Employee | None, at: datetime) -> str:
        """Write the seat; its code is scanned at the door of the session."""
        redemption.pickup_code = new_code()
        if redemption.session is None:
            raise ValueError("a course without a session")
        Seat.objects.create(
            session=redemption.session, employee=redemption.employee, redemption=redemption, granted_at=at
        )
        return Redemption.State.FULFILLED

    def demand_refundable(self, redemption: Redemption, *, at: datetime) -> None:
        seat = Seat.objects.get(redemption=redemption)
        if redemption.session is None or redemption.session.starts_at <= at or seat.attendance:
            raise Attended

    def take_back(self, redemption: Redemption, *, at: datetime) -> None:
        Seat.objects.filter(redemption=redemption).delete()

    def for_day(self, redemption: Redemption) -> date | None:
        return timezone.localdate(redemption.session.starts_at) if redemption.session else None
