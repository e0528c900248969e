"""The socket of a board: `/ws/boards/<code>/?epoch=&seq=` and, for a paired screen, `token=`.

It only hears: resync, and what a screen in a hall answers to a beat. The hub writes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.utils import timezone

from engine.live import screens, watch
from engine.live.hub import Client, Hub
from engine.live.wire import EXTENSION, Pipe, Queued

log = logging.getLogger("jinbang.live")
LONGEST_MESSAGE = 2000
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
_hub: list[Hub] = []


def use(hub: Hub | None) -> None:
    """Say which hub the sockets of this process use."""
    _hub[:] = [hub] if hub else []


def recheck() -> None:
    """Let this process's hub ask at once who may still watch; others ask each second by themselves."""
    for hub in _hub:
        hub.recheck()


async def board_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve one socket until it or its right to watch ends."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    code = scope["url_route"]["kwargs"]["code"]
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    token = scope.get("cookies", {}).get(screens.TOKEN_COOKIE, "") or query.get("token", [""])[0]
    session = getattr(scope.get("session"), "session_key", None)
    refusal, viewer = await database_sync_to_async(watch.admit)(code, _person(scope), session, token)
    if refusal:
        await send({"type": "websocket.close", "code": refusal})
        return
    pipe = _pipe(scope, send)
    client = Client(code, pipe, viewer, _closer(send))
    try:
        if await _hub[0].join(client, query.get("epoch", [""])[0], _integer(query.get("seq", [""])[0])):
            await _read(client, receive)
        else:
            await send({"type": "websocket.close", "code": watch.NO_SUCH_BOARD})
    finally:
        _hub[0].leave(client)
        if isinstance(pipe, Queued):
            pipe.task.cancel()


def _pipe(scope: dict[str, Any], send: Send) -> Pipe:
    """Return the straight pipe of uvicorn's socket under our protocol class, else one through ASGI."""
    found: Pipe | None = scope.get("extensions", {}).get(EXTENSION)
    return found if found is not None else Queued(send)


def _closer(send: Send) -> Callable[[int], None]:
    """Return a function that closes the socket, once, without waiting for it."""
    tasks: list[asyncio.Task[None]] = []

    async def close(code: int) -> None:
        with contextlib.suppress(Exception):
            await send({"type": "websocket.close", "code": code})

    def begin(code: int) -> None:
        if not tasks:
            tasks.append(asyncio.get_running_loop().create_task(close(code)))

    return begin


async def _read(client: Client, receive: Receive) -> None:
    """Answer resync, note a screen's answer to a beat; anything else a client says is ignored."""
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        text = event.get("text") or ""
        if len(text) > LONGEST_MESSAGE:
            return
        try:
            message = json.loads(text)
        except ValueError:
            continue
        if not isinstance(message, dict):
            continue
        if message.get("type") == "resync":
            await _hub[0].catch_up(client, str(message.get("epoch", "")), _integer(message.get("seq")))
        elif message.get("type") == "beat":
            _hub[0].hear(client, message, timezone.now())


def _person(scope: dict[str, Any]) -> Any:
    user = scope.get("user")
    return user if user is not None and user.is_authenticated else None


def _integer(text: Any) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        return -1
