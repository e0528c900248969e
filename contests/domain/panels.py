"""Who judges, and which aspects each of them marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from contests.domain.setup import demand_state
from contests.models import Contest, PanelMember, Sheet
from contests.queries.panels import aspects_of, conflicts_of
from engine.events.domain import record
from people.models import Employee

Role = PanelMember.Role
OPEN = (
    Contest.State.DRAFT,
    Contest.State.APPROVING,
    Contest.State.PUBLISHED,
    Contest.State.CLOSED,
    Contest.State.DRAWN,
)


class ConflictOfInterest(ValidationError):
    """The person must not judge this contest."""


class AlreadyOnPanel(ValidationError):
    """The person, or another chief judge, sits on the panel already."""


class NoJudge(ValidationError):
    """The person does not hold the role of a judge, or has left."""


class UnknownAspect(ValidationError):
    """The scheme has no such aspect."""


@transaction.atomic(savepoint=False)
def assign(
    *,
    contest: Contest,
    employee: Employee,
    by: Employee,
    at: datetime,
    role: str = Role.JUDGE,
    aspects: Sequence[str] = (),
) -> PanelMember:
    """Put somebody on the panel under the next code (J1, J2 …; T1 …; C1).

    A tolerated conflict of interest stands in `warning` of the member.

    Args:
        role: judge · technical · chief; the chief becomes the contest's chief judge.
        aspects: codes they mark; empty: what the role marks.

    Raises:
        ConflictOfInterest, AlreadyOnPanel, NoJudge, UnknownAspect, setup.WrongState.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *OPEN)
    if not employee.is_active:
        raise NoJudge(_("%(name)s has left: choose another judge."), code="left", params={"name": employee.name})
    _demand_aspects(contest, aspects)
    if contest.panel.filter(employee=employee).exists():
        raise AlreadyOnPanel(
            _("%(name)s is on the panel already."), code="already-on-panel", params={"name": employee.name}
        )
    if role == Role.CHIEF and contest.panel.filter(role=Role.CHIEF).exists():
        raise AlreadyOnPanel(_("The panel has a chief judge: release that one first."), code="second-chief")
    conflicts = conflicts_of(employee, contest)
    if refused := [conflict.text for conflict in conflicts if conflict.is_refused]:
        raise ConflictOfInterest(refused[0], code="conflict-of-interest")
    member = PanelMember(
        contest=contest,
        employee=employee,
        code=_next_code(contest, role),
        name=employee.name,
        unit=employee.unit.name if employee.unit else "",
        role=role,
        aspects=list(aspects),
        position=(contest.panel.aggregate(last=Max("position"))["last"] or 0) + 1,
        warning=" ".join(conflict.text for conflict in conflicts)[:300],
    )
    member.full_clean(exclude=["contest", "employee"])
    member.save()
    if role == Role.CHIEF:
        contest.chief_judge = employee
        contest.save(update_fields=["chief_judge"])
    record(contest.subject, "panel.assigned", by=by, at=at, employee=employee.pk, role=role, warning=member.warning)
    return member


@transaction.atomic(savepoint=False)
def release(*, contest: Contest, member: PanelMember, by: Employee, at: datetime) -> None:
    """Take somebody off the panel, as long as there are no sheets.

    Raises:
        setup.WrongState: judging has begun; the chief judge closes judging without that sheet.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *OPEN)
    if member.role == Role.CHIEF:
        contest.chief_judge = None
        contest.save(update_fields=["chief_judge"])
    contest.panel.filter(pk=member.pk).delete()
    record(contest.subject, "panel.released", by=by, at=at, employee=member.employee_id)


def open_sheets(contest: Contest) -> list[Sheet]:
    """Give every member of a locked contest's panel their sheet; the chief's, without aspects, holds what they settle."""
    members = list(contest.panel.order_by("position"))
    aspects = aspects_of(contest.marking_scheme, members)
    return Sheet.objects.bulk_create(
        Sheet(contest=contest, member=member, aspects=aspects[member.pk]) for member in members
    )


def _demand_aspects(contest: Contest, aspects: Sequence[str]) -> None:
    if not aspects:
        return
    known = {aspect.code for aspect in contest.marking_scheme.aspects} if contest.has_scheme else set()
    if unknown := sorted(set(aspects) - known):
        raise UnknownAspect(
            _("The marking scheme has no aspect %(codes)s: choose from its aspects."),
            code="unknown-aspect",
            params={"codes": ", ".join(unknown)},
        )


def _next_code(contest: Contest, role: str) -> str:
    letter = {Role.JUDGE: "J", Role.TECHNICAL: "T", Role.CHIEF: "C"}[Role(role)]
    taken = set(contest.panel.values_list("code", flat=True))
    return next(code for code in (f"{letter}{number}" for number in range(1, len(taken) + 2)) if code not in taken)
