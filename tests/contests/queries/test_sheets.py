"""contests/queries/sheets.py: a judge's sheets, the pad."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.domain import corrections, marking
from contests.models import Contest
from contests.pure.marks import Op
from contests.queries import sheets
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company


def mark(contest: Contest, company: Company, entry: str, value: str | None, base: int = 0) -> None:
    ops = [Op(str(uuid4()), entry, "seam", value, base)]
    marking.record(sheet_id=sheet_of(contest, company.judge).pk, ops=ops, by=company.judge, at=AT)


def test_my_sheets_say_how_far_they_are(company: Company) -> None:
    contest = make_judging(company, contestants=3)
    mark(contest, company, "01", "8")
    mark(contest, company, "02", "8")
    mark(contest, company, "02", None, 1)
    corrections.set_status(contest=contest, entry="03", status="dns", reason="x", by=company.chief_judge, at=AT)

    row = sheets.mine(company.judge)[0]

    assert (row.contest_code, row.state, row.version, row.marked, row.total) == ("welding-2026", "open", 3, 1, 6)
    assert sheets.mine(company.chief_judge) == []


@pytest.mark.parametrize("count", [1, 3])
def test_my_sheets_cost_one_statement(company: Company, count: int) -> None:
    for number in range(count):
        make_judging(company, code=f"contest-{number}", contestants=2)

    with CaptureQueriesContext(connection) as queries:
        rows = sheets.mine(company.judge)

    assert len(rows) == count
    assert len(queries) == 1


def test_the_pad_has_codes_grids_and_marks_and_no_names(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    mark(contest, company, "02", "8.50")

    pad = sheets.pad(sheet_of(contest, company.judge))

    assert sorted((entry.code, entry.name, entry.unit) for entry in pad.entries) == [("01", "", ""), ("02", "", "")]
    assert [entry.start_order for entry in pad.entries] == [1, 2]
    assert pad.aspects[1] == sheets.PadAspect("seam", "焊缝外观", "practical", "judgement", "0", "10", "0.5")
    assert pad.marks == [sheets.PadMark("02", "seam", "8.5", 1)]
    assert (pad.version, pad.state, pad.judge) == (1, "open", company.judge.name)
    assert "选手" not in str(pad)


def test_an_open_contest_names_its_contestants(company: Company) -> None:
    contest = make_judging(company, contestants=1, is_blind=False)

    assert sheets.pad(sheet_of(contest, company.judge)).entries[0].name == "选手1"


@pytest.mark.parametrize("count", [1, 3])
def test_a_pad_costs_two_statements(company: Company, count: int) -> None:
    contest = make_judging(company, contestants=count)
    sheet = sheet_of(contest, company.judge)

    with CaptureQueriesContext(connection) as queries:
        pad = sheets.pad(sheet)

    assert len(pad.entries) == count
    assert len(queries) == 2


def test_the_history_of_a_cell_has_every_attempt(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    mark(contest, company, "01", "8")
    mark(contest, company, "01", "8.3", 1)
    mark(contest, company, "02", "9")
    sheet = sheet_of(contest, company.judge)

    with CaptureQueriesContext(connection) as queries:
        attempts = sheets.history(sheet, entry="01", aspect="seam")

    assert {(row.value, row.answer, row.by) for row in attempts} == {
        ("8", "ok", company.judge.name),
        ("8.3", "invalid", company.judge.name),
    }
    assert [bool(row.reason) for row in attempts if row.answer == "invalid"] == [True]
    assert len(queries) == 1
    assert len(sheets.history(sheet)) == 3
