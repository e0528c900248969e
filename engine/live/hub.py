"""One hub a process: it reads what was published, makes each frame once, and writes the same bytes to every socket.

The database is the truth. A bell (this process's publisher, or another's through Redis) only says "look"; without one the
hub looks once a second at the boards somebody watches here, so a lost bell costs one second. A socket has no task of its own
for writing: each board's `audience` writes ready bytes to all. Who does not read keeps at most `MOST_WAITING` bytes and one frame here,
is left out of everything that follows, and gets the snapshot of the moment when it has caught up with its own past.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection
from django.utils import timezone

from engine.live import domain, frames, watch
from engine.live.audience import Audience, Client
from engine.live.models import Board, Delta
from engine.live.wire import Ready

log = logging.getLogger("jinbang.live")
LOOK_SECONDS = 1.0
BEAT_SECONDS = 4.0
SLOW_SECONDS = 0.25
TELL_SECONDS = 2.0
KEPT_FRAMES = 300
GROUP = "boards"
Place = tuple[str, int, datetime]


@dataclass
class Watched:
    """A board somebody watches here: where its frames stand, its last frames and the snapshot made last.

    `at` is when the change `seq` was made: a restored database may have another change under the same number.
    """

    epoch: str
    seq: int
    at: datetime
    packs: bool = False  # whether a client here reads compressed frames
    recent: deque[Ready] = field(default_factory=lambda: deque(maxlen=KEPT_FRAMES))
    snapshot: Ready | None = None

    def __post_init__(self) -> None:
        self.audience = Audience(self.seq)

    @property
    def place(self) -> Place:
        """Where the board's frames stand here."""
        return self.epoch, self.seq, self.at

    def since(self, epoch: str, seq: int) -> list[Ready] | None:
        """Return the frames after a place from memory; None when memory does not reach back, or the epoch is another."""
        if epoch != self.epoch or seq > self.seq:
            return None
        count = self.seq - seq
        found = list(self.recent)[-count:] if count else []
        is_whole = [ready.seq for ready in found] == list(range(seq + 1, self.seq + 1))
        return found if is_whole and all(ready.epoch == epoch for ready in found) else None


