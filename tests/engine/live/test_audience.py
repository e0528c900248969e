"""The row of a board: one system call a socket, exact order, and never a byte in a stranger's socket."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from engine.live.audience import MOST_WAITING, Audience, Client
from engine.live.watch import Viewer
from engine.live.wire import EXTENSION, Ready, Sockets

LOOPS = ["asyncio", "uvloop"]


def frame(seq: int, size: int = 200) -> Ready:
    return Ready({"type": "delta", "epoch": "e", "seq": seq, "rows": [], "gone": ["选" * size]})


class Hall:
    """A server whose only application takes each socket into one audience."""

    def __init__(self) -> None:
        self.audience = Audience(0)
        self.members: list[Client] = []
        self.port = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        client = Client(
            "b", scope["extensions"][EXTENSION], Viewer(), lambda _code: None, seq=self.audience.seq, is_behind=False
        )
        self.audience.add(client)
        self.audience.step_in(client)
        self.members.append(client)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self.audience.remove(client)

    def hand_out(self, seq: int, size: int = 200) -> list[Client]:
        return self.audience.hand_out(frame(seq, size))


def play(scene: Callable[[Hall], Coroutine[Any, Any, None]], loop: str, **options: Any) -> None:
    """Play a scene beside a server in one event loop of the kind wanted, in a thread of its own."""

    async def run() -> None:
        hall = Hall()
        door = socket.create_server(("127.0.0.1", 0))
        hall.port = door.getsockname()[1]
        config = uvicorn.Config(
            hall, ws=Sockets, lifespan="off", log_level="error", timeout_graceful_shutdown=1, **options
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([door]))
        try:
            await asyncio.wait_for(scene(hall), 60)
        finally:
            server.should_exit = True
            await serving

    def begin() -> None:
        with asyncio.Runner(loop_factory=uvicorn.Config(Hall(), loop=loop).get_loop_factory()) as runner:
            runner.run(run())

    with ThreadPoolExecutor(1) as pool:
        pool.submit(begin).result()


async def seqs(client: ClientConnection, count: int) -> list[int]:
    return [json.loads(await asyncio.wait_for(client.recv(), 20))["seq"] for _ in range(count)]


def rowed(hall: Hall) -> int:
    return len(hall.audience.plain) + len(hall.audience.packed)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 what is waited for is told to nobody
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("loop", LOOPS)
def test_frames_keep_their_order_between_pings_and_a_socket_that_was_asked_comes_back_into_the_row(loop: str) -> None:
    async def scene(hall: Hall) -> None:
        url = f"ws://127.0.0.1:{hall.port}/"
        async with connect(url) as packed, connect(url, compression=None) as plain:
            await until(lambda: rowed(hall) == 2)
            assert (len(hall.audience.plain), len(hall.audience.packed)) == (1, 1)
            for seq in range(1, 40):
                if seq % 5 == 0:
                    pongs = [await plain.ping(), await packed.ping()]
                    await asyncio.gather(*pongs)  # the server has written to both beside the row
                    assert rowed(hall) == 0
                assert hall.hand_out(seq) == []
                if seq % 5 == 4:
                    assert rowed(hall) == 2
                    expected = list(range(max(1, seq - 4), seq + 1))
                    assert await seqs(plain, len(expected)) == await seqs(packed, len(expected)) == expected

    play(scene, loop)


@pytest.mark.parametrize("loop", LOOPS)
def test_who_does_not_read_steps_aside_falls_behind_and_gets_whole_frames_in_order(loop: str) -> None:
    async def scene(hall: Hall) -> None:
        url = f"ws://127.0.0.1:{hall.port}/"
        async with connect(url, compression=None, max_queue=1) as deaf, connect(url, compression=None) as other:
            await until(lambda: rowed(hall) == 2)
            fallen: list[Client] = []
            seq = 0
            while not fallen:
                seq += 1
                fallen = hall.hand_out(seq, 30_000)
                assert await seqs(other, 1) == [seq]
                assert seq < 1000
            assert fallen == [each for each in hall.members if each.is_behind]
            assert fallen[0].pipe.waiting() > MOST_WAITING
            assert rowed(hall) == 1
            assert hall.hand_out(seq + 1) == []
            assert await seqs(deaf, seq) == list(range(1, seq + 1))  # all before, each whole, and none after
            assert await seqs(other, 1) == [seq + 1]

    play(scene, loop)


@pytest.mark.parametrize("loop", LOOPS)
def test_no_frame_reaches_a_stranger_whose_socket_has_the_number_of_one_that_went(loop: str) -> None:
    strangers: list[bytes] = []

    async def stranger(hall: Hall) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
        await asyncio.sleep(0.02)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        strangers.append(await reader.read())
        writer.close()

    async def come_and_go(hall: Hall, *, hard: bool) -> None:
        client = await connect(f"ws://127.0.0.1:{hall.port}/")
        await asyncio.sleep(0.01)
        if hard:
            client.transport.abort()
        else:
            await client.close()
        await stranger(hall)

    async def scene(hall: Hall) -> None:
        async with connect(f"ws://127.0.0.1:{hall.port}/") as faithful:
            await until(lambda: rowed(hall) == 1)
            churn = asyncio.gather(*(come_and_go(hall, hard=turn % 2 == 0) for turn in range(40)))
            sent = 0
            while not churn.done():
                sent += 1
                hall.hand_out(sent)
                await asyncio.sleep(0)
                if sent % 50 == 0:
                    assert await seqs(faithful, 50) == list(range(sent - 49, sent + 1))
            await churn
            await until(lambda: len(hall.audience.clients) == 1)
            assert rowed(hall) + len(hall.audience.aside) == 1

    play(scene, loop)
    assert len(strangers) == 40
    assert {answer[:9] for answer in strangers} == {b"HTTP/1.1 "}
    assert not any(b"delta" in answer or b"\x81" in answer or b"\xc1" in answer for answer in strangers)


def test_closed_socket_gets_nothing_after_its_close_frame() -> None:
    async def scene(hall: Hall) -> None:
        client = await connect(f"ws://127.0.0.1:{hall.port}/")
        await until(lambda: rowed(hall) == 1)
        member = hall.members[0]
        descriptor = member.pipe.descriptor
        await client.close()
        assert hall.hand_out(1) == []
        assert descriptor not in hall.audience.packed
        await until(lambda: not hall.audience.clients)
        assert member.pipe.disturbed is None

    play(scene, "uvloop")
