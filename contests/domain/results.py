"""The result: put up for public notice, published, awarded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contests.domain.setup import demand_state, move
from contests.models import Contest, Entry, ResultRow, Sheet
from contests.pure import decimals
from contests.pure.awards import award_points
from contests.pure.ranking import Standing
from contests.queries.awards import read_award_table
from contests.queries.material import standings_of
from engine.live import domain as live
from engine.live.models import Board
from people.models import Employee

State = Contest.State


@dataclass(frozen=True)
class Award:
    """Points for one contestant, and the sentence that says what for."""

    employee: Employee
    points: int
    rank: int | None


@transaction.atomic(savepoint=False)
def begin_notice(*, contest: Contest, until: datetime, by: Employee | None, at: datetime) -> Contest:
    """Put the result up for public notice 公示: review → notice. Names and marks are no longer held back.

    Args:
        until: end of the last working day of the notice.
    """
    contest = _locked(contest)
    demand_state(contest, State.REVIEW)
    contest.notice_until = until
    move(contest, State.NOTICE, "contest.notice.begun", by=by, at=at, also=("notice_until",), until=until.isoformat())
    store(contest)
    _show_all(contest, by=by, at=at)
    return contest


@transaction.atomic(savepoint=False)
def send_back(*, contest: Contest, by: Employee | None, at: datetime, reason: str = "") -> Contest:
    """A result that was not agreed to goes back to the chief judge; it stays in review."""
    contest = _locked(contest)
    demand_state(contest, State.REVIEW)
    return move(contest, State.REVIEW, "contest.result.sent-back", by=by, at=at, reason=reason)


@transaction.atomic(savepoint=False)
def publish(*, contest: Contest, by: Employee | None, at: datetime) -> Contest:
    """Make the result final: notice → final. Marks, rows and the board are written under one set of locks, once.

    Raises:
        setup.WrongState: it is final already, or its notice has not begun.
    """
    contest = _locked(contest)
    demand_state(contest, State.NOTICE)
    contest.result_published_at = at
    move(contest, State.FINAL, "contest.result.published", by=by, at=at, also=("result_published_at",))
    store(contest)
    live.finish(contest.code, by=by, at=at)
    return contest


def _show_all(contest: Contest, *, by: Employee | None, at: datetime) -> None:
    """End a freeze of the board: the result is public now. The board is locked after the contest here; nobody who holds
    a board waits for a contest."""
    held = (Board.State.FROZEN, Board.State.REVEALING)
    if Board.objects.filter(code=contest.code, state__in=held).exists():
        live.unfreeze(contest.code, by=by, at=at)
    else:
        live.stir(contest.code)


def awards_of(contest: Contest) -> list[Award]:
    """Return who gets how many points of a published result: contestants with an account, by rank."""
    rows = contest.result_rows.filter(award_points__gt=0, entry__employee__isnull=False)
    return [
        Award(row.entry.employee, row.award_points, row.rank)
        for row in rows.select_related("entry__employee").order_by("position")
        if row.entry.employee is not None
    ]


def store(contest: Contest) -> list[ResultRow]:
    """Write the result of a locked contest as it stands, in place of an earlier one."""
    standings = standings_of(contest)
    points = award_points(standings, *read_award_table(contest.award_table))
    entries = dict(Entry.objects.filter(contest=contest).values_list("code", "pk"))
    ResultRow.objects.filter(contest=contest).delete()
    return ResultRow.objects.bulk_create(
        _row(contest, standing, position, entries[standing.entry.entry], points.get(standing.entry.entry, 0))
        for position, standing in enumerate(standings, start=1)
    )


def _row(contest: Contest, standing: Standing, position: int, entry_id: int, points: int) -> ResultRow:
    score = standing.score
    return ResultRow(
        contest=contest,
        entry_id=entry_id,
        position=position,
        rank=standing.rank,
        total=standing.total,
        standardised=standing.standardised,
        penalty=score.penalty_points,
        cells={code: format(group.total, "f") for code, group in score.groups.items()},
        aspects={
            code: None if aspect.score is None else decimals.exact_text(aspect.score)
            for code, aspect in score.aspects.items()
        },
        award_points=points,
    )


def _locked(contest: Contest) -> Contest:
    """Lock the sheets, so that no correction comes between computing and writing, then the contest."""
    list(Sheet.objects.select_for_update(no_key=True).filter(contest=contest).order_by("pk").values_list("pk"))
    return Contest.objects.locked(contest.pk)
