"""Days unlike Monday–Friday: what the administrator sets beyond, or against, the library of public holidays."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from people.models import Employee, Holiday, KnownYear


@transaction.atomic(savepoint=False)
def set_day(day: date, *, is_working: bool, name: str, by: Employee, at: datetime) -> Holiday:
    """Say whether a day is worked, whatever the library says of it."""
    wishes = {"is_working": is_working, "name": name.strip()[:60], "by": by, "at": at}
    return Holiday.objects.update_or_create(on=day, defaults=wishes)[0]


@transaction.atomic(savepoint=False)
def unset_day(day: date) -> bool:
    """Let the library say again what a day is; returns whether anything was set."""
    return bool(Holiday.objects.filter(on=day).delete()[0])


@transaction.atomic(savepoint=False)
def mark_known(year: int, *, is_known: bool, by: Employee, at: datetime) -> None:
    """Say that every public holiday of a year has been entered, or that it has not."""
    if is_known:
        KnownYear.objects.update_or_create(year=year, defaults={"by": by, "at": at})
    else:
        KnownYear.objects.filter(year=year).delete()
