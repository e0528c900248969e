"""Who may buy what, from the database: what an item asks, what is known of a person, the sentence for each lack."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Employee
from rewards.models import Item
from rewards.models.ledger import Transfer
from rewards.pure import codes
from rewards.pure.eligibility import Buyer, Conditions, Lack, lacks


def earned_points(employee: Employee) -> int:
    """Return what a person has been awarded in all, less what was taken back. 1 SQL statement."""
    wallet = f"wallet:{employee.number}"
    mine = Q(credit=wallet) | Q(credit__startswith=f"{wallet}@")
    taken = Q(debit=wallet) | Q(debit__startswith=f"{wallet}@")
    rows = Transfer.objects.aggregate(
        earned=Sum("amount", filter=mine & Q(kind=codes.AWARD)), undone=Sum("amount", filter=taken & Q(kind=codes.REVERSE))
    )  # fmt: skip
    return (rows["earned"] or 0) - (rows["undone"] or 0)


def buyer_of(employee: Employee, *, with_earned: bool = True) -> Buyer:
    """Return what is known of a person. At most 2 SQL statements."""
    return Buyer(
        unit_path=employee.unit.path if employee.unit else "",
        joined_on=employee.joined_on,
        skill_level=employee.skill_level,
        earned_points=earned_points(employee) if with_earned else 0,
    )


def conditions_of(item: Item) -> Conditions:
    """Return what an item asks. 1 SQL statement unless its units are prefetched."""
    return Conditions(
        unit_paths=tuple(unit.path for unit in item.units.all()),
        service_months=item.min_service_months,
        skill_level=item.min_skill_level,
        earned_points=item.min_earned_points,
    )


def lacks_of(item: Item, employee: Employee, *, at: datetime, buyer: Buyer | None = None) -> list[Lack]:
    """Return what a person lacks for an item."""
    conditions = conditions_of(item)
    buyer = buyer or buyer_of(employee, with_earned=bool(conditions.earned_points))
    return lacks(conditions, buyer, on=timezone.localdate(at))


def sentences(found: Iterable[Lack]) -> list[str]:
    """Return what each lack means, in words the person understands."""
    return [_sentence(lack) for lack in found]


def _sentence(lack: Lack) -> str:
    if lack.code == "unit":
        return _("This is for other units.")
    if lack.code == "joined-unknown":
        return _("The day you joined is not known. Ask HR to enter it.")
    if lack.code == "service":
        wanted = ngettext("%(n)s month of service is needed", "%(n)s months of service are needed", lack.wanted)
        return _("%(wanted)s; you have %(has)s.") % {"wanted": wanted % {"n": lack.wanted}, "has": lack.has}
    if lack.code == "level":
        level = Employee.SkillLevel(lack.wanted).label
        return _("This is for the level %(level)s and above.") % {"level": level}
    return _("%(wanted)s points earned in all are needed; you have earned %(has)s.") % {
        "wanted": f"{lack.wanted:,}", "has": f"{lack.has:,}",
    }  # fmt: skip
