"""The tutorial of Channels, part 3 (its faster, asynchronous form): a consumer for each socket, a group, JSON made for each socket."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings

if not settings.configured:
    # Without the timeout: today's Redis client gives up after as many seconds as the layer waits, which closes a socket now and then.
    host = {"address": os.environ["BENCH_REDIS_URL"], "socket_timeout": None}
    redis = {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [host]}}
    settings.configure(CHANNEL_LAYERS={"default": redis})
TEXT = Path(os.environ["BENCH_FRAME"]).read_text()
GROUP = "board"


class BoardConsumer(AsyncWebsocketConsumer):
    """As in the tutorial's chat."""

    async def connect(self) -> None:
        _loops[:] = [asyncio.get_running_loop()]
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def board_changed(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(event["board"], ensure_ascii=False))


_loops: list[asyncio.AbstractEventLoop] = []


def publish() -> None:
    """For each number on stdin send the board, with its marker, to the group."""
    for line in sys.stdin:
        board = json.loads(re.sub(r"@@\d{6}@@", f"@@{int(line):06d}@@", TEXT))
        begun = time.monotonic_ns()
        sending = get_channel_layer().group_send(GROUP, {"type": "board.changed", "board": board})
        asyncio.run_coroutine_threadsafe(sending, _loops[0]).result()
        print(f"S {int(line)} {begun}", flush=True)


threading.Thread(target=publish, daemon=True).start()
application = BoardConsumer.as_asgi()
