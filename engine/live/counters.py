"""Live counts in everybody's frame: `/ws/counters/` tells a signed-in person when what waits for them changes.

One look every two seconds and process, whatever the number of sockets: each bulk count is asked once for everybody who is
connected here, and only changes are sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from people.models import Employee

log = logging.getLogger("jinbang.live")
Bulk = Callable[[Iterable[int]], dict[int, int]]
BULKS: dict[str, Bulk] = {}
LOOK_SECONDS = 2.0
CHECKS_EVERY = 5  # looks between two checks that sessions are alive
SIGN_IN = 4401
Send = Callable[[dict[str, Any]], Any]


def bulk(name: str, count: Bulk) -> None:
    """Register a count of the frame for many people at once: primary keys → how many wait for each (0 left out)."""
    BULKS[name] = count


@dataclass(eq=False)
class Watcher:
    """A socket of a person: what it was told last."""

    person: int
    session: str | None
    send: Send
    told: dict[str, int] = field(default_factory=dict)


class Counters:
    """All counter sockets of one process."""

    def __init__(self) -> None:
        self.watchers: set[Watcher] = set()
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="counters")
        self.loop = asyncio.get_running_loop()
        self.task: asyncio.Task[None] | None = None
        self.looks = 0

    def start(self) -> None:
        """Begin to look."""
        self.task = self.loop.create_task(self._run())

    async def stop(self) -> None:
        """End the task and the thread's database connection."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self.loop.run_in_executor(self.pool, _close)
        self.pool.shutdown()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                log.exception("counting failed")

    async def look(self) -> None:
        """Count for everybody connected here and send what changed; close the sockets of who has signed out."""
        if not self.watchers:
            return
        self.looks += 1
        if self.looks % CHECKS_EVERY == 0:
            await self._close_signed_out()
        people = {watcher.person for watcher in self.watchers}
        counts = await self.loop.run_in_executor(self.pool, _count, people)
        for watcher in list(self.watchers):
            now = {name: found.get(watcher.person, 0) for name, found in counts.items()}
            if now != watcher.told:
                watcher.told = now
                with contextlib.suppress(Exception):
                    await watcher.send(
                        {"type": "websocket.send", "text": json.dumps({"type": "counts", "counts": now})}
                    )

    async def _close_signed_out(self) -> None:
        sessions = {watcher.session for watcher in self.watchers if watcher.session}
        alive = await self.loop.run_in_executor(self.pool, _alive, sessions, {w.person for w in self.watchers})
        for watcher in list(self.watchers):
            if (watcher.session, watcher.person) not in alive:
                self.watchers.discard(watcher)
                with contextlib.suppress(Exception):
                    await watcher.send({"type": "websocket.close", "code": SIGN_IN})


def _close() -> None:
    """Close the connection of the thread this runs in: the name is resolved there, not where it is asked for."""
    connection.close()


def _count(people: set[int]) -> dict[str, dict[int, int]]:
    connection.close_if_unusable_or_obsolete()
    return {name: count(people) for name, count in BULKS.items()}


def _alive(sessions: set[str], people: set[int]) -> set[tuple[str, int]]:
    """Return (session, person) of those who are still signed in and employed."""
    rows = Session.objects.filter(pk__in=sessions, expire_date__gt=timezone.now())
    active = set(Employee.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    found = {(row.pk, int(row.get_decoded().get("_auth_user_id", 0))) for row in rows}
    return {(session, person) for session, person in found if person in active}


_counters: list[Counters] = []


def use(counters: Counters | None) -> None:
    """Say which counters the sockets of this process use."""
    _counters[:] = [counters] if counters else []


async def counter_socket(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Serve one socket until it or the sign-in ends."""
    if (await receive())["type"] != "websocket.connect":
        return
    user = scope.get("user")
    session = getattr(scope.get("session"), "session_key", None)
    await send({"type": "websocket.accept"})
    if user is None or not user.is_authenticated or not _counters:
        await send({"type": "websocket.close", "code": SIGN_IN})
        return
    watcher = Watcher(user.pk, session, send)
    _counters[0].watchers.add(watcher)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass  # nothing a client says matters here
    finally:
        _counters[0].watchers.discard(watcher)