class Hub:
    """Everything of live boards in one process's event loop."""

    def __init__(self) -> None:
        self.boards: dict[str, Watched] = {}
        self.rung = asyncio.Event()
        self.must_tell = asyncio.Event()
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="hub")
        self.loop = asyncio.get_running_loop()
        self.tasks: list[asyncio.Task[None]] = []
        self.slow: set[Client] = set()
        self.is_looking = False
        self.encoded = 0

    def start(self) -> None:
        """Begin to listen, to look, and to watch over those who watch."""
        self.tasks = [
            self.loop.create_task(each) for each in (self._run(), self._every(BEAT_SECONDS, self._beat),
                                                     self._every(SLOW_SECONDS, self._help_slow),
                                                     self._every(watch.CHECK_SECONDS, self.check))
        ]  # fmt: skip
        if settings.REDIS_URL:
            self.tasks += [self.loop.create_task(self._listen()), self.loop.create_task(self._tell())]

    async def stop(self) -> None:
        """End the tasks and the thread's database connection."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self._in_thread(_close)
        self.pool.shutdown()

    def published(self, code: str, frame: dict[str, Any], before: datetime) -> None:
        """Hand over from any thread what was just committed; other processes hear through Redis that they must look.

        Args:
            before: when the change before it was made.
        """
        board = self.boards.get(code)
        packs = board is not None and board.packs
        place = (frame["epoch"], frame["seq"], frames.moment(frame))
        self.loop.call_soon_threadsafe(self._take, code, place, before, Ready(frame, packs=packs))

    def recheck(self) -> None:
        """Ask now, from any thread, whether everybody may still watch: somebody signed out, a screen was unpaired."""
        self.loop.call_soon_threadsafe(lambda: self._keep(self.check()))

    def _take(self, code: str, place: Place, before: datetime, ready: Ready) -> None:
        """Hand a frame out at once when it is the next one here; else look into the database."""
        board = self.boards.get(code)
        follows = board is not None and (place[0], place[1] - 1, before) == board.place
        if board is not None and follows and not self.is_looking:
            self._hand_out(board, place, [ready])
        else:
            self.rung.set()
        self.must_tell.set()

    def _keep(self, work: Any) -> None:
        """Run something beside, holding on to its task until it is done."""
        self.tasks.append(self.loop.create_task(work))
        self.tasks = [task for task in self.tasks if not task.done()]

    async def _tell(self) -> None:
        """Ring for other processes: one bell for all that was handed over meanwhile, and no waiting for a Redis that hangs."""
        while True:
            await self.must_tell.wait()
            self.must_tell.clear()
            with contextlib.suppress(Exception):
                async with asyncio.timeout(TELL_SECONDS):
                    await get_channel_layer().group_send(GROUP, {"type": "bell"})

    async def _listen(self) -> None:
        """Wait for bells of other processes on one channel for ever; when Redis is away the looks go on."""
        layer = get_channel_layer()
        name = await layer.new_channel()
        while True:
            try:
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
        """Look when rung, at least each second."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.rung.wait()
            self.rung.clear()
            try:
                await self._look()
            except Exception:
                log.exception("looking failed")
                await self._in_thread(_close)
                await asyncio.sleep(1)

    async def _every(self, seconds: float, function: Callable[[], Any]) -> None:
        """Call something again and again; an error is logged and the next turn comes."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await function()
            except Exception:
                log.exception("%s failed", function)
                await self._in_thread(_close)

    async def _in_thread(self, function: Any, *args: Any) -> Any:
        return await self.loop.run_in_executor(self.pool, function, *args)

    async def _look(self) -> None:
        """Read what changed of the boards watched here and hand it out."""
        known = {code: board.place for code, board in self.boards.items()}
        if not known:
            return
        packs = any(board.packs for board in self.boards.values())
        self.is_looking = True  # what is handed over meanwhile may be in the answer: it is looked for again
        try:
            for code, place, news in await self._in_thread(_news, known, packs):
                board = self.boards.get(code)
                if board is not None and board.place == known[code]:
                    self._hand_out(board, place, news)
        finally:
            self.is_looking = False

    def _hand_out(self, board: Watched, place: Place, news: list[Ready]) -> None:
        if place[0] != board.epoch:
            board.audience.begin_anew()
        board.epoch, board.seq, board.at = place
        board.recent.extend(news)
        self.encoded += len(news)
        for ready in news:
            self.slow.update(board.audience.hand_out(ready))

    async def _beat(self) -> None:
        now = timezone.now()
        for board in self.boards.values():
            board.audience.tell(Ready(frames.beat(board.epoch, board.seq, now)))

    async def _help_slow(self) -> None:
        """Give the snapshot of the moment to everybody who fell behind and has read what was kept for it."""
        for client in [each for each in self.slow if not each.pipe.waiting()]:
            board = self.boards.get(client.code)
            if board is not None and client in board.audience.clients and not client.is_joining:
                await self._catch_up(client, board, "", -1)

    async def join(self, client: Client, epoch: str, seq: int) -> bool:
        """Let a socket watch a board from what it already has; False when there is no such board."""
        board = self.boards.get(client.code)
        if board is None:
            place = await self._in_thread(_place, client.code)
            if place is None:
                return False
            board = self.boards.setdefault(client.code, Watched(*place))
        board.audience.add(client)
        board.packs |= client.pipe.packs
        await self.catch_up(client, epoch, seq)
        return True

    async def catch_up(self, client: Client, epoch: str, seq: int) -> None:
        """Write the missing deltas up to where the hub stands, else a snapshot; then a sign of life.

        Who is being served already is not served twice: what it lacks then, the next sign of life tells it.
        """
        board = self.boards.get(client.code)
        if board is None or client not in board.audience.clients or client.is_joining:
            return
        await self._catch_up(client, board, epoch, seq)
        client.pipe.put(Ready(frames.beat(board.epoch, max(board.seq, client.seq), timezone.now())))

    async def _catch_up(self, client: Client, board: Watched, epoch: str, seq: int) -> None:
        board.audience.step_aside(client)
        client.is_behind, client.is_joining = True, True
        self.slow.discard(client)
        try:
            news = board.since(epoch, seq)
            if news is None and epoch == board.epoch:
                news = await self._in_thread(_missing, client.code, epoch, seq)
            if news is None:
                news = [await self._snapshot(client.code, board)]
            for ready in news:
                client.pipe.put(ready)
            client.seq = news[-1].seq if news else seq
            # What was handed out meanwhile went past this socket.
            is_other = board.epoch != (news[-1].epoch if news else epoch)
            missed = None if is_other else [] if client.seq >= board.seq else board.since(board.epoch, client.seq)
            if missed is None:
                self.slow.add(client)
                return
            for ready in missed:
                client.pipe.put(ready)
                client.seq = ready.seq
            client.is_behind = False
            board.audience.step_in(client)
        finally:
            client.is_joining = False

    async def _snapshot(self, code: str, board: Watched) -> Ready:
        """Return a snapshot of where the hub stands or later, made once for everybody who needs it now."""
        made = board.snapshot
        if made is None or made.epoch != board.epoch or made.seq < board.seq:
            made = await self._in_thread(self._make_snapshot, code, board)
        return made

    def _make_snapshot(self, code: str, board: Watched) -> Ready:
        """Make it in the thread, unless another socket's wish has been fulfilled there just before."""
        made = board.snapshot
        if made is None or made.epoch != board.epoch or made.seq < board.seq:
            made = board.snapshot = Ready(frames.snapshot(Board.objects.get(code=code)), packs=True)
        return made

    def leave(self, client: Client) -> None:
        """Forget a socket, and a board nobody watches any more."""
        self.slow.discard(client)
        board = self.boards.get(client.code)
        if board is not None:
            board.audience.remove(client)
            if not board.audience.clients:
                del self.boards[client.code]

    async def check(self) -> None:
        """Close every socket whose right to watch has ended, and store how far the screens in halls have come."""
        clients = [client for board in self.boards.values() for client in board.audience.clients]
        viewers = {(client.code, client.viewer) for client in clients}
        reports = [client.report for client in clients if client.report is not None]
        for client in clients:
            client.report = None
        refused = await self._in_thread(watch.look, viewers, reports, timezone.now())
        for client in clients:
            if (code := refused.get((client.code, client.viewer), 0)) != 0:
                client.close(code)

    def hear(self, client: Client, message: dict[str, Any], at: datetime) -> None:
        """Take a screen's answer to a beat: what it shows, and how long the way there and back took."""
        if client.viewer.screen is not None:
            client.report = watch.report(client.viewer.screen, message, at) or client.report


