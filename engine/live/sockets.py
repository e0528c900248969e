"""The socket of a board: `/ws/boards/<code>/?epoch=&seq=` and, for a paired screen, `token=`."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from engine.live import screens
from engine.live.hub import Client, Hub
from engine.live.models import Board
from people.models import Employee

SIGN_IN, NOT_YOURS, NO_SUCH_BOARD = 4401, 4403, 4404
LONGEST_MESSAGE = 2000
CHECK_SECONDS = 8.0
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
_hub: list[Hub] = []


def use(hub: Hub | None) -> None:
    """Say which hub the sockets of this process use."""
    _hub[:] = [hub] if hub else []


async def board_socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Serve one socket until it or its right to watch ends."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    code = scope["url_route"]["kwargs"]["code"]
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    token = scope.get("cookies", {}).get(screens.TOKEN_COOKIE, "") or query.get("token", [""])[0]
    refusal = await database_sync_to_async(may_watch)(code, _person(scope), token)
    if refusal:
        await send({"type": "websocket.close", "code": refusal})
        return
    client = await _hub[0].join(code, query.get("epoch", [""])[0], _integer(query.get("seq", [""])[0]))
    if client is None:
        await send({"type": "websocket.close", "code": NO_SUCH_BOARD})
        return
    tasks = [
        asyncio.create_task(_write(client, send)),
        asyncio.create_task(_read(client, receive)),
        asyncio.create_task(_guard(scope, code, token, send)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        _hub[0].leave(client)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _write(client: Client, send: Send) -> None:
    """Write what is queued; a client that fell behind gets the snapshot instead of what it missed."""
    while True:
        text = await client.queue.get()
        if client.is_behind:
            client.is_behind = False
            text = await _hub[0].snapshot_for(client)
        await send({"type": "websocket.send", "text": text})


async def _read(client: Client, receive: Receive) -> None:
    """Answer resync; anything else a client says is ignored."""
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        text = event.get("text") or ""
        if len(text) > LONGEST_MESSAGE:
            return
        with contextlib.suppress(ValueError, AttributeError):
            message = json.loads(text)
            if message.get("type") == "resync":
                await _hub[0].catch_up(client, str(message.get("epoch", "")), _integer(message.get("seq")))


async def _guard(scope: dict[str, Any], code: str, token: str, send: Send) -> None:
    """Close the socket once the person has signed out, lost the right, or the screen was unpaired."""
    session = getattr(scope.get("session"), "session_key", None)
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        refusal = await database_sync_to_async(still_may_watch)(code, _person(scope), session, token)
        if refusal:
            await send({"type": "websocket.close", "code": refusal})
            return


def may_watch(code: str, person: Any, token: str) -> int:
    """Return 0 when the board may be watched, else the code the socket closes with."""
    board = Board.objects.filter(code=code).first()
    if board is None:
        return NO_SUCH_BOARD
    if board.is_public or (token and screens.shows(token, board)):
        return 0
    if person is None:
        return SIGN_IN
    return 0 if person.has_perm("live.view_board", board) else NOT_YOURS


def still_may_watch(code: str, person: Any, session: str | None, token: str) -> int:
    """Ask again, with the person and the session as they are now."""
    if person is not None:
        person = Employee.objects.filter(pk=person.pk, is_active=True).first()
        alive = Session.objects.filter(pk=session, expire_date__gt=timezone.now())
        if session is None or not alive.exists():
            person = None
    return may_watch(code, person, token)


def _person(scope: dict[str, Any]) -> Any:
    user = scope.get("user")
    return user if user is not None and user.is_authenticated else None


def _integer(text: Any) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        return -1
