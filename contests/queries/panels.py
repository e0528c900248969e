"""Who should not judge whom, and who marks what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from contests.models import Contest, PanelMember, Registration, Teammate
from contests.pure.scheme import Scheme
from people.models import Employee, Tie, Unit
from people.queries import ties_between, ties_of

Role = PanelMember.Role
NARROW = {Unit.Kind.SHOP, Unit.Kind.TEAM}


@dataclass(frozen=True)
class Conflict:
    """A conflict of interest 利害关系; a `is_refused` one keeps the person off the panel, another is shown."""

    kind: str
    text: str
    is_refused: bool


def conflicts_of(employee: Employee, contest: Contest) -> list[Conflict]:
    """List what speaks against this judge: taking part, a relative or one's mentor or apprentice taking part (always refused),
    contestants of the own unit (as the contest says).

    Of a team everybody counts, substitutes too. Own unit: the same team or shop, or a team of the own shop; sharing a plant is
    no conflict. Three statements, one more for teams.
    """
    return _against(employee, ties_of(employee), contestants_of(contest), contest)


def panel_conflicts(contest: Contest) -> list[Conflict]:
    """List what keeps members of the panel from judging now that everybody is registered. Three statements, four for teams.

    A panel is usually named before registration: what was no conflict then may be one at the start of judging.
    """
    panel = contest.panel.filter(employee__isnull=False, left_at=None).exclude(role=Role.OBSERVER)
    judges = [member.employee for member in panel.select_related("employee__unit") if member.employee is not None]
    contestants = contestants_of(contest)
    ties = ties_between([row.pk for row in judges], [row.pk for row in contestants])
    return [
        conflict
        for judge in judges
        for conflict in _against(judge, ties.get(judge.pk, {}), contestants, contest)
        if conflict.is_refused
    ]


def _against(
    employee: Employee, ties: Mapping[int, set[str]], contestants: Iterable[Employee], contest: Contest
) -> list[Conflict]:
    found: list[Conflict] = []
    near: list[str] = []
    for contestant in contestants:
        if contestant.pk == employee.pk:
            text = _("%(name)s takes part in this contest: choose another judge.") % {"name": employee.name}
            found.append(Conflict("contestant", text, is_refused=True))
        elif contestant.pk in ties:
            text = _("%(judge)s has a declared tie (%(kinds)s) with %(name)s: choose another judge.") % {
                "judge": employee.name,
                "name": contestant.name,
                "kinds": "、".join(sorted(str(Tie.Kind(kind).label) for kind in ties[contestant.pk])),
            }
            found.append(Conflict("tie", text, is_refused=True))
        elif _is_near(employee.unit, contestant.unit):
            near.append(contestant.name)
    if near:
        is_refused = contest.same_unit == Contest.SameUnit.REFUSE
        text = (
            _("%(judge)s is of the same unit as %(names)s: choose another judge.")
            if is_refused
            else _("%(judge)s is of the same unit as %(names)s: choose another judge, or let them recuse.")
        ) % {"judge": employee.name, "names": "、".join(near[:5]) + ("…" if len(near) > 5 else "")}
        found.append(Conflict("same_unit", text, is_refused=is_refused))
    return found


def contestants_of(contest: Contest) -> list[Employee]:
    """Return everybody who is registered and not refused or withdrawn, of teams all people who have not left."""
    gone = [Registration.State.REFUSED, Registration.State.WITHDRAWN]
    rows = Registration.objects.filter(contest=contest).exclude(state__in=gone).select_related("employee__unit")
    found = {row.employee_id: row.employee for row in rows}
    if contest.team_size > 1:
        mates = Teammate.objects.filter(registration__in=[row.pk for row in rows], left_at=None)
        found |= {mate.employee_id: mate.employee for mate in mates.select_related("employee__unit").order_by("pk")}
    return list(found.values())


def _is_near(unit: Unit | None, other: Unit | None) -> bool:
    if unit is None or other is None:
        return False
    upper, lower = sorted((unit, other), key=lambda row: len(row.path))
    return upper.kind in NARROW and lower.path.startswith(upper.path)


# Who gives marks that count.
COUNTING = (Role.JUDGE, Role.TECHNICAL, Role.CHIEF)


def aspects_of(scheme: Scheme, panel: Iterable[PanelMember]) -> dict[int, list[str]]:
    """Return member pk → the aspects they mark, in the scheme's order.

    Chosen aspects stand. Else judges mark judgements, technical members measurements (one agreed value: without a
    technical member the first judge enters it), trainees mark judgements for practice, the chief judge and observers
    nothing.
    """
    members = list(panel)
    judgements = [aspect.code for aspect in scheme.aspects if aspect.kind == "judgement"]
    measurements = [aspect.code for aspect in scheme.aspects if aspect.kind == "measurement"]
    technical = [member for member in members if member.role == Role.TECHNICAL and not member.aspects]
    judges = [member for member in members if member.role == Role.JUDGE and not member.aspects]
    trainees = [member for member in members if member.role == Role.TRAINEE and not member.aspects]
    taken = {code for member in members if member.role != Role.TRAINEE for code in member.aspects}
    measuring = technical[0] if technical else (judges[0] if judges else None)
    given: dict[int, list[str]] = {}
    for member in members:
        codes = set() if member.role == Role.OBSERVER else set(member.aspects)
        if member in judges or member in trainees:
            codes |= set(judgements)
        if member is measuring:
            codes |= set(measurements) - taken
        given[member.pk] = [aspect.code for aspect in scheme.aspects if aspect.code in codes]
    return given
