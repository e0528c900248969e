"""May this person register, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from contests.models import Contest, PanelMember
from contests.pure.conditions import Candidate, Conditions, Reason, reasons
from people.models import Employee, Trade, Unit


@dataclass(frozen=True)
class Eligibility:
    """The answer, with one sentence a reason against."""

    reasons: list[str] = field(default_factory=list)

    @property
    def is_eligible(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def read_conditions(data: object) -> Conditions:
    """Return the stored conditions; ValueError when they have another shape."""
    stored: dict[str, Any] = data if isinstance(data, dict) else {"": data}
    trades, unit_ids = stored.get("trades", []), stored.get("unit_ids", [])
    level = stored.get("minimum_skill_level", 0)
    is_right = (
        isinstance(trades, list)
        and all(isinstance(code, str) for code in trades)
        and isinstance(unit_ids, list)
        and all(type(pk) is int for pk in unit_ids)
        and type(level) is int
        and level in Employee.SkillLevel.values
        and set(stored) <= {"trades", "unit_ids", "minimum_skill_level"}
    )
    if not is_right:
        raise ValueError("not conditions of a contest")
    return Conditions(frozenset(trades), frozenset(unit_ids), level)


def candidate(person: Employee) -> Candidate:
    """Return what the conditions ask about a person; read once per person object."""
    if "_candidate" not in person.__dict__:
        codes = person.unit.ancestor_codes if person.unit else []
        person.__dict__["_candidate"] = Candidate(
            trade=person.trade.code if person.trade else "",
            unit_ids=frozenset(Unit.objects.filter(code__in=codes).values_list("pk", flat=True)),
            skill_level=person.skill_level,
        )
    found: Candidate = person.__dict__["_candidate"]
    return found


def eligibility(person: Employee, contest: Contest, *, at: datetime, advances: bool = False) -> Eligibility:
    """List every reason why this person may not register for the contest, in their language.

    Args:
        advances: they come from the round before, or step into a team that does.
    """
    found = [_sentence(reason) for reason in reasons(read_conditions(contest.conditions), candidate(person))]
    if not person.is_active:
        found.append(_("You have left the company."))
    if contest.previous_round_id is not None and not advances:
        found.append(_("This is a later round: it is entered by those who advance."))
    if PanelMember.objects.filter(contest=contest, employee=person).exists():
        found.append(_("You are on the panel of this contest: judges do not take part."))
    return Eligibility(found)


def _sentence(reason: Reason) -> str:
    if reason.code == "trade_not_admitted":
        codes = str(reason.params["trades"]).split(", ")
        names = "、".join(Trade.objects.filter(code__in=codes).values_list("name", flat=True))
        return _("Only for the trades %(trades)s: ask your unit to correct your trade if it is wrong.") % {
            "trades": names
        }
    if reason.code == "unit_not_admitted":
        return _("Only for employees of other units: look for a contest of your own unit.")
    level = Employee.SkillLevel(int(reason.params["minimum"])).label
    return _("The lowest skill level is %(level)s: register after your next assessment.") % {"level": level}
