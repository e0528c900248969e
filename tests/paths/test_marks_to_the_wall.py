"""Trip A: a judge taps 8.5 on the tablet, the wall moves. Every arrow through the real door, its SQL counted."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contests.models import Contest, Sheet
from engine.live import domain as live
from engine.live.models import Board, Delta, Stir
from tests.factories.contests import make_judging, sheet_of
from tests.factories.people import Company, make_company

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = make_judging(company, contestants=12, is_public=True)
    while live.publish_next():
        pass
    return contest


@pytest.fixture
def tablet(company: Company) -> Client:
    client = Client()
    client.force_login(company.judge, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(tablet: Client, sheet: Sheet, *cells: tuple[str, str]) -> list[str]:
    ops = [
        {"op_id": str(uuid4()), "entry": entry, "aspect": "seam", "value": value, "base_version": 0}
        for entry, value in cells
    ]
    path = f"/api/v1/contests/sheets/{sheet.pk}/ops"
    answer = tablet.post(path, json.dumps({"ops": ops}), content_type="application/json")
    return [row["answer"] for row in answer.json()["answers"]]


def test_three_marks_reach_the_wall(company: Company, contest: Contest, tablet: Client) -> None:
    sheet = sheet_of(contest, company.judge)
    seq = Board.objects.get().seq

    with CaptureQueriesContext(connection) as marking:
        answers = send(tablet, sheet, ("01", "8.5"), ("02", "9"), ("03", "7"))
    with CaptureQueriesContext(connection) as publishing:
        published = live.publish_next()

    assert (answers, published) == (["ok"] * 3, contest.code)
    # The door: session, person, sheet, after it the sheet's version; the verb: eight, and the transaction's two.
    assert len(marking) <= 14
    # Is one stirred, which; the transaction's two; its stirs; the source's six; the delta, the board.
    assert len(publishing) <= 14
    board = Client().get(f"/boards/{contest.code}.json").json()
    assert board["seq"] == seq + 1
    assert [(row["rank"], row["name"], row["total"]) for row in board["rows"][:4]] == [
        (1, "02", "9.00"),
        (2, "01", "8.50"),
        (3, "03", "7.00"),
        (None, "04", "0.00"),
    ]


def test_marks_of_one_beat_are_one_frame(company: Company, contest: Contest, tablet: Client) -> None:
    sheet = sheet_of(contest, company.judge)
    before = Delta.objects.count()

    for number in range(1, 9):
        send(tablet, sheet, (f"{number:02d}", "8.5"))
    waiting = Stir.objects.count()
    while live.publish_next():
        pass

    assert (waiting, Delta.objects.count()) == (8, before + 1)
    assert len(Delta.objects.latest("seq").frame["rows"]) == 8


def test_what_changes_nothing_is_no_frame(company: Company, contest: Contest, tablet: Client) -> None:
    sheet = sheet_of(contest, company.judge)
    before = Delta.objects.count()

    refused = send(tablet, sheet, ("01", "8.3"), ("99", "8"))
    published = live.publish_next()

    assert (refused, published, Delta.objects.count()) == (["invalid", "invalid"], "", before)
