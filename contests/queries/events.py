"""Events as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from contests.models import Contest, Event
from contests.queries.contests import Stage, stages_of, visible_to
from contests.queries.unit_tables import short_title
from contests.rules import PUBLIC_STATES
from engine.live.models import Board
from people.models import Employee

State = Contest.State
BOARD_STATES = {State.JUDGING, State.REVIEW, State.NOTICE, State.FINAL}


@dataclass(frozen=True)
class EventRow:
    """One event in a list; days are those of its disciplines."""

    code: str
    title: str
    place: str
    disciplines: int
    final: int
    from_on: date | None
    until_on: date | None


def listed(*, words: str = "") -> QuerySet[Event]:
    """Return events for a list, newest first, to be paged and given to `rows_of`. One statement."""
    standing = Q(contests__state__in=PUBLIC_STATES - {State.CANCELLED})
    rows = Event.objects.annotate(
        disciplines=Count("contests", filter=standing),
        final=Count("contests", filter=Q(contests__state=State.FINAL)),
        from_on=Min("contests__held_from_on", filter=standing),
        until_on=Max("contests__held_until_on", filter=standing),
    ).order_by("-id")
    return rows.filter(Q(title__icontains=words) | Q(place__icontains=words)) if words else rows


def rows_of(events: Iterable[Any]) -> list[EventRow]:
    """Turn events of `listed` into plain rows; no statement of its own."""
    return [
        EventRow(
            code=event.code, title=event.title, place=event.place, disciplines=event.disciplines, final=event.final,
            from_on=event.from_on, until_on=event.until_on or event.from_on,
        )
        for event in events
    ]  # fmt: skip


@dataclass(frozen=True)
class Discipline:
    """One discipline on the page of its event. `may_open`: this reader may open the contest's own page."""

    pk: int
    code: str
    title: str
    trade: str
    place: str
    state: str
    state_label: str
    is_team: bool
    stages: list[Stage]
    has_board: bool
    has_result: bool
    may_open: bool


def disciplines(contests: Iterable[Contest], event: Event, person: Any) -> list[Discipline]:
    """Return the disciplines this reader may know of: announced ones, drafts only to who sees them; a visitor, public ones.

    Two statements.
    """
    rows = list(contests)
    boards = dict(Board.objects.filter(code__in=[row.code for row in rows]).values_list("code", "is_public"))
    if isinstance(person, Employee):
        seen = set(visible_to(person).filter(event=event).values_list("pk", flat=True))
        shown = [row for row in rows if row.pk in seen]
    else:
        shown = [row for row in rows if row.is_public and row.published_at is not None]
    return [
        Discipline(
            pk=row.pk, code=row.code, title=short_title(row, event), trade=row.trade.name if row.trade else "",
            place=row.place, state=row.state, state_label=row.get_state_display(), is_team=row.team_size > 1,
            stages=stages_of(row), has_board=row.state in BOARD_STATES and row.code in boards,
            has_result=row.state in {State.NOTICE, State.FINAL}, may_open=isinstance(person, Employee),
        )
        for row in shown
    ]  # fmt: skip


def attachable(person: Employee, *, runs_all: bool) -> QuerySet[Contest]:
    """Return the contests this person may put into an event: those they run, in no event yet, not cancelled."""
    free = Contest.objects.filter(event=None).exclude(state=State.CANCELLED).order_by("-id")
    return free if runs_all else free.filter(organiser=person)
