"""Events: disciplines in and out, the overall table, and what its board may never tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contests.domain import events, results, setup, standings
from contests.domain.events import WrongDiscipline
from contests.models import Contest, Event
from contests.queries import unit_tables
from engine.events.models import Event as Told
from engine.live import domain as live
from engine.live.models import Board
from tests.factories.contests import AT, make_contest, make_judging
from tests.factories.people import Company, make_employee, make_unit
from tests.factories.results import UNTIL, make_noticed, make_reviewed, mark
from tests.support import refused

RULE = {
    "kind": "ranks",
    "rows": [{"rank_from": 1, "rank_to": 1, "points": 5}, {"rank_from": 2, "rank_to": 9, "points": 1}],
}


@pytest.fixture
def event(company: Company) -> Event:
    return events.create(
        code="festival-10", title="第十届职工技能运动会", by=company.organiser, at=AT, unit_points=RULE
    )


def attach(event: Event, contest: Contest, company: Company) -> Contest:
    return events.attach(event=event, contest=contest, by=company.organiser, at=AT)


def board(event: Event) -> Board:
    publish_all()
    return Board.objects.get(code=event.board_code)


def publish_all() -> None:
    while live.publish(code) if (code := _next()) else None:
        pass


def _next() -> str:
    stirred = Board.objects.filter(stirs__isnull=False).order_by("at").values_list("code", flat=True)
    return stirred.first() or ""


def rows(found: Board) -> list[tuple[int, str, str]]:
    return [(row["rank"], row["name"], row["total"]) for row in found.rows]


def other_plant(company: Company) -> Any:
    plant = make_unit("rolling", "轧钢厂", parent=company.root, kind="plant")
    return make_employee(make_unit("rolling-1", "丙班", parent=plant), trade=company.trade)


def test_units_are_ranked_over_what_the_disciplines_boards_show(company: Company, event: Event) -> None:
    contest = make_judging(company, contestants=2, people=[other_plant(company)], is_blind=False)
    attach(event, contest, company)
    mark(contest, company, {"01": "70", "02": "90", "03": "50"})

    found = board(event)

    ranks = {row.entry: (row.unit, row.rank) for row in unit_tables.placings_of([contest])}
    assert len(ranks) == 3
    assert sorted(total for _rank, _unit, total in rows(found)) in (["1", "6"], ["2", "5"])
    assert found.columns == [{"code": contest.code, "title": "焊工"}]
    assert rows(found) == [(line.rank, line.unit, str(line.total)) for line in unit_tables.table_of(event).lines]


def test_a_frozen_discipline_does_not_leak_through_the_overall_table(company: Company, event: Event) -> None:
    contest = make_judging(company, contestants=2, people=[other_plant(company)], is_blind=False)
    attach(event, contest, company)
    mark(contest, company, {"01": "70", "02": "90", "03": "50"})
    before = rows(board(event))
    live.freeze(contest.code, by=company.chief_judge)

    mark(contest, company, {"01": "100", "02": "1", "03": "99"}, base=1)

    assert rows(board(event)) == before
    assert [(line.rank, line.unit, str(line.total)) for line in unit_tables.table_of(event).lines] == before
    live.reveal(contest.code, by=company.chief_judge, count=0)
    assert rows(board(event)) == []
    live.reveal(contest.code, by=company.chief_judge, count=1)
    assert [total for _rank, _name, total in rows(board(event))] == ["1"]
    live.unfreeze(contest.code, by=company.chief_judge)
    assert len(rows(board(event))) == 2
    assert rows(board(event)) == [(line.rank, line.unit, str(line.total)) for line in unit_tables.table_of(event).lines]


def test_a_blind_discipline_brings_nobody_points_before_its_notice(company: Company, event: Event) -> None:
    contest = make_reviewed(company, is_blind=True)
    attach(event, contest, company)

    assert rows(board(event)) == []
    assert unit_tables.table_of(event).lines == []

    results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)

    assert rows(board(event)) == [(1, "炼钢厂", "7")]


def test_the_board_is_final_with_its_last_discipline_and_open_again_with_another(
    company: Company, event: Event
) -> None:
    first, second = make_noticed(company, code="first"), make_noticed(company, code="second")
    for contest in (first, second):
        attach(event, contest, company)
    results.publish(contest=first, by=None, at=UNTIL)
    assert board(event).state == "live"

    results.publish(contest=second, by=None, at=UNTIL)

    assert board(event).state == "final"
    assert rows(board(event)) == [(1, "炼钢厂", "14")]
    third = attach(event, make_contest(company, code="third"), company)
    assert board(event).state == "live"
    setup.cancel(contest=third, reason="报名不足", by=company.organiser, at=UNTIL)
    assert board(event).state == "final"


def test_of_several_rounds_the_last_one_counts(company: Company, event: Event) -> None:
    first, last = make_noticed(company, code="preliminary"), make_noticed(company, code="final")
    Contest.objects.filter(pk=last.pk).update(previous_round=first)
    for contest in (first, last):
        attach(event, contest, company)

    assert [column["code"] for column in board(event).columns] == ["final"]


def test_a_season_ranks_units_over_the_final_results_of_its_year(company: Company) -> None:
    contest = make_noticed(company, held_from_on=date(2026, 12, 5))
    make_noticed(company, code="next-year", held_from_on=date(2027, 1, 5))
    results.publish(contest=contest, by=None, at=UNTIL)
    publish_all()

    season = Board.objects.get(code="season_2026")

    assert rows(season) == [(1, "炼钢厂", "22")]
    assert season.rows[0]["cells"] == {"contests": "1", "firsts": "1", "seconds": "1", "thirds": "1"}
    assert not season.is_public
    assert not Board.objects.filter(code="season_2027").exists()


def test_the_board_is_public_only_while_every_discipline_is(company: Company, event: Event) -> None:
    events.update(event=event, is_public=True, by=company.organiser, at=AT)
    assert board(event).is_public
    contest = attach(event, make_contest(company, is_public=False), company)
    assert not board(event).is_public

    setup.update(contest=contest, is_public=True, by=company.organiser, at=AT)

    assert board(event).is_public


def test_a_published_contests_board_follows_who_may_see_it(company: Company) -> None:
    contest = make_judging(company, contestants=1, is_public=False)
    assert not Board.objects.get(code=contest.code).is_public

    setup.update(contest=contest, is_public=True, by=company.organiser, at=AT)

    assert Board.objects.get(code=contest.code).is_public


def test_another_rule_is_kept_in_the_history_and_shown_at_once(company: Company, event: Event) -> None:
    attach(event, make_noticed(company), company)

    events.update(event=event, unit_points={"kind": "totals", "best": 1}, by=company.organiser, at=AT)

    assert rows(board(event)) == [(1, "炼钢厂", "822")]
    assert Told.objects.get(action="event.changed").data["unit_points"] == RULE


def test_refusals_leave_everything_as_it_was(company: Company, event: Event) -> None:
    other = events.create(code="other", title="别的", by=company.organiser, at=AT)
    contest = attach(other, make_contest(company), company)
    before = Event.objects.count(), Told.objects.count(), Board.objects.count()

    with refused(WrongDiscipline, code="elsewhere"):
        attach(event, contest, company)
    with refused(WrongDiscipline, code="not-in"):
        events.detach(event=event, contest=contest, by=company.organiser, at=AT)
    with refused(events.NotEditable):
        events.update(event=event, code="new", by=company.organiser, at=AT)
    with refused(Exception):
        events.create(code="x", title="x", by=company.organiser, at=AT, unit_points={"kind": "luck"})

    assert (Event.objects.count(), Told.objects.count(), Board.objects.count()) == before


def test_a_contest_looks_at_its_events_board_with_one_statement_more(
    company: Company, event: Event, django_assert_num_queries: Any
) -> None:
    contest = make_judging(company, contestants=1, is_blind=False)
    with django_assert_num_queries(6):
        standings.board(str(contest.pk))
    attach(event, contest, company)

    with django_assert_num_queries(7):
        standings.board(str(contest.pk))
