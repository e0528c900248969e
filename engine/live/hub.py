"""One hub a process: it reads what was published, encodes each frame once, and hands the same text to every socket.

The database is the truth. A bell (this process's publisher, or another's through Redis) only says "look"; without one the
hub looks once a second at the boards somebody watches here, so a lost bell costs one second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection
from django.utils import timezone

from engine.live import frames
from engine.live.models import Board, Delta

log = logging.getLogger("jinbang.live")
LOOK_SECONDS = 1.0
BEAT_SECONDS = 4.0
QUEUE_FRAMES = 64
GROUP = "boards"


@dataclass(eq=False)
class Client:
    """A socket: what waits to be written. A client that does not read loses its queue and gets the next snapshot."""

    code: str
    queue: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(QUEUE_FRAMES))
    is_behind: bool = False
    seq: int = -1

    def push(self, text: str, *, seq: int | None = None) -> None:
        """Queue a frame (`seq`: of a delta; None for a beat); a full queue is emptied and the client marked for a snapshot.

        What the client has already, because it joined meanwhile, is left out.
        """
        if self.is_behind or (seq is not None and seq <= self.seq):
            return
        self.seq = self.seq if seq is None else seq
        try:
            self.queue.put_nowait(text)
        except asyncio.QueueFull:
            self.is_behind = True
            while not self.queue.empty():
                self.queue.get_nowait()
            # An empty text wakes the writer, which then asks for the snapshot.
            self.queue.put_nowait("")


@dataclass
class Watched:
    """A board somebody watches here: where its frames stand and the encoded snapshot of that place."""

    epoch: str
    seq: int
    clients: set[Client] = field(default_factory=set)
    snapshot: tuple[str, int, str] | None = None


class Hub:
    """Everything of live boards in one process's event loop."""

    def __init__(self) -> None:
        self.boards: dict[str, Watched] = {}
        self.rung = asyncio.Event()
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="hub")
        self.loop = asyncio.get_running_loop()
        self.tasks: list[asyncio.Task[None]] = []
        self.encoded = 0

    def start(self) -> None:
        """Begin to listen and to look."""
        self.tasks = [self.loop.create_task(self._run())]
        if settings.REDIS_URL:
            self.tasks.append(self.loop.create_task(self._listen()))

    async def stop(self) -> None:
        """End the tasks and the thread's database connection."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self._in_thread(_close)
        self.pool.shutdown()

    def ring(self) -> None:
        """Say from any thread that something was published; other processes hear it through Redis."""
        self.loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        self.rung.set()
        if settings.REDIS_URL:
            self.tasks.append(self.loop.create_task(self._tell()))
            self.tasks = [task for task in self.tasks if not task.done()]

    async def _tell(self) -> None:
        with contextlib.suppress(Exception):
            await get_channel_layer().group_send(GROUP, {"type": "bell"})

    async def _listen(self) -> None:
        """Wait for bells of other processes; when Redis is away the looks go on."""
        while True:
            try:
                layer = get_channel_layer()
                name = await layer.new_channel()
                await layer.group_add(GROUP, name)
                while True:
                    await layer.receive(name)
                    self.rung.set()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("no bell: %s", error)
                await asyncio.sleep(5)

    async def _run(self) -> None:
        """Look when rung, at least each second; send a sign of life each four."""
        beaten = time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.rung.wait(), LOOK_SECONDS)
            self.rung.clear()
            try:
                await self._look()
            except Exception:
                log.exception("looking failed")
                await self._in_thread(_close)
                await asyncio.sleep(1)
                continue
            if time.monotonic() - beaten >= BEAT_SECONDS:
                beaten = time.monotonic()
                self._beat()

    async def _in_thread(self, function: Any, *args: Any) -> Any:
        return await self.loop.run_in_executor(self.pool, function, *args)

    async def _look(self) -> None:
        """Read what changed of the boards watched here and hand it out."""
        known = {code: (board.epoch, board.seq) for code, board in self.boards.items()}
        if not known:
            return
        for code, epoch, seq, news in await self._in_thread(_news, known):
            board = self.boards.get(code)
            if board is None:
                continue
            board.epoch, board.seq = epoch, seq
            texts = [(frames.encode(frame), frame["seq"]) for frame in news]
            self.encoded += len(texts)
            for client in board.clients:
                for text, place in texts:
                    client.push(text, seq=place)  # an epoch's change keeps counting: seq never goes back

    def _beat(self) -> None:
        now = timezone.now()
        for board in self.boards.values():
            text = frames.encode(frames.beat(board.epoch, board.seq, now))
            for client in board.clients:
                client.push(text)

    async def join(self, code: str, epoch: str, seq: int) -> Client | None:
        """Let a socket watch a board from what it already has; None when there is no such board."""
        client = Client(code)
        first = await self._in_thread(_place, code)
        if first is None:
            return None
        await self.catch_up(client, epoch, seq)
        self.boards.setdefault(code, Watched(*first)).clients.add(client)
        return client

    async def catch_up(self, client: Client, epoch: str, seq: int) -> None:
        """Queue the missing deltas up to where the hub stands, else a snapshot."""
        texts, place = await self._in_thread(_catch_up, client.code, epoch, seq)
        client.is_behind, client.seq = False, place
        for text in texts:
            client.push(text)

    def leave(self, client: Client) -> None:
        """Forget a socket, and a board nobody watches any more."""
        board = self.boards.get(client.code)
        if board is not None:
            board.clients.discard(client)
            if not board.clients:
                del self.boards[client.code]

    async def snapshot_for(self, client: Client) -> str:
        """Return the board's present snapshot, encoded once for every client that fell behind at this place."""
        board = self.boards[client.code]
        if board.snapshot is None or board.snapshot[:2] != (board.epoch, board.seq):
            epoch, seq, text = await self._in_thread(_snapshot, client.code)
            board.snapshot = (epoch, seq, text)
        client.seq = board.snapshot[1]
        return board.snapshot[2]


