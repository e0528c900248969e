"""contests/domain/standings.py: what a contest's board shows, and what it hides."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.domain import judging, marking, results, setup, standings
from contests.models import Contest
from contests.pure.marks import Op
from engine.live import domain as live
from engine.live.models import Board, Delta
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company


def mark(contest: Contest, company: Company, **values: str) -> None:
    ops = [Op(str(uuid4()), entry.removeprefix("e"), "paper", value, 0) for entry, value in values.items()]
    marking.record(sheet_id=sheet_of(contest, company.judge).pk, ops=ops, by=company.judge, at=AT)


def test_a_blind_board_shows_codes_and_no_names(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    mark(contest, company, e02="90.0")

    board = standings.rows(contest.pk)

    assert board.columns == [{"code": "theory", "title": "理论"}, {"code": "practical", "title": "实操"}]
    assert board.rows == [
        {"id": "e02", "rank": 1, "name": "02", "unit": "", "total": "90.00", "cells": {"theory": "90.00", "practical": "0.00"}},
        {"id": "e01", "rank": None, "name": "01", "unit": "", "total": "0.00", "cells": {"theory": "0.00", "practical": "0.00"}},
    ]  # fmt: skip
    assert "选手" not in str(board)


def test_names_appear_with_the_public_notice(company: Company) -> None:
    contest = make_judging(company, contestants=1)
    mark(contest, company, e01="90")
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    hidden = standings.rows(contest.pk).rows[0]["name"]

    results.begin_notice(contest=contest, until=AT, by=None, at=AT)

    assert (hidden, standings.rows(contest.pk).rows[0]["name"]) == ("01", "选手1")
    assert standings.rows(contest.pk).rows[0]["unit"] == "炼钢厂"


def test_an_open_contest_shows_names_from_the_start(company: Company) -> None:
    contest = make_judging(company, contestants=1, is_blind=False)

    assert standings.rows(contest.pk).rows[0]["name"] == "选手1"


def test_a_draft_without_scheme_has_an_empty_board(company: Company) -> None:
    contest = setup.create(code="bare", title="车工", by=company.organiser, at=AT)

    board = standings.rows(contest.pk)

    assert (board.title, board.columns, board.rows) == ("车工", [], [])


def test_a_board_costs_six_statements_however_many_entries(company: Company) -> None:
    for code, count in (("one", 1), ("many", 7)):
        contest = make_judging(company, contestants=count, code=code)
        mark(contest, company, e01="90")

        with CaptureQueriesContext(connection) as queries:
            standings.rows(contest.pk)

        assert len(queries) == 6


def test_a_delta_carries_every_row_whose_rank_changed_and_numbers_are_decimal_strings(company: Company) -> None:
    contest = make_judging(company, contestants=5, is_blind=False)
    mark(contest, company, e01="90", e02="80", e03="80", e04="70", e05="60")
    live.publish(contest.code)
    before = {row["id"]: row["rank"] for row in Board.objects.get().rows}

    sheet = sheet_of(contest, company.judge)
    marking.record(sheet_id=sheet.pk, ops=[Op(str(uuid4()), "04", "paper", "85", 1)], by=company.judge, at=AT)
    board = live.publish(contest.code)

    assert board is not None
    frame = Delta.objects.get(board=board, seq=board.seq).frame
    assert before == {"e01": 1, "e02": 2, "e03": 2, "e04": 4, "e05": 5}
    assert {row["id"]: row["rank"] for row in frame["rows"]} == {"e04": 2, "e02": 3, "e03": 3}
    numbers = [text for row in frame["rows"] for text in (row["total"], *row["cells"].values())]
    assert all(isinstance(text, str) and Decimal(text).is_finite() for text in numbers)
