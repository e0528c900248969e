"""Several disciplines under one roof: make an event, change it, put contests into it and take them out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contests.domain import unit_boards
from contests.models import Contest, Event
from contests.pure.unit_table import BadRule, read_rule
from engine.events.domain import record
from engine.live import domain as live
from people.models import Employee

EDITABLE = frozenset({"title", "description", "place", "is_public", "unit_points", "organiser"})
WRONG_RULE = {
    "kind": gettext_noop("Choose how units are ranked."),
    "rows": gettext_noop("Write at least one row of ranks and points; ranks count from 1 and must not overlap."),
    "best": gettext_noop("Write how many entries of a unit count in a discipline, at least 1, or leave it empty."),
    "ties": gettext_noop("Choose what decides between equal units from the list, each once."),
}


class NotEditable(ValidationError):
    """An event has no such field to change."""


class WrongDiscipline(ValidationError):
    """The contest is in another event, is not in this one, or is cancelled."""


@transaction.atomic(savepoint=False)
def create(*, code: str, title: str, by: Employee, at: datetime, **fields: Any) -> Event:
    """Make an event with its board; its organiser is who made it.

    Args:
        fields: description, place, is_public, unit_points (as `contests.pure.unit_table` reads it).

    Raises:
        ValidationError: by field.
    """
    event = Event(code=code, title=title, **({"organiser": by} | fields))
    _demand_rule(event.unit_points)
    event.full_clean()
    event.save()
    unit_boards.open_event(event)
    record(event.subject, "event.created", by=by, at=at, title=title)
    return event


@transaction.atomic(savepoint=False)
def update(*, event: Event, by: Employee, at: datetime, **fields: Any) -> Event:
    """Change an event; another rule changes its table at once, and the history says what the rule was.

    Raises:
        NotEditable; ValidationError: by field.
    """
    if unknown := set(fields) - EDITABLE:
        raise NotEditable(_("An event has no %(names)s to change."), params={"names": ", ".join(sorted(unknown))})
    event = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    before = {name: getattr(event, name) for name, value in fields.items() if getattr(event, name) != value}
    for name in before:
        setattr(event, name, fields[name])
    _demand_rule(event.unit_points)
    event.full_clean()
    if before:
        event.save(update_fields=list(before))
        told = {"unit_points": before["unit_points"]} if "unit_points" in before else {}
        record(event.subject, "event.changed", by=by, at=at, fields=sorted(before), **told)
        unit_boards.open_event(event)
    return event


@transaction.atomic(savepoint=False)
def attach(*, event: Event, contest: Contest, by: Employee, at: datetime) -> Contest:
    """Make a contest a discipline (or a round) of an event; a table that was final is open again.

    Raises:
        WrongDiscipline: it is in another event, or cancelled.
    """
    contest = Contest.objects.locked(contest.pk)
    event = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if contest.state == Contest.State.CANCELLED or contest.event_id not in {None, event.pk}:
        raise WrongDiscipline(
            _("“%(contest)s” is cancelled or in another event: take it out there first."),
            code="elsewhere",
            params={"contest": contest.title},
        )
    if contest.event_id is None:
        contest.event = event
        contest.save(update_fields=["event"])
        record(event.subject, "event.discipline-attached", by=by, at=at, contest=contest.code)
        _look_again(event, by=by, at=at)
    return contest


@transaction.atomic(savepoint=False)
def detach(*, event: Event, contest: Contest, by: Employee, at: datetime) -> Contest:
    """Take a contest out of an event; the contest itself stays as it is.

    Raises:
        WrongDiscipline: it is not in this event.
    """
    contest = Contest.objects.locked(contest.pk)
    event = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if contest.event_id != event.pk:
        raise WrongDiscipline(_("This contest is no discipline of the event any more: reload the page."), code="not-in")
    contest.event = None
    contest.save(update_fields=["event"])
    record(event.subject, "event.discipline-detached", by=by, at=at, contest=contest.code)
    _look_again(event, by=by, at=at)
    return contest


def _look_again(event: Event, *, by: Employee, at: datetime) -> None:
    """Bring the board of a locked event up to date: visibility, whether it is final, its rows."""
    unit_boards.open_event(event)
    live.reopen(event.board_code, by=by, at=at)
    unit_boards.finish_when_over(event, by=by, at=at)


def _demand_rule(data: object) -> None:
    try:
        read_rule(data)
    except BadRule as wrong:
        raise ValidationError({"unit_points": ValidationError(_(WRONG_RULE[str(wrong)]), code=str(wrong))}) from None
