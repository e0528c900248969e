"""Pages of boards: who may frame one, the desk's screens, the list; each with its number of statements."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from engine.events.models import Event
from engine.live import domain, screens, watch
from engine.live.models import Board, Screen
from engine.live.pure.reducer import ordered
from tests.factories.people import Company

pytestmark = pytest.mark.django_db
ROWS: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def source() -> Iterator[None]:
    domain.source("test")(lambda _key: domain.BoardContent("标题", [], list(ROWS)))
    ROWS[:] = [row("e1", 1), row("e2", 2)]
    yield
    del domain.SOURCES["test"]


def row(key: str, rank: int | None, total: str = "1.00") -> dict[str, Any]:
    return {"id": key, "rank": rank, "name": f"选手{key}", "unit": "", "total": total, "cells": {}}


def make(code: str, *, is_public: bool = True) -> Board:
    domain.open_board(code, kind="test", key="k", title=f"榜{code}", is_public=is_public)
    domain.publish(code)
    return Board.objects.get(code=code)


def paired(board: Board, company: Company, name: str) -> Screen:
    screen, _token = screens.ask(at=timezone.now())
    return screens.pair(code=screen.code, board=board, name=name, by=company.organiser, at=timezone.now())


def entered(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ancestors(response: Any) -> str:
    policy = str(response["Content-Security-Policy"])
    return policy.partition("frame-ancestors ")[2].partition(";")[0]


def test_only_the_frame_page_may_be_framed_and_only_by_whom_the_setting_says(
    client: Client, settings: Any, company: Company
) -> None:
    make("open")
    make("closed", is_public=False)
    settings.EMBED_ORIGINS = []
    public, wall = client.get("/boards/open/embed/"), client.get("/boards/open/wall/")
    closed = entered(company.worker).get("/boards/closed/embed/")
    settings.EMBED_ORIGINS = ["https://portal.example"]
    named = client.get("/boards/open/embed/")

    assert [ancestors(page) for page in (public, wall, closed, named)] == [
        "*",
        "'none'",
        "'self'",
        "https://portal.example",
    ]
    assert [page.get("X-Frame-Options") for page in (public, wall)] == [None, "DENY"]
    assert client.get("/boards/closed/embed/").status_code == 302
    assert client.get("/boards/closed/embed/").get("X-Frame-Options") == "DENY"


def test_board_page_has_the_code_to_copy_for_those_signed_in(client: Client, company: Company) -> None:
    make("open")

    page = entered(company.worker).get("/boards/open/").content.decode()

    assert "&lt;iframe src=&quot;http://testserver/boards/open/embed/&quot;" in page.replace(
        '"http', "&quot;http"
    ).replace('/"', "/&quot;")
    assert "iframe" not in client.get("/boards/open/").content.decode()


def test_desk_says_how_far_behind_each_screen_is(company: Company) -> None:
    board, now = make("b"), timezone.now()
    late, fresh, lost = (paired(board, company, name) for name in ("慢", "快", "走失"))
    for number in range(3):
        ROWS[0] = row("e1", 1, f"{number}.50")
        domain.publish("b", at=now + timedelta(seconds=number))
    board.refresh_from_db()
    told = [(late, board.seq - 2, now), (fresh, board.seq, now), (lost, board.seq, now - timedelta(minutes=1))]
    watch._store([watch.Report(screen.pk, board.epoch, seq, 40, at) for screen, seq, at in told])

    shown = screens.of_board(board, at=now + timedelta(seconds=5))

    assert [(each.screen.name, each.is_connected, each.behind, each.late_seconds) for each in shown] == [
        ("慢", True, 2, 4), ("快", True, 0, 0), ("走失", False, 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_desk_and_its_screens_state_their_statements(
    company: Company, count: int, django_assert_num_queries: Any
) -> None:
    board = make("b")
    for number in range(count):
        paired(board, company, f"大厅{number}")
    client = entered(company.administrator)
    client.get("/boards/b/desk/")

    with django_assert_num_queries(5):
        assert client.get("/boards/b/desk/screens/").status_code == 200
    with django_assert_num_queries(6):
        assert client.get("/boards/b/desk/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_list_filters_and_states_its_statements(company: Company, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        make(f"b{number}")
    client = entered(company.worker)
    client.get("/boards/")

    with django_assert_num_queries(6):
        page = client.get("/boards/").content.decode()
    assert page.count('href="/boards/b') == count
    assert "/boards/b0/" not in client.get("/boards/?kind=points").content.decode()
    assert "/boards/b0/" in client.get("/boards/?state=live&kind=nonsense").content.decode()
    assert "/boards/b0/" not in client.get("/boards/?state=final").content.decode()


def test_screens_are_renamed_and_unpaired_from_the_desk_by_those_who_pair(company: Company) -> None:
    board = make("b")
    screen = paired(board, company, "大厅")
    outsider, organiser = entered(company.worker), entered(company.organiser)

    refused = [
        outsider.post(f"/boards/pair/{screen.pk}/{verb}/", {"name": "x"}).status_code for verb in ("name", "end")
    ]
    named = organiser.post(f"/boards/pair/{screen.pk}/name/", {"name": "二号门", "from": "desk"})
    screen.refresh_from_db()
    ended = organiser.post(f"/boards/pair/{screen.pk}/end/", {"from": "desk"})

    assert refused == [403, 403]
    assert (named["Location"], screen.name) == ("/boards/b/desk/", "二号门")
    assert ended["Location"] == "/boards/b/desk/"
    assert screens.of_board(board, at=timezone.now()) == []
    assert list(Event.objects.filter(action__startswith="screen.").order_by("pk").values_list("action", flat=True))[-2:] == [
        "screen.renamed", "screen.unpaired",
    ]  # fmt: skip


@pytest.mark.parametrize("persona", ["worker", "judge", "hr", "auditor"])
def test_desk_is_closed_to_others(company: Company, persona: str) -> None:
    make("b")
    client = entered(company.personas[persona])

    answers = [client.get(f"/boards/b/desk/{part}").status_code for part in ("", "screens/")]

    assert answers == [403, 403]


@pytest.mark.parametrize("seed", range(10))
def test_reveal_of_any_board_ends_in_the_final_order_and_contradicts_nothing(seed: int) -> None:
    chance = random.Random(seed)
    totals = sorted((chance.randrange(12) for _entry in range(chance.randrange(1, 12))), reverse=True)
    ROWS[:] = [row(f"e{place:02}", totals.index(total) + 1, f"{total}.00") for place, total in enumerate(totals)]
    ROWS[len(ROWS) - chance.randrange(2) :] = [row("dns", None, "0.00")]
    chance.shuffle(ROWS)
    make("b")
    domain.freeze("b", by=None)
    domain.reveal("b", by=None, count=0)
    final = ordered(ROWS)
    overtaken = chance.randrange(4)

    for turn in range(60):
        back = chance.random() < 0.25
        (domain.step_back if back else domain.step_on)("b", by=None)
        if turn == overtaken + 8:  # a late correction never turns what the hall has seen
            ROWS.append(row("late", 1, "99.00"))
            domain.stir("b")
            while domain.publish_next():
                pass
            final = final if Board.objects.get().revealed or Board.objects.get().is_called else ordered(ROWS)
        shown = Board.objects.get()
        if not shown.revealed and not shown.is_called:
            final = shown.held
        assert shown.rows == final[len(final) - shown.revealed :]
    while Board.objects.get().revealed < len(final):
        domain.step_on("b", by=None)

    assert Board.objects.get().rows == final
    assert domain.is_overtaken(Board.objects.get()) == (final != ordered(ROWS))
    domain.finish("b")
    assert Board.objects.get().rows == ordered(ROWS)
