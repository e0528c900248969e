"""The publisher: changes in between are merged, a board has one frame a beat, an error ends nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from engine.live import domain, publisher
from engine.live.models import Board, Delta, Stir

pytestmark = pytest.mark.django_db(transaction=True)
TOTALS: dict[str, int] = {}


def content(key: str) -> domain.BoardContent:
    row = {"id": "e1", "rank": 1, "name": key, "unit": "", "total": f"{TOTALS[key]}.00", "cells": {}}
    return domain.BoardContent("标题", [], [row])


@pytest.fixture(autouse=True)
def boards() -> Iterator[None]:
    domain.source("test")(content)
    for code in ("a", "b"):
        TOTALS[code] = 0
        domain.open_board(code, kind="test", key=code, title="标题", is_public=True)
        domain.publish(code)
    yield
    del domain.SOURCES["test"]


def change(code: str) -> None:
    TOTALS[code] += 1
    domain.stir(code)


def test_changes_of_a_tenth_of_a_second_are_one_frame_of_each_board() -> None:
    told: list[str] = []

    def tell(code: str, _frame: dict[str, Any], _before: datetime) -> None:
        told.append(code)
        change(code)  # the next mark arrives while this one is handed out

    made = publisher.Publisher(tell)
    for _turn in range(30):
        change("a")
        change("b")

    made.publish_stirred()

    assert publisher.BEAT_SECONDS >= 0.1  # at most ten frames a second
    assert sorted(told) == ["a", "b"]
    assert {board.code: board.seq for board in Board.objects.all()} == {"a": 2, "b": 2}
    assert Stir.objects.count() == 2
    made.publish_stirred()
    assert sorted(told) == ["a", "a", "b", "b"]
    last = Delta.objects.filter(board__code="a").order_by("-seq").first()
    assert last is not None
    assert last.frame["rows"][0]["total"] == "31.00"


def test_an_error_is_logged_and_the_next_beat_publishes(caplog: pytest.LogCaptureFixture) -> None:
    heard = threading.Event()
    fails = [True]

    def tell(_code: str, _frame: dict[str, Any], _before: datetime) -> None:
        if fails:
            fails.clear()
            change("b")
            raise OSError("away")
        heard.set()

    made = publisher.Publisher(tell)
    change("a")
    made.start()
    try:
        assert heard.wait(60)
    finally:
        made.stop()
        connection.close()

    assert "publishing failed" in caplog.text
    assert not Stir.objects.exists()
