"""Write seasons and levels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee
from rewards.models import Level, Season

MOST_LEVELS = 20


class Overlaps(ValidationError):
    """Two seasons share a day."""

    def __init__(self, name: str) -> None:
        super().__init__(
            {"from_on": ValidationError(_("These days belong to the season %(name)s already."), params={"name": name})}
        )
        self.code = "overlaps"


class BadLevels(ValidationError):
    """The levels do not rise."""


@transaction.atomic(savepoint=False)
def save(
    *, season: Season | None, code: str, name: str, from_on: date, until_on: date, by: Employee | None, at: datetime
) -> Season:
    """Make or change a season.

    Raises:
        Overlaps: with another season. ValidationError: it ends before it begins, or the code is taken.
    """
    row = season or Season()
    row.code, row.name, row.from_on, row.until_on = code, name, from_on, until_on
    if until_on < from_on:
        raise ValidationError({"until_on": _("The last day comes before the first.")}, code="wrong-days")
    taken = list(Season.objects.select_for_update(no_key=True).order_by("pk"))
    others = [one for one in taken if one.pk != row.pk]
    if any(one.code == code for one in others):
        raise ValidationError({"code": _("Another season has this code.")}, code="taken")
    clash = next((one for one in others if one.from_on <= until_on and from_on <= one.until_on), None)
    if clash is not None:
        raise Overlaps(clash.name)
    row.save()
    record(f"season:{row.code}", "season.saved", by=by, at=at, first=from_on.isoformat(), last=until_on.isoformat())
    return row


@transaction.atomic(savepoint=False)
def set_levels(*, levels: Sequence[tuple[str, int]], by: Employee | None, at: datetime) -> None:
    """Replace the levels by (name, points from), the lowest first.

    Raises:
        BadLevels: names or points twice, points that do not rise, or too many.
    """
    points = [value for _name, value in levels]
    names = [name for name, _value in levels]
    if len(levels) > MOST_LEVELS or points != sorted(set(points)) or len(set(names)) != len(names):
        raise BadLevels(_("Write each level once, with points that rise from line to line."), code="levels")
    Level.objects.all().delete()
    Level.objects.bulk_create([Level(name=name, points_from=value) for name, value in levels])
    record("levels:all", "levels.saved", by=by, at=at, levels=[list(row) for row in levels])
