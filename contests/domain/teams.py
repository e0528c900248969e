"""Teams 参赛队: a unit registers one, with substitutes; a substitute takes somebody's place until judging begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contests.domain import registration as registrations
from contests.domain.registration import AlreadyRegistered, NotEligible
from contests.domain.setup import demand_state
from contests.models import Contest, Entry, Registration, Teammate
from contests.pure import team as rules
from contests.queries import teams
from contests.queries.eligibility import eligibility
from contests.queries.seal_keys import tag_of
from engine.events.domain import record
from engine.notices.domain import tell
from people.models import Employee, Unit

State = Contest.State
BEFORE_JUDGING = (State.PUBLISHED, State.CLOSED, State.DRAWN)
Place = tuple[Employee, str]  # somebody and their role in the team
SAID = {
    "too_few": gettext_noop("A team of this contest has %(size)s people: name everybody."),
    "too_many": gettext_noop("A team of this contest has %(size)s people: name the others as substitutes."),
    "too_many_substitutes": gettext_noop("A team has at most %(most)s substitutes."),
    "twice": gettext_noop("Name everybody once."),
}


class NotATeam(ValidationError):
    """The people named make no team of this contest."""


class NotYours(ValidationError):
    """The person may not register a team for this unit."""


class NoPlace(ValidationError):
    """Who leaves has left, or who steps in cannot."""


@transaction.atomic(savepoint=False)
def register(
    *, contest: Contest, unit: Unit, name: str, members: Sequence[Place], substitutes: Sequence[Place], by: Employee,
    at: datetime, phone: str = "", note: str = "",
) -> Registration:  # fmt: skip
    """Register a unit's team; the first member is its captain, in whose name it is asked for.

    Raises:
        NotATeam: the contest is not for teams, the wrong number of people, somebody twice or of another unit.
        NotYours: the person neither belongs to the unit nor heads it.
        NotOpen, NotEligible (each reason with its name), AlreadyRegistered: see `registration.apply`.
    """
    contest = Contest.objects.locked(contest.pk)
    registrations.demand_open(contest, at)
    if unit.pk not in {row.pk for row in teams.units_of(by)}:
        raise NotYours(_("You register teams of your own units only."), code="unit")
    everybody = [person for person, _role in (*members, *substitutes)]
    _demand_team(contest, unit, members, substitutes)
    _demand_eligible(contest, everybody, at)
    captain = members[0][0]
    row = _row_of(contest, captain)
    row.state, row.applied_at, row.decided_at = Registration.State.APPLIED, at, None
    row.team_name, row.unit, row.phone = name.strip(), unit, phone or captain.phone
    row.note, row.reason = note, ""
    if not row.team_name:
        raise NotATeam(_("Give the team a name."), code="name")
    row.full_clean(exclude=["contest", "employee", "process", "unit"])
    row.save()
    row.team.all().delete()
    Teammate.objects.bulk_create(
        Teammate(registration=row, employee=person, role=role.strip()[:40], is_substitute=is_substitute)
        for places, is_substitute in ((members, False), (substitutes, True))
        for person, role in places
    )
    record(
        contest.subject, "registration.applied", by=by, at=at,
        registration=row.pk, employee=captain.pk, team=row.team_name, people=[person.pk for person in everybody],
    )  # fmt: skip
    _tell(row, everybody, gettext_noop("You were named for team %(team)s: %(contest)s"), at=at, but=by)
    return row


@transaction.atomic(savepoint=False)
def substitute(
    *, registration: Registration, leaving: int, entering: int, reason: str, by: Employee, at: datetime
) -> Teammate:
    """Let a substitute take a member's place, before judging begins; both stay in the history. A captain's goes on as captain.

    Args:
        leaving, entering: keys of the team's rows.

    Raises:
        NoPlace: one of them has left, is no substitute, has stepped in already, or is not eligible (any more).
        setup.WrongState: judging has begun; ValidationError: no reason.
    """
    contest = Contest.objects.locked(registration.contest_id)
    demand_state(contest, *BEFORE_JUDGING)
    registration = Registration.objects.select_related("employee").get(pk=registration.pk)
    if not reason.strip():
        raise ValidationError(_("Write the reason: it stays with the decision."), code="reason")
    rows = {row.pk: row for row in registration.team.select_related("employee__unit", "employee__trade")}
    out, stepping_in = rows.get(leaving), rows.get(entering)
    if out is None or not out.takes_part or not registration.is_active:
        raise NoPlace(_("Choose somebody who is in the team now: reload the page."), code="left")
    if stepping_in is None or stepping_in.left_at or not stepping_in.is_substitute or stepping_in.stepped_in_for_id:
        raise NoPlace(_("Choose a substitute who still waits: reload the page."), code="not-waiting")
    verdict = eligibility(stepping_in.employee, contest, at=at, advances=True)
    if not verdict.is_eligible:
        raise NotEligible([f"{stepping_in.employee.name}: {text}" for text in verdict.reasons])
    out.left_at, out.reason = at, reason.strip()[:300]
    out.save(update_fields=["left_at", "reason"])
    stepping_in.stepped_in_for = out
    stepping_in.role = stepping_in.role or out.role
    stepping_in.save(update_fields=["stepped_in_for", "role"])
    if out.employee_id == registration.employee_id:
        _hand_over(contest, registration, stepping_in.employee)
    record(
        contest.subject, "team.substituted", by=by, at=at, registration=registration.pk,
        team=registration.team_name, left=out.employee_id, stepped_in=stepping_in.employee_id, reason=out.reason,
    )  # fmt: skip
    people = [out.employee, stepping_in.employee]
    _tell(registration, people, gettext_noop("Team %(team)s was changed: %(contest)s"), at=at, but=by)
    return stepping_in


def _demand_team(contest: Contest, unit: Unit, members: Sequence[Place], substitutes: Sequence[Place]) -> None:
    if contest.team_size < 2:
        raise NotATeam(_("In this contest everybody takes part for themselves."), code="no-team-contest")
    numbers = [[person.number for person, _role in places] for places in (members, substitutes)]
    if found := rules.faults(contest.team_size, *numbers):
        params = {"size": contest.team_size, "most": rules.MOST_SUBSTITUTES}
        raise NotATeam([ValidationError(_(SAID[code]), code=code, params=params) for code in found])
    strangers = [
        person.name
        for person, _role in (*members, *substitutes)
        if person.unit is None or not person.unit.path.startswith(unit.path)
    ]
    if strangers:
        raise NotATeam(
            _("%(names)s do not belong to %(unit)s."),
            code="other-unit",
            params={"names": "、".join(strangers), "unit": unit.name},
        )


def _demand_eligible(contest: Contest, people: Sequence[Employee], at: datetime) -> None:
    """Refuse who does not meet the conditions, or stands in another team or by themselves already."""
    against = [f"{person.name}: {text}" for person in people for text in eligibility(person, contest, at=at).reasons]
    if against:
        raise NotEligible(against)
    taken = teams.taken(contest, people)
    if taken:
        raise AlreadyRegistered(
            _("In another team of this contest already: %(names)s."),
            code="already-registered",
            params={"names": "、".join(taken)},
        )


def _row_of(contest: Contest, captain: Employee) -> Registration:
    """Return the captain's registration row, to be used again after a withdrawal."""
    row = Registration.objects.filter(contest=contest, employee=captain).first()
    if row is None:
        return Registration(contest=contest, employee=captain)
    if row.state == Registration.State.REFUSED:
        raise AlreadyRegistered(
            _("The registration was refused: %(reason)s. Ask the organiser."),
            code="refused",
            params={"reason": row.reason or "—"},
        )
    return row


def _hand_over(contest: Contest, registration: Registration, captain: Employee) -> None:
    """Make somebody captain: the registration and the entry, if drawn, are theirs; under seal the tag is."""
    former = registration.employee
    if Registration.objects.filter(contest=contest, employee=captain).exclude(pk=registration.pk).exists():
        raise NoPlace(
            _("%(name)s applied with another team before and cannot become captain: choose another substitute."),
            code="other-registration",
            params={"name": captain.name},
        )
    registration.employee = captain
    registration.save(update_fields=["employee"])
    Entry.objects.filter(contest=contest, employee=former).update(employee=captain)
    if contest.is_sealed:
        tag = tag_of(contest.code, former.pk)
        Entry.objects.filter(contest=contest, owner_tag=tag).update(owner_tag=tag_of(contest.code, captain.pk))


def _tell(row: Registration, people: Sequence[Employee], title: str, *, at: datetime, but: Employee) -> None:
    tell(
        [person for person in people if person.pk != but.pk], kind="contest.team", title=title,
        params={"team": row.team_name, "contest": row.contest.title}, cause=f"registration:{row.pk}:{at.isoformat()}",
        link=f"/contests/{row.contest.code}/", at=at,
    )  # fmt: skip