def _close() -> None:
    """Close the connection of the thread this runs in: the name is resolved there, not where it is asked for."""
    connection.close()


def _place(code: str) -> Place | None:
    found = Board.objects.filter(code=code).values_list("epoch", "seq", "at").first()
    return None if found is None else (found[0], found[1], found[2])


def _missing(code: str, epoch: str, seq: int) -> list[Ready] | None:
    board = Board.objects.only("epoch", "seq").get(code=code)
    found = frames.missing(board, epoch, seq)
    return None if found is None else [Ready(frame) for frame in found]


def _news(known: dict[str, Place], packs: bool) -> list[tuple[str, Place, list[Ready]]]:  # noqa: FBT001 called by the pool
    """Return (code, place, frames) of each board that has moved: two statements when one has, one when none."""
    moved = [
        (pk, code, (epoch, seq, at))
        for pk, code, epoch, seq, at in Board.objects.filter(code__in=known).values_list(
            "pk", "code", "epoch", "seq", "at"
        )
        if (epoch, seq, at) != known[code]
    ]
    news: list[tuple[str, Place, list[Ready]]] = []
    for pk, code, place in moved:
        (epoch, before, at), (now, seq, _at) = known[code], place
        kept = Delta.objects.filter(board=pk, seq__gte=before, seq__lte=seq).order_by("seq")
        found = list(kept.values_list("frame", flat=True))
        last = found.pop(0) if found and found[0]["seq"] == before else None
        # An older database was put back: what this hub handed out is not there, or something else is under its number.
        is_back = now == epoch and (seq <= before or (last is not None and frames.moment(last) != at))
        is_next = now == epoch and [frame["seq"] for frame in found] == list(range(before + 1, seq + 1))
        if is_next and not is_back:
            news.append((code, place, [Ready(frame, packs=packs) for frame in found]))
        else:
            board = domain.begin_anew(code, epoch=epoch, seq=before, at=at) if is_back else Board.objects.get(pk=pk)
            news.append((code, (board.epoch, board.seq, board.at), [Ready(frames.snapshot(board), packs=packs)]))
    return news
