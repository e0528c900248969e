"""Appeals and objections: which keep a result from being final, who may decide them, what pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contests.models import Appeal, Contest, PanelMember, Registration, Teammate
from contests.queries.owners import own_entry
from contests.queries.panels import NARROW
from contests.queries.teams import of_person
from engine.approvals.subjects import describe
from people.models import Employee, Unit
from people.queries import ties_of

State = Appeal.State
OPEN = (State.SUBMITTED, State.HEARING)


def state_label(appeal: Appeal) -> str:
    """Name the state of an appeal; “withdrawn” alone means leaving a contest."""
    return _("withdrawn by the appellant") if appeal.state == State.WITHDRAWN else appeal.get_state_display()


def pending(contest: Contest) -> QuerySet[Appeal]:
    """Return the appeals that keep the result from being final: undecided, or upheld and not carried out yet."""
    unsettled = Q(state__in=OPEN) | Q(state=State.UPHELD, process__isnull=False, process__finished__isnull=True)
    return Appeal.objects.filter(unsettled, contest=contest).order_by()


def may_still_appeal(contest: Contest, at: datetime) -> bool:
    """Whether appeals are taken now: while the result is on public notice, until its last moment."""
    return contest.state == Contest.State.NOTICE and contest.notice_until is not None and at <= contest.notice_until


def people_behind(appeal: Appeal) -> list[Employee]:
    """Return who the appeal is about: the appellant and the people of the entry. At most three statements."""
    found = {appeal.by_id: appeal.by}
    if appeal.entry is not None:
        if appeal.entry.employee is not None:
            found[appeal.entry.employee.pk] = appeal.entry.employee
        for mate in Teammate.objects.filter(entry=appeal.entry, left_at=None).select_related("employee__unit"):
            found[mate.employee_id] = mate.employee
    return list(found.values())


def conflicts_of(person: Employee, appeal: Appeal) -> list[str]:
    """Return in words what keeps somebody from arbitrating an appeal; nothing when they may. At most nine statements.

    Kept out: who has left, the appellant and who the appeal is about, contestants and members of the panel of the
    contest, relatives, mentors and apprentices of those people, and colleagues of their team or shop.
    """
    contest, name = appeal.contest, {"name": person.name}
    said: list[str] = []
    if not person.is_active:
        said.append(_("%(name)s has left: choose somebody else.") % name)
    behind = people_behind(appeal)
    if person.pk in {row.pk for row in behind}:
        said.append(_("%(name)s is a party to this appeal.") % name)
    elif _takes_part(person, contest):
        said.append(_("%(name)s takes part in this contest.") % name)
    if PanelMember.objects.filter(contest=contest, employee=person).exists() or contest.chief_judge_id == person.pk:
        said.append(_("%(name)s judged this contest.") % name)
    ties = ties_of(person)
    for other in behind:
        if other.pk == person.pk:
            continue
        both = {"name": person.name, "other": other.name}
        if other.pk in ties:
            said.append(_("%(name)s and %(other)s are relatives, or mentor and apprentice.") % both)
        if _is_near(person.unit, other.unit):
            said.append(_("%(name)s and %(other)s are of the same unit.") % both)
    return said


def _takes_part(person: Employee, contest: Contest) -> bool:
    gone = (Registration.State.REFUSED, Registration.State.WITHDRAWN)
    if own_entry(person, contest) is not None:
        return True
    theirs = Registration.objects.filter(of_person(person, contest), contest=contest)
    return theirs.exclude(state__in=gone).exists()


def _is_near(unit: Unit | None, other: Unit | None) -> bool:
    """Whether two units are the same team or shop, or one is a team of the other; sharing a plant is no conflict."""
    if unit is None or other is None:
        return False
    upper, lower = sorted((unit, other), key=lambda row: len(row.path))
    return upper.kind in NARROW and lower.path.startswith(upper.path)


@dataclass(frozen=True)
class AppealRow:
    """One appeal in a list."""

    appeal: Appeal
    needs_arbitrators: bool
    needs_change: bool


def of_contest(contest: Contest) -> list[AppealRow]:
    """Return a contest's appeals, newest first, with what the organiser must do. One statement."""
    rows = Appeal.objects.filter(contest=contest).select_related("entry", "by__unit", "process")
    return [row_of(row) for row in rows]


def row_of(appeal: Appeal) -> AppealRow:
    """Say what an appeal waits for; no statement when `process` came with it."""
    process = appeal.process
    is_running = process is not None and process.finished is None
    return AppealRow(
        appeal,
        needs_arbitrators=is_running and appeal.state == State.SUBMITTED,
        needs_change=is_running and appeal.state == State.UPHELD,
    )


def mine(person: Employee, contest: Contest) -> list[Appeal]:
    """Return the appeals a person handed in. One statement."""
    return list(Appeal.objects.filter(contest=contest, by=person).select_related("entry"))


@dataclass(frozen=True)
class Offer:
    """What the result's page says about appeals to one person."""

    may: bool
    is_contestant: bool
    mine: list[Appeal]
    open_count: int


def offer(person: Employee, contest: Contest, *, at: datetime) -> Offer:
    """Return whether a person may appeal or object now, and what they handed in. Three statements."""
    return Offer(
        may=may_still_appeal(contest, at),
        is_contestant=own_entry(person, contest) is not None,
        mine=mine(person, contest),
        open_count=pending(contest).count() if contest.state == Contest.State.NOTICE else 0,
    )


@describe("appeal")
def appeal_facts(key: str) -> tuple[list[tuple[str, Any]], str] | None:
    """Describe `appeal:<id>` for the arbitrators; None when it is gone."""
    try:
        known = UUID(key)
    except ValueError:
        return None
    row = Appeal.objects.select_related("contest", "entry", "by__unit").filter(pk=known).first()
    if row is None:
        return None
    facts = [
        (_("Contest"), row.contest.title),
        (_("Kind"), row.get_kind_display()),
        (_("Handed in by"), row.by.name),
        (_("Unit"), row.by.unit),
        (_("Entry"), row.entry),
        (_("What is wrong"), row.text),
        (_("Evidence"), row.evidence.count() or None),
    ]
    return [(label, value) for label, value in facts if value], f"/contests/appeals/{row.pk}/"
