"""Sockets; embedded, also the pages (through WSGI in threads, so no middleware pays a thread hop)."""

import asyncio
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from a2wsgi import WSGIMiddleware
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from config.wsgi import application as pages
from engine.live import counters, sockets
from engine.live.hub import Hub
from engine.live.publisher import Publisher


async def lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Start this process's hub and publisher, and stop them with it."""
    await receive()
    hub = Hub()
    publisher = Publisher(hub.published)
    counts = counters.Counters()
    hub.start()
    sockets.use(hub)
    counts.start()
    counters.use(counts)
    publisher.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(publisher.stop)
    await hub.stop()
    await counts.stop()
    await send({"type": "lifespan.shutdown.complete"})


routes = URLRouter([
    path("ws/boards/<str:code>/", sockets.board_socket),  # type: ignore[arg-type]
    path("ws/counters/", counters.counter_socket),  # type: ignore[arg-type]
])  # fmt: skip
application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(pages, workers=16),  # type: ignore[arg-type]
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(routes)),
        "lifespan": lifespan,
    }
)
