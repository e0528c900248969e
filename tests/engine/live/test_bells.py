"""Redis killed and started again: every screen is served all the while, and the bells are heard again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from channels.layers import get_channel_layer

from contests.models import Contest
from engine.live import domain as live
from engine.live import hub
from engine.live.models import Board
from tests.engine.live.test_sockets import change, first_entry, fresh, listen, watch
from tests.factories.contests import make_judging
from tests.factories.people import Company, make_company
from tests.serving import answers, free_port, served

PROGRAM = shutil.which("redis-server")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not (PROGRAM and os.environ.get("TEST_REDIS_URL")), reason="no Redis was found for this run"),
]
PATIENCE_SECONDS = 60


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = make_judging(company, contestants=4, is_public=True)
    while live.publish_next():
        pass
    return contest


@contextlib.contextmanager
def redis_at(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Redis of one's own until the block ends; it may be killed before."""
    command = [str(PROGRAM), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(port))
        yield process
    finally:
        process.kill()
        process.wait(10)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_screens_of_two_processes_are_served_while_redis_is_away_and_afterwards(
    company: Company, contest: Contest, tmp_path: Path
) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"

    def changed(value: str, boards: list[dict[str, Any]]) -> list[dict[str, Any]]:
        before = Board.objects.get().seq
        change(contest, company, first_entry(contest), value)
        until(lambda: Board.objects.get().seq > before)
        seq = Board.objects.get().seq
        return [
            listen(each, board, until_seq=seq, seconds=PATIENCE_SECONDS)
            for each, board in zip(sockets, boards, strict=True)
        ]

    with redis_at(port, tmp_path) as redis, served(redis_url=url) as one, served(redis_url=url) as other:
        with watch(one, contest.code) as first, watch(other, contest.code) as second:
            sockets = (first, second)
            boards = [listen(each, {}, until_seq=0, seconds=PATIENCE_SECONDS) for each in sockets]
            boards = changed("4", boards)
            redis.kill()
            until(lambda: not answers(port))
            boards = changed("5", boards)
            with redis_at(port, tmp_path):
                boards = changed("6", boards)
                assert boards == [fresh(contest.code)] * 2


def test_a_hub_hears_the_bells_again_after_redis_was_killed_and_started(settings: Any, tmp_path: Path) -> None:
    port = free_port()
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [f"redis://127.0.0.1:{port}/0"]},
        }
    }

    async def rings(made: hub.Hub) -> None:
        """Ring as another process does until the hub has heard it."""
        made.rung.clear()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not made.rung.is_set():
                with contextlib.suppress(Exception):
                    async with asyncio.timeout(hub.TELL_SECONDS):
                        await get_channel_layer().group_send(hub.GROUP, {"type": "bell"})
                await asyncio.sleep(0.1)

    async def play() -> None:
        made = hub.Hub()
        made.tasks = [asyncio.create_task(made._listen())]  # it never looks by itself: only a bell wakes it
        try:
            with redis_at(port, tmp_path) as redis:
                await rings(made)
                redis.kill()
                await asyncio.to_thread(redis.wait, 10)
            with redis_at(port, tmp_path):
                await rings(made)
        finally:
            await made.stop()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(play())).result()
