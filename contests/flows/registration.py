"""From application to a seat, a place on the waitlist, or a refusal with its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contests.domain import registration as verbs
from contests.domain import teams
from contests.flows import policies
from contests.models import Contest, Registration
from engine.approvals.domain import approvals
from engine.approvals.models import Approval as ApprovalRow
from engine.approvals.models import Ballot
from engine.flows.approval import Approval
from engine.flows.flow import JinbangFlow
from engine.flows.nodes import End, Function, Start, this
from people.models import Employee


class RegistrationFlow(JinbangFlow):
    """An application is agreed to by the unit head and the union, then gets a seat or waits for one."""

    process_title = gettext_noop("Registration")

    start = Start().Next(this.agree)
    agree = (
        Approval(policy=policies.REGISTRATION, ask=this.ask)
        .Approved(this.confirm)
        .Refused(this.refuse)
        .Withdrawn(this.withdraw)
        .Annotation(title=gettext_noop("Agree"))
    )
    confirm = Function(this.do_confirm).Next(this.end).Annotation(title=gettext_noop("Seat or waitlist"))
    refuse = Function(this.do_refuse).Next(this.end).Annotation(title=gettext_noop("Refused"))
    withdraw = Function(this.do_withdraw).Next(this.end).Annotation(title=gettext_noop("Withdrawn"))
    end = End()

    def ask(self, step: Any) -> dict[str, Any]:
        """Ask in the applicant's name, whoever typed it in."""
        row = Registration.objects.select_related("contest", "employee").get(pk=_pk(step))
        return {
            "applicant": row.employee,
            "title": _("%(name)s: %(contest)s")
            % {"name": row.team_name or row.employee.name, "contest": row.contest.title},
            "link": f"/contests/{row.contest.code}/",
        }

    def do_confirm(self, step: Any) -> None:
        """A seat, or the waitlist."""
        verbs.confirm(registration_id=_pk(step), by=step.by, at=step.at)

    def do_refuse(self, step: Any) -> None:
        """The reason is what the refusing person wrote."""
        verbs.refuse(registration_id=_pk(step), reason=_note(step, "refuse"), by=step.by, at=step.at)

    def do_withdraw(self, step: Any) -> None:
        """The applicant changed their mind, or the request became void."""
        verbs.withdraw(registration_id=_pk(step), reason=_note(step, "withdraw"), by=step.by, at=step.at)


def _pk(step: Any) -> int:
    return int(step.process.data["registration"])


def _note(step: Any, verb: str) -> str:
    """Return what the person wrote who ended the approval."""
    last = Ballot.objects.filter(approval=step.approval, verb=verb).order_by("position").last()
    return last.note if last else ""


@transaction.atomic(savepoint=False)
def apply(
    *, contest: Contest, employee: Employee, by: Employee, at: datetime, phone: str = "", note: str = ""
) -> Registration:
    """Register an employee and ask those who must agree; see `domain.registration.apply` for the refusals."""
    return _begin(verbs.apply(contest=contest, employee=employee, by=by, at=at, phone=phone, note=note), by=by, at=at)


@transaction.atomic(savepoint=False)
def apply_team(*, by: Employee, at: datetime, **team: Any) -> Registration:
    """Register a team and ask those who must agree, in its captain's name; see `domain.teams.register`."""
    return _begin(teams.register(by=by, at=at, **team), by=by, at=at)


def _begin(registration: Registration, *, by: Employee, at: datetime) -> Registration:
    policies.ensure(policies.REGISTRATION, at=at)
    process = RegistrationFlow.start.run(
        subject=registration.subject, by=by, at=at, data={"registration": registration.pk}
    )
    Registration.objects.filter(pk=registration.pk).update(process=process)
    registration.refresh_from_db()
    return registration


@transaction.atomic(savepoint=False)
def withdraw(*, registration: Registration, by: Employee, at: datetime, reason: str = "") -> Registration:
    """Take a registration back, decided or not; see `domain.registration.withdraw` for the refusals."""
    if registration.process_id is None:
        return verbs.withdraw(registration_id=registration.pk, by=by, at=at, reason=reason)
    with RegistrationFlow.lock(registration.process_id):
        running = _running(registration)
        if running is not None and by.pk == registration.employee_id:
            approvals.withdraw(running.pk, ballot=uuid4(), person=by, at=at, note=reason)
        else:
            if running is not None:
                RegistrationFlow.call_off(registration.process, by=by, at=at)
            verbs.withdraw(registration_id=registration.pk, by=by, at=at, reason=reason)
    registration.refresh_from_db()
    return registration


def review(*, registration: Registration, verb: str, by: Employee, at: datetime, note: str = "") -> Registration:
    """Decide about a registration from the organiser's list: approve or refuse; the inbox does the same.

    Raises:
        approvals.NotYours: somebody else is asked now, such as the unit head.
        verbs.AlreadyDecided: nothing waits any more.
    """
    running = _running(registration)
    if running is None:
        raise verbs.AlreadyDecided(
            _("This registration is “%(state)s” already: reload the list."),
            code="already-decided",
            params={"state": registration.get_state_display()},
        )
    approvals.decide(running.pk, ballot=uuid4(), person=by, verb=verb, note=note, at=at)
    registration.refresh_from_db()
    return registration


def _running(registration: Registration) -> ApprovalRow | None:
    """Return the approval that still runs."""
    return ApprovalRow.objects.filter(subject=registration.subject, finished_at=None).first()
