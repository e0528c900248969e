"""Say when a unit works: hours or shifts that count for it and for the units below it."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.models import Employee, Unit, WorkingPattern
from people.pure import working_time

SENTENCES = {
    "kind": _("Choose a kind."),
    "no-hours": _("Write hours, such as 08:30-12:00, 13:00-17:30."),
    "not-hours": _(
        "“%(value)s” are no hours: write 08:30-12:00; 24:00 is midnight, 22:00-06:00 ends the next morning."
    ),
    "too-many": _("That is too many: at most six spans of hours a day, and nine shifts."),
    "overlap": _("These hours overlap: “%(value)s”."),
    "no-shifts": _("Write the shifts, a line each: a name and its hours."),
    "not-a-shift": _("“%(value)s” is no shift: write a name of at most twelve characters, a space, and its hours."),
    "shift-twice": _("The shift “%(value)s” stands twice."),
    "no-cycle": _("Write which shift comes on which day, one after the other."),
    "too-long": _("The order is too long: at most 84 days."),
    "unknown-shift": _("“%(value)s” is none of the shifts; write 休 or off for a day of rest."),
    "never-works": _("Nobody ever works in this order: put a shift in."),
    "no-start": _("Write a day on which the order begins."),
}


class FaultyPattern(ValidationError):
    """What was written is no working time; the sentence stands beside its field."""

    def __init__(self, fault: working_time.FaultyTime) -> None:
        sentence = ValidationError(SENTENCES[fault.code], code=fault.code, params={"value": fault.value})
        super().__init__({fault.field: [sentence]})
        self.code = fault.code


@transaction.atomic(savepoint=False)
def keep(
    unit: Unit, *, kind: str, hours: str = "", shifts: str = "", cycle: str = "", starts_on: date | None = None,
    by: Employee, at: datetime,
) -> WorkingPattern:  # fmt: skip
    """Keep when a unit works, in the stead of what was kept before; the same twice is kept once.

    Raises:
        FaultyPattern: it cannot be read; nothing is changed.
    """
    try:
        working_time.read(kind, hours=hours, shifts=shifts, cycle=cycle, starts_on=starts_on)
    except working_time.FaultyTime as fault:
        raise FaultyPattern(fault) from None
    is_rotation = kind == WorkingPattern.Kind.ROTATION
    wishes = {
        "kind": kind, "hours": "" if is_rotation else hours.strip(), "by": by, "at": at,
        "shifts": shifts.strip() if is_rotation else "", "cycle": cycle.strip() if is_rotation else "",
        "starts_on": starts_on if is_rotation else None,
    }  # fmt: skip
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    return WorkingPattern.objects.update_or_create(unit=unit, defaults=wishes)[0]


@transaction.atomic(savepoint=False)
def drop(unit: Unit) -> bool:
    """Let a unit work as the unit above it does; returns whether it had a pattern of its own."""
    return bool(WorkingPattern.objects.filter(unit=unit).delete()[0])
