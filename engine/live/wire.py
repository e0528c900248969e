"""Frames ready to be written, and the way past the per-socket machinery to the transport.

A frame is made once: JSON text, WebSocket header and, for sockets that agreed to it, the compressed form. Compression is shared:
`Sockets` agrees to permessage-deflate (RFC 7692) only without context takeover, so that one compressed payload fits every socket.
Run uvicorn with `--ws engine.live.wire:Sockets`; under another server frames go the ordinary way through ASGI.
"""

from __future__ import annotations

import asyncio
import json
import struct
import zlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from os import write
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.server import ServerProtocol

EXTENSION = "jinbang.pipe"
PACK_BITS = 15  # the widest window: made once, so it costs no memory a socket
UNPACK_BITS = 12  # as uvicorn's own, for the little a screen says
FIN_TEXT, PACKED = 0x81, 0x40
SMALLEST_PACKED = 200  # bytes; below, packing costs more than it saves
Send = Callable[[dict[str, Any]], Awaitable[None]]


def encode(frame: dict[str, Any]) -> str:
    """Return a frame as JSON text."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def _framed(payload: bytes, first: int) -> bytes:
    """Return a payload behind the header of an unmasked WebSocket frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


class Ready:
    """One frame for every socket: its text, its bytes and, made when first asked for, its compressed bytes."""

    __slots__ = ("_packed", "epoch", "plain", "seq", "text")

    def __init__(self, frame: dict[str, Any], *, packs: bool = False) -> None:
        self.text = encode(frame)
        self.epoch: str = frame["epoch"]
        self.seq: int = frame["seq"]
        self.plain = _framed(self.text.encode(), FIN_TEXT)
        self._packed = b""
        if packs:
            self.packed()

    def packed(self) -> bytes:
        """Return the frame compressed with a window of its own, so that no socket needs to have seen another."""
        if not self._packed:
            self._packed = self.plain if len(self.plain) < SMALLEST_PACKED else self._pack()
        return self._packed

    def _pack(self) -> bytes:
        packer = zlib.compressobj(wbits=-PACK_BITS, memLevel=5)
        payload = packer.compress(self.text.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
        return _framed(payload[:-4], FIN_TEXT | PACKED)


class Pipe(ABC):
    """Where a socket's frames go."""

    __slots__ = ("descriptor", "disturbed", "packs")

    def __init__(self) -> None:
        self.packs = False
        self.descriptor = -1  # the system's number of the socket, when frames may be written to it without asking
        self.disturbed: Callable[[], None] | None = (
            None  # called before anybody else writes to the socket, and when it is lost
        )

    @abstractmethod
    def put(self, ready: Ready) -> int:
        """Write a frame or keep it until it can be written; never waits. Returns how many bytes were kept already."""

    @abstractmethod
    def waiting(self) -> int:
        """Return how many bytes are kept because the client does not read."""

    def keep(self, rest: bytes) -> None:
        """Keep the rest of a frame whose beginning was written to the descriptor; only of a pipe that has one."""
        raise NotImplementedError

    def is_clear(self) -> bool:
        """Return whether frames may be written to the descriptor without asking until `disturbed` is called."""
        return False


class Noting:
    """A transport that tells before it is written to or closed; everything else is the transport's own."""

    __slots__ = ("protocol", "transport")

    def __init__(self, transport: asyncio.Transport, protocol: Sockets) -> None:
        self.transport, self.protocol = transport, protocol

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    def write(self, data: bytes) -> None:
        self.protocol.disturb()
        self.transport.write(data)

    def close(self) -> None:
        self.protocol.disturb()
        self.transport.close()

    def abort(self) -> None:
        self.protocol.disturb()
        self.transport.abort()


class Straight(Pipe):
    """Writes ready bytes to uvicorn's socket: to the system at once while nothing waits, else behind what waits."""

    __slots__ = ("closing", "protocol", "transport", "waiting")

    def __init__(self, protocol: Sockets) -> None:
        super().__init__()
        self.protocol = protocol
        self.transport = protocol.transport
        self.waiting: Callable[[], int] = self.transport.get_write_buffer_size  # type: ignore[method-assign]
        self.closing: Callable[[], bool] = self.transport.is_closing
        # A client that asked for a smaller window than ours gets plain frames, which is always allowed.
        self.packs = any(getattr(each, "local_max_window_bits", 0) >= PACK_BITS for each in protocol.conn.extensions)
        is_tls = self.transport.get_extra_info("ssl_object") is not None
        self.descriptor = -1 if is_tls else self.transport.get_extra_info("socket").fileno()

    def is_clear(self) -> bool:
        # Both loops tell the protocol that a connection is lost before they close its descriptor, so the number cannot have become another's.
        return self.descriptor >= 0 and not (self.closing() or self.protocol.close_sent or self.waiting())

    def put(self, ready: Ready) -> int:
        if self.closing() or self.protocol.close_sent:
            return 0
        data = ready.packed() if self.packs else ready.plain
        if (kept := self.waiting()) or self.descriptor < 0:
            self.transport.write(data)
            return kept
        try:
            written = write(self.descriptor, data)
        except BlockingIOError:
            written = 0
        except OSError:  # the loop hears of it too and ends the connection
            return 0
        if written < len(data):
            self.transport.write(data[written:])
        return 0

    def keep(self, rest: bytes) -> None:
        self.protocol.disturb()
        if not self.closing():
            self.transport.write(rest)


class Queued(Pipe):
    """Writes through ASGI, one frame after another, for servers whose transport is out of reach."""

    def __init__(self, send: Send) -> None:
        super().__init__()
        self.send = send
        self.kept = 0
        self.queue: asyncio.Queue[Ready] = asyncio.Queue()
        self.task = asyncio.get_running_loop().create_task(self._run())

    def put(self, ready: Ready) -> int:
        kept = self.kept
        self.kept += len(ready.plain)
        self.queue.put_nowait(ready)
        return kept

    def waiting(self) -> int:
        return self.kept

    async def _run(self) -> None:
        while True:
            ready = await self.queue.get()
            await self.send({"type": "websocket.send", "text": ready.text})
            self.kept -= len(ready.plain)


class Sockets(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol with shared compression; hands the application a straight pipe."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pipe: Straight | None = None
        if self.config.ws_per_message_deflate:
            shared = ServerPerMessageDeflateFactory(
                server_no_context_takeover=True, client_no_context_takeover=True, client_max_window_bits=UNPACK_BITS
            )  # fmt: skip
            self.conn = ServerProtocol(extensions=[shared], max_size=self.config.ws_max_size, logger=self.logger)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Put something before the transport that tells the pipe when it is written to."""
        super().connection_made(transport)
        self.transport = cast("asyncio.Transport", Noting(self.transport, self))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the pipe, while the descriptor is still this socket's."""
        self.disturb()
        super().connection_lost(exc)

    def disturb(self) -> None:
        """Say that somebody writes to the socket beside the pipe, or that it is lost."""
        if self.pipe is not None and self.pipe.disturbed is not None:
            self.pipe.disturbed()

    async def run_asgi(self) -> None:
        """Run the application with the pipe in its scope."""
        extensions: Any = self.scope["extensions"]
        extensions[EXTENSION] = self.pipe = Straight(self)
        await super().run_asgi()
