"""Frames lost, the server restarted, everybody back at once: every screen ends equal to a fresh snapshot."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from contests.models import Contest
from engine.live import domain as live
from engine.live import frames
from engine.live.models import Board
from engine.live.pure.reducer import apply
from frontend.build import node
from tests.engine.live.dropping import beside, dropping
from tests.engine.live.test_sockets import change, first_entry
from tests.factories.contests import make_judging
from tests.factories.people import Company, make_company
from tests.serving import free_port, served

pytestmark = [pytest.mark.django_db(transaction=True)]
HERE = Path(__file__).resolve().parent
EACH = 100
PARTS = ("epoch", "seq", "state", "title", "columns", "rows")


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = make_judging(company, contestants=8, is_public=True)
    live.publish(contest.code)
    return contest


class Followers:
    """Clients with the Python reducer, in a thread: on a gap or a newer beat they ask, when cut off they come back."""

    def __init__(self, port: int, code: str) -> None:
        self.url, self.origin = f"ws://127.0.0.1:{port}/ws/boards/{code}/", f"http://127.0.0.1:{port}"
        self.boards: list[dict[str, Any]] = [{} for _number in range(EACH)]

    async def work(self) -> None:
        await asyncio.gather(*(self.follow(number) for number in range(EACH)))

    async def follow(self, number: int) -> None:
        while True:
            board = self.boards[number]
            query = f"?epoch={board['epoch']}&seq={board['seq']}" if board else ""
            with suppress(OSError, WebSocketException, TimeoutError):
                async with connect(self.url + query, origin=self.origin) as socket:  # type: ignore[arg-type]
                    await self.hear(number, socket)
            await asyncio.sleep(0.3)

    async def hear(self, number: int, socket: ClientConnection) -> None:
        asked = 0.0
        while True:
            board = self.boards[number]
            is_missing = asked > 0
            try:
                async with asyncio.timeout(1.5 if is_missing else 30):
                    frame = json.loads(await socket.recv())
            except TimeoutError:
                frame = {"type": "beat", "epoch": "", "seq": 0}
            is_same = frame["epoch"] == board.get("epoch")
            if frame["type"] == "delta" and is_same and frame["seq"] <= board["seq"]:
                continue
            follows = frame["type"] == "snapshot" or (
                is_same and frame["seq"] == board["seq"] + (frame["type"] == "delta")
            )
            if follows:
                self.boards[number], asked = apply(board, frame), 0.0
            elif time.monotonic() - asked > 1.4:
                asked = time.monotonic()
                await socket.send(
                    json.dumps({"type": "resync", "epoch": board.get("epoch", ""), "seq": board.get("seq", -1)})
                )


@contextmanager
def node_followers(port: int, code: str) -> Iterator[subprocess.Popen[str]]:
    """Run the pages' own feed and reducer a hundred times in Node."""
    command = [
        *node()[0],
        "--experimental-websocket",
        str(HERE / "followers.mjs"),
        f"http://127.0.0.1:{port}",
        code,
        str(EACH),
    ]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(5)


def boards_of(process: subprocess.Popen[str]) -> list[list[Any]]:
    """Return [how many, board] of what the followers in Node show."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("boards\n")
    process.stdin.flush()
    found: list[list[Any]] = json.loads(process.stdout.readline())
    return found


def fresh(code: str) -> dict[str, Any]:
    snapshot = frames.snapshot(Board.objects.get(code=code))
    return {name: snapshot[name] for name in PARTS}


def burst(contest: Contest, company: Company, count: int, first: int) -> None:
    for number in range(count):
        change(contest, company, first_entry(contest), str((first + number) % 9 + 1))
        time.sleep(0.05)


def until_published(code: str) -> None:
    for _ in range(200):
        if not Board.objects.get(code=code).stirs.exists():
            return
        time.sleep(0.05)
    raise AssertionError("the publisher stands still")


def test_frames_lost_and_a_restart_leave_two_hundred_screens_equal_to_a_fresh_snapshot(
    company: Company, contest: Contest
) -> None:
    outside, inside = free_port(), free_port()
    python = Followers(outside, contest.code)

    with dropping(outside, inside) as proxy, node_followers(outside, contest.code) as javascript, beside(python.work):
        with served(port=inside):
            time.sleep(2)
            burst(contest, company, 30, 0)
        with served(port=inside):
            burst(contest, company, 20, 4)
            until_published(contest.code)
            wanted = fresh(contest.code)
            for _turn in range(600):  # two minutes at most: a busy machine is slow, a wrong screen stays wrong
                shown = [{name: board.get(name) for name in PARTS} for board in python.boards]
                in_node = boards_of(javascript)
                if in_node == [[EACH, wanted]] and shown == [wanted] * EACH:
                    break
                time.sleep(0.2)

    assert sum(board == wanted for board in shown) == EACH
    assert in_node == [[EACH, wanted]]
    assert proxy.opened >= 4 * EACH
    assert 0.1 < proxy.lost / (proxy.lost + proxy.passed) < 0.2
