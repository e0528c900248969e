"""A proxy between screens and server that loses WebSocket frames, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

TEXT, DROPPED = 1, 0.15


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """Read one unmasked frame, header and all."""
    head = await reader.readexactly(2)
    size = head[1] & 127
    if size >= 126:
        more = await reader.readexactly(2 if size == 126 else 8)
        head, size = head + more, int.from_bytes(more, "big")
    return head + await reader.readexactly(size)


class Dropping:
    """Passes everything clients say; of what the server says loses 15 % of the text frames."""

    def __init__(self, upstream: int, seed: int) -> None:
        self.upstream = upstream
        self.chance = random.Random(seed)
        self.passed = self.lost = self.opened = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks: list[asyncio.Task[None]] = []
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            inward, outward = await asyncio.open_connection("127.0.0.1", self.upstream)
            self.opened += 1
            tasks = [asyncio.create_task(self._up(reader, outward)), asyncio.create_task(self._down(inward, writer))]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            outward.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        writer.close()

    async def _up(self, reader: asyncio.StreamReader, outward: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"user-agent: node" in head:  # Node 20 offers compression and refuses every answer to its offer
            head = b"\r\n".join(
                line for line in head.split(b"\r\n") if not line.startswith(b"sec-websocket-extensions")
            )
        outward.write(head)
        while data := await reader.read(65_536):
            outward.write(data)
            await outward.drain()

    async def _down(self, inward: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await inward.readuntil(b"\r\n\r\n"))
        while True:
            frame = await _frame(inward)
            if frame[0] & 15 == TEXT and self.chance.random() < DROPPED:
                self.lost += 1
                continue
            self.passed += 1
            writer.write(frame)
            await writer.drain()


@contextlib.contextmanager
def beside(work: Callable[[], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """Run a coroutine in a loop of its own thread until the block ends; whatever it started ends with it."""
    loop, ended = asyncio.new_event_loop(), asyncio.Event()

    async def main() -> None:
        running = asyncio.ensure_future(work())
        await asyncio.wait([running, asyncio.ensure_future(ended.wait())], return_when=asyncio.FIRST_COMPLETED)
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:  # again and again: a wait that ends in the same moment swallows a cancellation
                task.cancel()
            await asyncio.wait(tasks, timeout=1)

    thread = threading.Thread(target=loop.run_until_complete, args=[main()], daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(120)
        assert not thread.is_alive(), "a task does not end though it was cancelled again and again"
        loop.close()


@contextlib.contextmanager
def dropping(port: int, upstream: int, *, seed: int = 1) -> Iterator[Dropping]:
    """Run the proxy on a port until the block ends."""
    proxy = Dropping(upstream, seed)

    async def work() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", port, backlog=512)
        try:
            await asyncio.Event().wait()
        finally:
            server.close()

    with beside(work):
        yield proxy
