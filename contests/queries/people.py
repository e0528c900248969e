"""For whom somebody competes."""

from __future__ import annotations

from people.models import Employee, Unit


def unit_text(person: Employee) -> str:
    """Name the plant somebody competes for; there is a 甲班 in every shop."""
    return plant_text(person.unit)


def plant_text(unit: Unit | None) -> str:
    """Name the plant a unit belongs to; the unit itself where there is none above it."""
    above = unit
    while above is not None and above.kind != Unit.Kind.PLANT and above.parent is not None:
        above = above.parent
    if above is None or above.kind != Unit.Kind.PLANT:
        return unit.name if unit else ""
    return above.name
