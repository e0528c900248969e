"""Who judges, and which aspects each of them marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from contests.domain.setup import demand_state
from contests.models import Contest, Entry, Mark, PanelMember, Recusal, Sheet
from contests.pure import assignment, decimals
from contests.queries.panels import aspects_of, conflicts_of
from engine.events.domain import record
from engine.live import domain as live
from people.models import Employee

Role = PanelMember.Role
MOST_ROUNDS = 9
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


class NoReason(ValidationError):
    """Nobody would understand it later."""


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
        role: judge · technical · chief · trainee (for practice, never counted) · observer; the chief becomes the contest's
            chief judge.
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
    member = _seat(contest, employee, role, aspects)
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


@transaction.atomic(savepoint=False)
def replace(
    *, contest: Contest, member: PanelMember, employee: Employee, reason: str, by: Employee, at: datetime
) -> PanelMember:
    """Put another judge in somebody's place in mid-round: marks given stay, the new judge marks the rest.

    The sheet of who leaves is closed as it is; the new one asks for what is not marked yet.

    Raises:
        NoReason, NoJudge, ConflictOfInterest, AlreadyOnPanel, setup.WrongState.
    """
    _demand_reason(reason)
    held = {sheet.member_id: sheet for sheet in Sheet.objects.select_for_update(no_key=True).filter(contest=contest)}
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, Contest.State.JUDGING)
    member = contest.panel.get(pk=member.pk)
    sheet = held.get(member.pk)
    if member.left_at is not None or sheet is None or member.role not in {Role.JUDGE, Role.TECHNICAL, Role.TRAINEE}:
        raise NoJudge(_("This member cannot be replaced: choose a judge who is marking."), code="not-replaceable")
    if not employee.is_active:
        raise NoJudge(_("%(name)s has left: choose another judge."), code="left", params={"name": employee.name})
    if contest.panel.filter(employee=employee).exists():
        raise AlreadyOnPanel(
            _("%(name)s is on the panel already."), code="already-on-panel", params={"name": employee.name}
        )
    fresh = _seat(contest, employee, member.role, sheet.aspects)
    member.left_at, member.left_reason, member.replaced_by = at, reason.strip()[:300], fresh
    member.save(update_fields=["left_at", "left_reason", "replaced_by"])
    Sheet.objects.filter(pk=sheet.pk, state=Sheet.State.OPEN).update(state=Sheet.State.CLOSED)
    Sheet.objects.create(contest=contest, member=fresh, aspects=sheet.aspects)
    record(
        contest.subject, "panel.replaced", by=by, at=at,
        judge=member.code, replaced_by=fresh.code, employee=employee.pk, reason=member.left_reason,
    )  # fmt: skip
    return fresh


@transaction.atomic(savepoint=False)
def recuse(*, sheet_id: int, entry: str, reason: str, by: Employee, at: datetime) -> Recusal:
    """Let a judge not mark one entry 回避; a mark given before is cleared and stays in the history.

    Raises:
        NoReason, setup.WrongState; NoJudge: the entry is unknown, or the sheet is signed.
    """
    _demand_reason(reason)
    sheet = (
        Sheet.objects.select_for_update(no_key=True, of=("self",)).select_related("contest", "member").get(pk=sheet_id)
    )
    demand_state(sheet.contest, Contest.State.JUDGING)
    row = Entry.objects.filter(contest=sheet.contest_id, code=entry).first()
    if row is None or sheet.state != Sheet.State.OPEN:
        raise NoJudge(_("Choose a contestant of this open sheet."), code="unknown-entry")
    made, is_new = Recusal.objects.get_or_create(
        member=sheet.member, entry=row, defaults={"reason": reason.strip()[:300], "by": by, "at": at}
    )
    if not is_new:
        return made
    given = Mark.objects.filter(sheet=sheet, entry=row, value__isnull=False)
    before = {
        aspect: decimals.text(value) for aspect, value in given.values_list("aspect", "value") if value is not None
    }
    cleared = given.update(value=None, version=F("version") + 1)
    Sheet.objects.filter(pk=sheet.pk).update(version=F("version") + cleared)
    record(
        sheet.contest.subject, "panel.recused", by=by, at=at,
        judge=sheet.member.code, entry=entry, reason=made.reason, cleared=before,
    )  # fmt: skip
    live.stir(sheet.contest.code)
    return made


@transaction.atomic(savepoint=False)
def distribute(*, contest: Contest, per_entry: int, by: Employee, at: datetime) -> dict[str, tuple[str, ...]]:
    """Give every entry so many of the panel's judges, evenly, before the first mark; 0: every judge marks every entry.

    What judges marked in earlier rounds counts as work done; recusals are kept. The lot is drawn from the public seed.

    Returns:
        entry code → codes of its judges.

    Raises:
        NoJudge: an entry has too few judges without a conflict, or marks exist; setup.WrongState.
    """
    sheets = list(Sheet.objects.select_for_update(no_key=True).filter(contest=contest).order_by("pk"))
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, Contest.State.JUDGING)
    if Mark.objects.filter(sheet__in=sheets).exists():
        raise NoJudge(_("Marks exist already: replace or recuse single judges instead."), code="marked")
    members = {row.code: row for row in contest.panel.filter(role=Role.JUDGE, left_at=None)}
    entries = dict(contest.entries.filter(status="").order_by("start_order").values_list("code", "pk"))
    Recusal.objects.filter(member__contest=contest, is_planned=True).delete()
    plan: dict[str, tuple[str, ...]] = {code: tuple(members) for code in entries}
    if per_entry:
        barred = Recusal.objects.filter(member__contest=contest).values_list("member__code", "entry__code")
        try:
            plan = assignment.assign(
                list(entries), list(members), per_entry, excluded=set(barred), loads=_earlier_loads(contest, members),
                seed=contest.draw_seed,
            )  # fmt: skip
        except assignment.TooFewJudges as short:
            raise NoJudge(
                _("Too few judges without a conflict for %(entries)s: name more, or fewer judges an entry."),
                code="too-few",
                params={"entries": "、".join(short.entries[:6])},
            ) from None
        Recusal.objects.bulk_create(
            (
                Recusal(member=member, entry_id=entries[entry], reason="", is_planned=True, by=by, at=at)
                for entry, panel in plan.items()
                for code, member in members.items()
                if code not in panel
            ),
            ignore_conflicts=True,
        )
    record(contest.subject, "panel.distributed", by=by, at=at, per_entry=per_entry, plan=plan)
    return plan


def _earlier_loads(contest: Contest, members: Mapping[str, PanelMember]) -> dict[str, int]:
    """Count the entries each judge has marked in the rounds before this one. A statement a round."""
    people = {row.employee_id: code for code, row in members.items() if row.employee_id}
    loads: Counter[str] = Counter()
    earlier, rounds = contest.previous_round_id, 0
    while earlier is not None and rounds < MOST_ROUNDS:
        marked = Mark.objects.filter(sheet__contest=earlier, sheet__member__employee__in=people, value__isnull=False)
        for employee, _entry in marked.values_list("sheet__member__employee", "entry").distinct().order_by():
            loads[people[employee]] += 1
        earlier = Contest.objects.values_list("previous_round", flat=True).get(pk=earlier)
        rounds += 1
    return dict(loads)


@transaction.atomic(savepoint=False)
def set_leader(*, contest: Contest, member: PanelMember, by: Employee, at: datetime) -> None:
    """Make one judge the group leader, who has contested marks given again."""
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *OPEN, Contest.State.JUDGING)
    contest.panel.update(is_leader=False)
    contest.panel.filter(pk=member.pk, left_at=None).update(is_leader=True)
    record(contest.subject, "panel.leader-named", by=by, at=at, judge=member.code)


def _seat(contest: Contest, employee: Employee, role: str, aspects: Sequence[str]) -> PanelMember:
    """Store a member of a locked contest's panel, unless a conflict of interest forbids it."""
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
    return member


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise NoReason(_("Write the reason: it stays with the decision."), code="reason")


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
    letter = {Role.JUDGE: "J", Role.TECHNICAL: "T", Role.CHIEF: "C", Role.TRAINEE: "P", Role.OBSERVER: "O"}[Role(role)]
    taken = set(contest.panel.values_list("code", flat=True))
    return next(code for code in (f"{letter}{number}" for number in range(1, len(taken) + 2)) if code not in taken)
