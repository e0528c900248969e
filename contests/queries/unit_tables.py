"""The table of units of an event and of a season: from what everybody may see of its contests, and from nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from contests.models import Contest, Event, ResultRow
from contests.pure.unit_table import Placing, UnitLine, UnitRule, read_rule, table, usual_rule
from engine.live.models import Board

State = Contest.State
OPEN_RESULT = (State.NOTICE, State.FINAL)
RUNNING = (State.JUDGING, State.REVIEW)


@dataclass(frozen=True)
class UnitTable:
    """Units in their order; `disciplines` are the columns: contest code → short title."""

    lines: list[UnitLine]
    disciplines: dict[str, str]
    rule: UnitRule


def counting(contests: Iterable[Contest]) -> list[Contest]:
    """Return the contests that count: not cancelled, and of several rounds the last one among them."""
    standing = [contest for contest in contests if contest.state != State.CANCELLED]
    earlier = {contest.previous_round_id for contest in standing}
    return [contest for contest in standing if contest.pk not in earlier]


def disciplines_of(event: Event) -> list[Contest]:
    """Return the event's contests in the order they are held. One statement."""
    rows = Contest.objects.filter(event=event).select_related("trade", "chief_judge")
    return sorted(rows, key=lambda row: (row.held_from_on or date.max, row.pk))


def short_title(contest: Contest, event: Event | None) -> str:
    """Name a discipline under its event: “第十届职工技能运动会·焊工” is 焊工 there."""
    title = contest.title
    if event is not None and title.startswith(event.title):
        title = title.removeprefix(event.title).lstrip(" ·:：-—") or contest.title
    return f"{title} {contest.round_title}".strip() if contest.round_title else title


def placings_of(contests: Sequence[Contest]) -> list[Placing]:
    """Return every placing the public may know now. Two statements.

    Of a public result the stored rows; of a running contest what its board shows: while that is frozen or being revealed,
    or the contest blind, nothing can be learnt here that the board does not show.
    """
    results = {contest.pk: contest.code for contest in contests if contest.state in OPEN_RESULT}
    boards = {contest.code for contest in contests if contest.state in RUNNING and not contest.names_hidden}
    rows = ResultRow.objects.filter(contest__in=results, rank__isnull=False).select_related("entry")
    found = [
        Placing(results[row.contest_id], row.entry.unit, row.rank or 0, row.total, row.entry.code, row.entry.name)
        for row in rows
    ]
    shown = Board.objects.filter(code__in=boards, kind="contest").only("code", "rows") if boards else ()
    for board in shown:
        found += [
            Placing(
                board.code, row["unit"], row["rank"], Decimal(row["total"]), row["id"].removeprefix("e"), row["name"]
            )
            for row in board.rows
            if row["rank"] is not None
        ]
    return found


def table_of(event: Event, contests: Sequence[Contest] | None = None) -> UnitTable:
    """Return the overall table of an event as everybody may see it. Three statements; two with the contests given."""
    chosen = counting(disciplines_of(event) if contests is None else contests)
    rule = read_rule(event.unit_points)
    columns = {contest.code: short_title(contest, event) for contest in chosen}
    return UnitTable(table(placings_of(chosen), rule), columns, rule)


def is_open_to_all(event: Event, contests: Iterable[Contest]) -> bool:
    """Whether the table may be seen without signing in: the event's page may, and every discipline's board."""
    return event.is_public and all(contest.is_public for contest in counting(contests))


def row_id(unit: str) -> str:
    """Name a unit's row on a board: the same name is the same row, whatever its rank."""
    return "u" + hashlib.sha256(unit.encode()).hexdigest()[:12]


def year_of(contest: Contest) -> int:
    """Return the season a contest belongs to: the year it is held in."""
    day = contest.held_from_on or timezone.localdate(contest.result_published_at or contest.created_at)
    return day.year


def season_of(year: int) -> UnitTable:
    """Return the units of a year over all final results, by the usual points for ranks. Two statements."""
    held = Q(held_from_on__year=year)
    undated = Q(held_from_on__isnull=True, result_published_at__isnull=False)
    rows = Contest.objects.filter(held | undated).only(
        "code",
        "title",
        "state",
        "held_from_on",
        "result_published_at",
        "created_at",
        "previous_round",
        "is_blind",
        "is_sealed",
    )
    # An earlier round counts no more once a later one is final; until then it stands for its discipline.
    final = [row for row in rows if row.state == State.FINAL and year_of(row) == year]
    chosen = counting(final)
    rule = usual_rule()
    return UnitTable(table(placings_of(chosen), rule), {row.code: row.title for row in chosen}, rule)