def _close() -> None:
    """Close the connection of the thread this runs in: the name is resolved there, not where it is asked for."""
    connection.close()


def _place(code: str) -> tuple[str, int] | None:
    found = Board.objects.filter(code=code).values_list("epoch", "seq").first()
    return None if found is None else (found[0], found[1])


def _snapshot(code: str) -> tuple[str, int, str]:
    board = Board.objects.get(code=code)
    return board.epoch, board.seq, frames.encode(frames.snapshot(board))


def _catch_up(code: str, epoch: str, seq: int) -> tuple[list[str], int]:
    board = Board.objects.get(code=code)
    found = frames.missing(board, epoch, seq)
    news = [frames.snapshot(board)] if found is None else [*found, frames.beat(board.epoch, board.seq, timezone.now())]
    return [frames.encode(frame) for frame in news], board.seq


def _news(known: dict[str, tuple[str, int]]) -> list[tuple[str, str, int, list[dict[str, Any]]]]:
    """Return (code, epoch, seq, frames) of each board that has moved: two statements when one has, one when none."""
    moved = [
        (pk, code, epoch, seq)
        for pk, code, epoch, seq in Board.objects.filter(code__in=known).values_list("pk", "code", "epoch", "seq")
        if (epoch, seq) != known[code]
    ]
    news = []
    for pk, code, epoch, seq in moved:
        before = known[code][1]
        deltas = Delta.objects.filter(board=pk, seq__gt=before, seq__lte=seq).order_by("seq")
        found = [delta.frame for delta in deltas]
        is_whole = epoch == known[code][0] and [frame["seq"] for frame in found] == list(range(before + 1, seq + 1))
        if is_whole:
            news.append((code, epoch, seq, found))
        else:
            board = Board.objects.get(pk=pk)
            news.append((code, board.epoch, board.seq, [frames.snapshot(board)]))
    return news
