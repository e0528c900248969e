"""Sockets of a real server: nothing is lost, nothing doubled, nobody watches who may not."""

from __future__ import annotations

import json
import os
import time
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from contests.domain import marking
from contests.models import Contest, Mark
from contests.pure.marks import Op
from engine.live import domain as live
from engine.live import frames
from engine.live.models import Board
from engine.live.pure.reducer import apply
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company, make_company
from tests.serving import free_port, own_redis, served

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = make_judging(company, contestants=6, is_public=True)
    while live.publish_next():
        pass
    return contest


def watch(address: str, code: str, *, query: str = "", cookie: str = "") -> ClientConnection:
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"} if cookie else {}
    url = f"{address.replace('http', 'ws')}/ws/boards/{code}/{query}"
    return connect(url, additional_headers=headers, origin=address, max_size=None)


def listen(socket: ClientConnection, board: dict[str, Any], *, until_seq: int, seconds: float = 15) -> dict[str, Any]:
    """Apply frames as a strict client does: every delta must follow."""
    deadline = time.monotonic() + seconds
    while board.get("seq", -1) < until_seq:
        frame = json.loads(socket.recv(timeout=max(0.1, deadline - time.monotonic())))
        if frame["type"] == "delta":
            assert (frame["epoch"], frame["seq"]) == (board["epoch"], board["seq"] + 1)
        board = apply(board, frame)
    return board


def fresh(code: str) -> dict[str, Any]:
    return {name: value for name, value in frames.snapshot(Board.objects.get(code=code)).items() if name != "type"}


def change(contest: Contest, company: Company, entry: str, value: str) -> None:
    """Let the judge give one mark, whatever it was before."""
    sheet = sheet_of(contest, company.judge)
    version = Mark.objects.filter(sheet=sheet, entry__code=entry, aspect=sheet.aspects[0]).values_list(
        "version", flat=True
    )
    op = Op(str(uuid.uuid4()), entry, sheet.aspects[0], value, version.first() or 0)
    [answer] = marking.record(sheet_id=sheet.pk, ops=[op], by=company.judge, at=AT)
    assert answer.answer == "ok"


def first_entry(contest: Contest) -> str:
    return str(contest.entries.order_by("position").values_list("code", flat=True)[0])


def test_burst_loses_nothing_and_adds_up(company: Company, contest: Contest) -> None:
    with served() as address, watch(address, contest.code) as socket:
        board = listen(socket, {}, until_seq=0)
        for number in range(60):
            change(contest, company, first_entry(contest), str(1 + number % 7))
        for _ in range(100):
            time.sleep(0.1)
            if not Board.objects.get().stirs.exists():
                break
        time.sleep(0.3)
        board = listen(socket, board, until_seq=Board.objects.get().seq)

    assert board["seq"] > 1
    assert board == fresh(contest.code)


def test_reconnecting_client_gets_only_what_it_missed_across_a_restart(company: Company, contest: Contest) -> None:
    port = free_port()
    with served(port=port) as address, watch(address, contest.code) as socket:
        board = listen(socket, {}, until_seq=0)
    change(contest, company, first_entry(contest), "3")
    live.publish(contest.code)

    with served(port=port) as address:
        with watch(address, contest.code, query=f"?epoch={board['epoch']}&seq={board['seq']}") as socket:
            first = json.loads(socket.recv(timeout=10))

    assert first["type"] == "delta"
    assert apply(board, first)["rows"] == fresh(contest.code)["rows"]


def test_resync_of_nonsense_gets_a_snapshot_and_bad_messages_do_no_harm(contest: Contest) -> None:
    with served() as address, watch(address, contest.code) as socket:
        listen(socket, {}, until_seq=0)
        socket.send("no json")
        socket.send(json.dumps(["list"]))
        socket.send(json.dumps({"type": "resync", "epoch": "other", "seq": "many"}))
        frame = json.loads(socket.recv(timeout=10))
        while frame["type"] == "beat":
            frame = json.loads(socket.recv(timeout=10))

    assert frame["type"] == "snapshot"


def close_code(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def test_refused_sockets_say_why(company: Company, contest: Contest) -> None:
    Board.objects.update(is_public=False)

    with served() as address, watch(address, contest.code) as nobody, watch(address, "no-such-board") as lost:
        codes = [close_code(nobody), close_code(lost)]

    assert codes == [4401, 4404]


def test_signing_out_closes_the_socket(company: Company, contest: Contest) -> None:
    Board.objects.update(is_public=False)
    person = Client()
    person.force_login(company.worker, backend="django.contrib.auth.backends.ModelBackend")

    with served() as address, watch(address, contest.code, cookie=person.session.session_key) as socket:
        board = listen(socket, {}, until_seq=0)
        person.logout()
        code = close_code(socket)

    assert board["title"] == contest.title
    assert code == 4401


def test_beat_comes_within_five_seconds(contest: Contest) -> None:
    with served() as address, watch(address, contest.code) as socket:
        listen(socket, {}, until_seq=0)
        started = time.monotonic()
        frame = json.loads(socket.recv(timeout=6))

    assert frame["type"] == "beat"
    assert time.monotonic() - started < 6


@pytest.mark.skipif(not os.environ.get("TEST_REDIS_URL"), reason="no Redis was found for this run")
def test_redis_flushed_or_silent_costs_at_most_a_beat(company: Company, contest: Contest) -> None:
    import redis

    with own_redis() as url, served(redis_url=str(url)) as address, served(redis_url=str(url)) as other:
        with watch(address, contest.code) as socket, watch(other, contest.code) as second:
            boards = [listen(socket, {}, until_seq=0), listen(second, {}, until_seq=0)]
            redis.Redis.from_url(str(url)).flushall()
            change(contest, company, first_entry(contest), "4")
            time.sleep(2.5)
            seq = Board.objects.get().seq
            boards = [listen(each, board, until_seq=seq) for each, board in zip((socket, second), boards, strict=True)]

    assert boards == [fresh(contest.code)] * 2
