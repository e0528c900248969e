"""Open, stir, publish, freeze, reveal, finish on the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from engine.live import domain, frames, screens
from engine.live.models import Board, Delta, Screen, Stir
from engine.live.pure.reducer import apply
from tests.factories.contests import make_judging, mark_everything
from tests.factories.people import Company
from tests.support import refused

ROWS: dict[str, list[dict[str, Any]]] = {}


def row(key: str, rank: int | None, total: str = "1.00") -> dict[str, Any]:
    return {"id": key, "rank": rank, "name": f"选手{key}", "unit": "", "total": total, "cells": {}}


@pytest.fixture(autouse=True)
def source() -> Iterator[None]:
    domain.source("test")(lambda key: domain.BoardContent("标题", [], list(ROWS[key])))
    ROWS["k"] = [row("e1", 1, "9.00"), row("e2", 2, "8.00"), row("e3", 3, "7.00")]
    yield
    del domain.SOURCES["test"]


def open_board(*, is_public: bool = True) -> Board:
    domain.open_board("b", kind="test", key="k", title="标题", is_public=is_public)
    domain.publish("b")
    return Board.objects.get()


@pytest.mark.django_db
def test_publish_without_a_change_makes_no_frame() -> None:
    board = open_board()

    domain.publish("b")

    assert Board.objects.get().seq == board.seq
    assert Stir.objects.count() == 0


@pytest.mark.django_db
def test_publish_every_change_is_one_delta_and_adds_up() -> None:
    board = open_board()
    seen = apply({}, frames.snapshot(board))
    for rows in ([row("e1", 2, "9.00"), row("e2", 1, "9.50"), row("e3", 3, "7.00")], [row("e2", 1, "9.50")], []):
        ROWS["k"] = rows
        domain.publish("b")

    for frame in frames.missing(Board.objects.get(), board.epoch, board.seq) or []:
        seen = apply(seen, frame)

    fresh = frames.snapshot(Board.objects.get())
    assert {name: seen[name] for name in ("seq", "rows")} == {name: fresh[name] for name in ("seq", "rows")}


@pytest.mark.django_db
def test_missing_of_another_epoch_or_a_gap_needs_a_snapshot() -> None:
    board = open_board()
    ROWS["k"] = []
    domain.publish("b")
    board.refresh_from_db()

    assert frames.missing(board, "other", 0) is None
    assert frames.missing(board, board.epoch, board.seq + 5) is None
    assert frames.missing(board, board.epoch, board.seq) == []
    Delta.objects.all().delete()
    assert frames.missing(board, board.epoch, board.seq - 1) is None


@pytest.mark.django_db
def test_frozen_board_leaks_nothing_anywhere(client: Client, company: Company) -> None:
    open_board()
    domain.freeze("b", by=None)
    ROWS["k"] = [row("e3", 1, "99.99"), row("e1", 2, "9.00"), row("e2", 3, "8.00")]
    domain.publish("b")

    public = client.get("/boards/b.json").content.decode()
    page = client.get("/boards/b/wall/").content.decode()
    said = json.dumps(list(Delta.objects.values_list("frame", flat=True)))
    client.force_login(company.worker, backend="django.contrib.auth.backends.ModelBackend")
    denied = client.get("/boards/b.json?full=1").status_code

    assert [text.count("99.99") for text in (public, page, said)] == [0, 0, 0]
    assert json.loads(public)["state"] == "frozen"
    assert denied == 403


@pytest.mark.django_db
def test_what_is_held_back_is_the_chief_judges_alone(company: Company) -> None:
    contest = make_judging(company, contestants=3, is_blind=False)
    domain.publish(contest.code)
    domain.freeze(contest.code, by=company.chief_judge)
    mark_everything(contest, company.judge)
    domain.publish(contest.code)

    seen = {}
    for name, person in company.personas.items():
        visitor = Client()
        visitor.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        answers = [visitor.get(f"/boards/{contest.code}{rest}") for rest in (".json?full=1", "/desk/")]
        domain.reveal(contest.code, by=None, count=0)
        answers.append(visitor.get(f"/boards/{contest.code}/desk/"))
        seen[name] = ["9.00" in answer.content.decode() for answer in answers]
        Board.objects.update(state="frozen")

    assert seen.pop("chief_judge") == [True, True, True]
    assert seen == {name: [False, False, False] for name in seen}


@pytest.mark.django_db
def test_reveal_from_the_last_place_up_with_undo_ends_in_the_final_order() -> None:
    open_board()
    domain.freeze("b", by=None)
    ROWS["k"] = [row("e3", 1, "99.99"), row("e1", 2, "9.00"), row("e2", 3, "8.00")]

    shown = []
    for count in (0, 1, 1, -1, 1, 1):
        domain.reveal("b", by=None, count=count)
        shown.append([line["id"] for line in Board.objects.get().rows])
    domain.finish("b")

    assert shown == [[], ["e2"], ["e1", "e2"], ["e2"], ["e1", "e2"], ["e3", "e1", "e2"]]
    assert [line["id"] for line in Board.objects.get().rows] == ["e3", "e1", "e2"]
    assert Board.objects.get().state == "final"


@pytest.mark.django_db
def test_wrong_order_of_acts_is_refused() -> None:
    open_board()

    with refused(domain.WrongState):
        domain.reveal("b", by=None)
    domain.freeze("b", by=None)
    with refused(domain.WrongState):
        domain.freeze("b", by=None)


@pytest.mark.django_db
def test_state_reaches_screens_even_when_no_row_changes() -> None:
    board = open_board()

    domain.freeze("b", by=None)

    news = frames.missing(Board.objects.get(), board.epoch, board.seq)
    assert [(frame["state"], frame["rows"]) for frame in news or []] == [("frozen", [])]


@pytest.mark.django_db
def test_other_columns_begin_a_new_epoch() -> None:
    board = open_board()
    domain.source("test")(lambda key: domain.BoardContent("另一个标题", [{"code": "a", "title": "甲"}], ROWS[key]))

    domain.publish("b")

    assert Board.objects.get().epoch != board.epoch


@pytest.mark.django_db
def test_publication_statements(django_assert_max_num_queries: Any) -> None:
    open_board()
    ROWS["k"] = [row("e1", 1, "9.99")]

    with django_assert_max_num_queries(4):
        domain.publish("b")
    with django_assert_max_num_queries(1):
        domain.stir("b")


@pytest.mark.django_db
def test_snapshot_etag_and_304(client: Client) -> None:
    board = open_board()

    first = client.get("/boards/b.json")
    second = client.get("/boards/b.json", headers={"If-None-Match": first["ETag"]})

    assert first["ETag"] == f'"{board.epoch}-{board.seq}"'
    assert (second.status_code, second.content) == (304, b"")
    assert client.get("/boards/none.json").status_code == 404


@pytest.mark.django_db
def test_private_board_needs_a_session_or_a_paired_screen(company: Company) -> None:
    board = open_board(is_public=False)
    screen, stranger = Client(), Client()

    page = screen.get("/boards/screen/").content.decode()
    made = Screen.objects.get()
    before = screen.get("/boards/b.json").status_code
    staff = Client()
    staff.force_login(company.organiser, backend="django.contrib.auth.backends.ModelBackend")
    staff.post("/boards/pair/", {"code": made.code, "board": "b", "name": "一号大厅"})

    assert made.code in page
    assert (before, stranger.get("/boards/b.json").status_code) == (401, 401)
    assert screen.get("/boards/b.json").status_code == 200
    assert screen.get("/boards/screen/")["Location"] == "/boards/b/wall/"
    staff.post(f"/boards/pair/{made.pk}/end/")
    assert screen.get("/boards/b.json").status_code == 401
    assert board.code == "b"


@pytest.mark.django_db
def test_pairing_code_is_dead_after_ten_minutes(company: Company) -> None:
    board, now = open_board(), timezone.now()
    screen, _token = screens.ask(at=now)

    with refused(screens.WrongCode):
        screens.pair(code=screen.code, board=board, name="", by=company.organiser, at=now + timedelta(minutes=11))
    with refused(screens.WrongCode):
        screens.pair(code="abc", board=board, name="", by=company.organiser, at=now)


@pytest.mark.django_db
@pytest.mark.parametrize("persona", ["worker", "judge", "hr", "organiser", "auditor"])
def test_control_desk_is_closed_to_others(company: Company, client: Client, persona: str) -> None:
    open_board()
    client.force_login(company.personas[persona], backend="django.contrib.auth.backends.ModelBackend")

    assert client.get("/boards/b/desk/").status_code == 403
    assert client.post("/boards/b/desk/freeze/").status_code == 403
    assert Board.objects.get().state == "live"


@pytest.mark.django_db
def test_prune_keeps_the_last_deltas() -> None:
    board = open_board()
    Delta.objects.all().delete()
    Delta.objects.bulk_create(Delta(board=board, seq=seq, frame={}) for seq in range(1, 501))
    Board.objects.update(seq=500)

    gone = domain.prune(at=timezone.now())

    assert gone == 500 - domain.KEPT_DELTAS
    assert Delta.objects.order_by("seq").first().seq == 201


def show(count: int) -> Board:
    """A board at the beginning of its reveal."""
    ROWS["k"] = [row(f"e{number}", number) for number in range(1, count + 1)]
    open_board()
    domain.freeze("b", by=None)
    return domain.reveal("b", by=None, count=0)


def told(board: Board) -> dict[str, Any]:
    """What a screen that hears the last frame and one that reloads show: the same."""
    board = Board.objects.get(pk=board.pk)
    last = Delta.objects.get(board=board, seq=board.seq).frame
    fresh = frames.snapshot(board)
    assert (last.get("call"), last.get("left")) == (fresh.get("call"), fresh.get("left"))
    return {"call": fresh.get("call"), "rows": [line["id"] for line in fresh["rows"]]}


@pytest.mark.django_db
def test_show_calls_a_medal_up_before_it_is_released() -> None:
    board = show(4)

    steps = []
    for _turn in range(8):
        domain.step_on("b", by=None)
        steps.append(told(board))

    assert steps == [
        {"call": None, "rows": ["e4"]},
        {"call": {"rank": 3, "of": 1}, "rows": ["e4"]},
        {"call": None, "rows": ["e3", "e4"]},
        {"call": {"rank": 2, "of": 1}, "rows": ["e3", "e4"]},
        {"call": None, "rows": ["e2", "e3", "e4"]},
        {"call": {"rank": 1, "of": 1}, "rows": ["e2", "e3", "e4"]},
        {"call": None, "rows": ["e1", "e2", "e3", "e4"]},
        {"call": None, "rows": ["e1", "e2", "e3", "e4"]},
    ]


@pytest.mark.django_db
def test_every_step_of_the_show_can_be_taken_back() -> None:
    board = show(4)
    forward = [told(board)]
    for _turn in range(7):
        domain.step_on("b", by=None)
        forward.append(told(board))

    backward = [told(board)]
    for _turn in range(7):
        domain.step_back("b", by=None)
        backward.append(told(board))

    assert backward == forward[::-1]


@pytest.mark.django_db
def test_ties_are_called_and_released_one_by_one_and_nothing_shown_is_contradicted() -> None:
    ROWS["k"] = [row("e1", 1), row("e2", 2), row("e3", 2), row("e4", None)]
    open_board()
    domain.freeze("b", by=None)
    board = domain.reveal("b", by=None, count=0)

    seen: list[str] = []
    for _turn in range(8):
        domain.step_on("b", by=None)
        fresh = frames.snapshot(Board.objects.get(pk=board.pk))
        assert fresh["left"] + len(fresh["rows"]) == 4
        assert fresh.get("call") in (None, {"rank": 2, "of": 2}, {"rank": 1, "of": 1})
        now = told(board)["rows"]
        assert now[len(now) - len(seen) :] == seen
        seen = now

    assert seen == ["e1", "e2", "e3", "e4"]


@pytest.mark.django_db
def test_show_ends_without_a_called_place() -> None:
    board = show(3)
    domain.step_on("b", by=None)
    assert told(board)["call"] == {"rank": 3, "of": 1}

    domain.finish("b")

    assert told(board) == {"call": None, "rows": ["e1", "e2", "e3"]}
    with refused(domain.WrongState):
        domain.step_on("b", by=None)
