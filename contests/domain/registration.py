"""Apply, confirm, refuse, withdraw."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contests.domain import amendments, seats
from contests.domain.setup import demand_state, move
from contests.models import Contest, Entry, Registration
from contests.queries.eligibility import eligibility
from contests.queries.seal_keys import tag_of
from engine.events.domain import record
from people.models import Employee

State = Registration.State


class NotOpen(ValidationError):
    """Registration is not open at this moment."""


class NotEligible(ValidationError):
    """The person does not meet the conditions; `messages` says each one."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__([ValidationError(reason, code="condition") for reason in reasons])
        self.code = "not-eligible"


class AlreadyRegistered(ValidationError):
    """The person has a registration that stands, or was refused."""


class AlreadyDecided(ValidationError):
    """The registration is not waiting for a decision."""


class TooLate(ValidationError):
    """Judging has begun."""


def demand_open(contest: Contest, at: datetime) -> None:
    """Refuse when registration is not open at this moment."""
    opens, closes = contest.registration_opens_at, contest.registration_closes_at
    if contest.state == Contest.State.PUBLISHED and opens and at < opens:
        raise NotOpen(
            _("Registration opens on %(when)s: come back then."), code="too-early", params={"when": _when(opens)}
        )
    if contest.state != Contest.State.PUBLISHED or (closes and at >= closes):
        raise NotOpen(_("Registration is closed: ask the organiser."), code="closed")


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


@transaction.atomic(savepoint=False)
def apply(
    *, contest: Contest, employee: Employee, by: Employee, at: datetime, phone: str = "", note: str = ""
) -> Registration:
    """Register an employee; whether there is a seat is decided when it is confirmed.

    Applying again after a withdrawal uses the same row, at the end of the queue.

    Raises:
        NotOpen, NotEligible, AlreadyRegistered: with what to do next.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_open(contest, at)
    if contest.team_size > 1:
        raise NotEligible([_("This contest is for teams: name everybody of yours.")])
    verdict = eligibility(employee, contest, at=at)
    if not verdict.is_eligible:
        raise NotEligible(verdict.reasons)
    registration = Registration.objects.filter(contest=contest, employee=employee).first()
    if registration and registration.state == State.REFUSED:
        raise AlreadyRegistered(
            _("The registration was refused: %(reason)s. Ask the organiser."),
            code="refused",
            params={"reason": registration.reason or "—"},
        )
    if registration and registration.is_active:
        raise AlreadyRegistered(
            _("Already registered: the registration is under “My contests”."), code="already-registered"
        )
    registration = registration or Registration(contest=contest, employee=employee)
    registration.state, registration.applied_at, registration.decided_at = State.APPLIED, at, None
    registration.phone, registration.note, registration.reason = phone or employee.phone, note, ""
    registration.full_clean(exclude=["contest", "employee", "process"])
    registration.save()
    _record(registration, "registration.applied", by=by, at=at)
    return registration


@transaction.atomic(savepoint=False)
def confirm(*, registration_id: int, by: Employee | None, at: datetime) -> Registration:
    """Accept an applied registration: into a free seat, else onto the waitlist. The last seat is given once.

    Raises:
        AlreadyDecided: it is not waiting for a decision.
    """
    registration, contest = _locked(registration_id)
    _demand_applied(registration)
    registration.state = State.CONFIRMED if seats.has_seat(contest) else State.WAITLISTED
    registration.decided_at = at
    registration.save(update_fields=["state", "decided_at"])
    _record(registration, f"registration.{registration.state}", by=by, at=at)
    return registration


@transaction.atomic(savepoint=False)
def refuse(*, registration_id: int, reason: str, by: Employee | None, at: datetime) -> Registration:
    """Turn an applied registration down, with the reason the applicant will read.

    Raises:
        AlreadyDecided: it is not waiting for a decision.
    """
    registration, _contest = _locked(registration_id)
    _demand_applied(registration)
    registration.state, registration.reason, registration.decided_at = State.REFUSED, reason[:300], at
    registration.save(update_fields=["state", "reason", "decided_at"])
    _record(registration, "registration.refused", by=by, at=at, reason=reason)
    return registration


@transaction.atomic(savepoint=False)
def withdraw(*, registration_id: int, by: Employee | None, at: datetime, reason: str = "") -> Registration:
    """Take a registration back; before the draw the waitlist moves up, after it the entry is marked withdrawn.

    Raises:
        TooLate: judging has begun; the chief judge records who does not start.
        AlreadyDecided: it does not stand any more.
    """
    registration, contest = _locked(registration_id)
    if not registration.is_active:
        raise AlreadyDecided(_("This registration does not stand any more: nothing to withdraw."), code="not-active")
    early = {Contest.State.PUBLISHED, Contest.State.CLOSED}
    if contest.state not in early | {Contest.State.DRAWN}:
        raise TooLate(_("Judging has begun: tell the chief judge, who records it."), code="too-late")
    registration.state, registration.reason, registration.decided_at = State.WITHDRAWN, reason[:300], at
    registration.save(update_fields=["state", "reason", "decided_at"])
    theirs = Q(employee=registration.employee_id)
    if contest.is_sealed:
        theirs |= Q(owner_tag=tag_of(contest.code, registration.employee_id))
    Entry.objects.filter(theirs, contest=contest).update(status=Entry.Status.WITHDRAWN, status_reason=reason[:300])
    _record(registration, "registration.withdrawn", by=by, at=at, reason=reason)
    seats.promote(contest=contest, at=at)
    return registration


@transaction.atomic(savepoint=False)
def close(*, contest: Contest, by: Employee | None, at: datetime) -> Contest:
    """End registration: published → closed. Rules the chief judge has not frozen are frozen by it."""
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, Contest.State.PUBLISHED)
    if contest.rules_frozen_at is None and contest.has_scheme:
        amendments.freeze(contest=contest, by=None, at=at)
        contest.refresh_from_db()
    return move(contest, Contest.State.CLOSED, "registration.closed", by=by, at=at)


def _locked(registration_id: int) -> tuple[Registration, Contest]:
    """Lock the contest (its seats), then read the registration."""
    found = Registration.objects.values_list("contest_id", flat=True).get(pk=registration_id)
    contest = Contest.objects.locked(found)
    return Registration.objects.select_related("employee").get(pk=registration_id), contest


def _demand_applied(registration: Registration) -> None:
    if registration.state != State.APPLIED:
        raise AlreadyDecided(
            _("This registration is “%(state)s” already: reload the list."),
            code="already-decided",
            params={"state": registration.get_state_display()},
        )


def _record(registration: Registration, action: str, *, by: Employee | None, at: datetime, **facts: str) -> None:
    contest = registration.contest
    record(
        contest.subject, action, by=by, at=at, registration=registration.pk, employee=registration.employee_id, **facts
    )
