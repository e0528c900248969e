"""The last two disciplines become final at once: the event's board is final, whoever was second."""

from __future__ import annotations

from functools import partial

import pytest

from contests.domain import events, results
from contests.models import Contest
from engine.events.models import Event as Told
from engine.live import domain as live
from engine.live.models import Board
from tests.factories.contests import AT
from tests.factories.people import make_company
from tests.factories.results import UNTIL, make_noticed
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_disciplines_final_at_once_make_the_events_board_final_once() -> None:
    company = make_company()
    event = events.create(code="festival", title="运动会", by=company.organiser, at=AT)
    contests = [make_noticed(company, code=code) for code in ("first", "second", "third")]
    for contest in contests:
        events.attach(event=event, contest=contest, by=company.organiser, at=AT)

    answers = at_once(*(partial(results.publish, contest=contest, by=None, at=UNTIL) for contest in contests))

    assert {type(answer) for answer in answers} == {Contest}
    while live.publish_next():
        pass
    board = Board.objects.get(code=event.board_code)
    assert (board.state, [row["total"] for row in board.rows]) == ("final", ["66"])
    assert Told.objects.filter(subject=f"board:{event.board_code}", action="board.final").count() == 1
    season = Board.objects.get(kind="season")
    assert [row["total"] for row in season.rows] == ["66"]
