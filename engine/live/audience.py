"""Everybody who watches one board in this process: the row, written without a question, and those aside, who are asked first.

In the row is who has every frame handed out so far and whose transport keeps nothing: the system takes a frame's ready bytes with one call on
the descriptor, and nothing else is touched for that socket (a thousand sockets are a thousand cold places in memory). Whoever's transport
is written to by somebody else (a ping, a close), keeps a rest, or is lost steps aside at once, and is asked before each frame until nothing
waits there. So frames keep their order, and none lands in a descriptor that has become a stranger's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from os import write

from engine.live.watch import Report, Viewer
from engine.live.wire import Pipe, Ready

MOST_WAITING = 64 * 1024


@dataclass(eq=False, slots=True)
class Client:
    """A socket: who watches, what it has, whether it must wait for a snapshot."""

    code: str
    pipe: Pipe
    viewer: Viewer
    close: Callable[[int], None]
    seq: int = -1  # kept up only while aside: in the row everybody has what was handed out last
    is_behind: bool = True
    is_joining: bool = False
    report: Report | None = None


class Audience:
    """The sockets of a board. `seq` is what was handed out last."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        self.clients: set[Client] = set()
        self.aside: set[Client] = set()
        self.plain: dict[int, Client] = {}
        self.packed: dict[int, Client] = {}

    def add(self, client: Client) -> None:
        """Take a socket in, aside and behind until it has caught up."""
        self.clients.add(client)
        self.aside.add(client)
        client.pipe.disturbed = partial(self.step_aside, client)

    def remove(self, client: Client) -> None:
        """Forget a socket."""
        if client in self.clients:
            self.step_aside(client)
            client.pipe.disturbed = None
            self.clients.discard(client)
            self.aside.discard(client)

    def _row(self, client: Client) -> dict[int, Client]:
        return self.packed if client.pipe.packs else self.plain

    def step_aside(self, client: Client) -> None:
        """Take a socket out of the row: from now on its transport is asked before each frame."""
        if client not in self.aside:
            del self._row(client)[client.pipe.descriptor]
            self.aside.add(client)
            client.seq = self.seq

    def step_in(self, client: Client) -> None:
        """Let a socket into the row when it has exactly what everybody there has and nothing waits in its transport."""
        if client in self.aside and not client.is_behind and client.seq == self.seq and client.pipe.is_clear():
            self.aside.discard(client)
            self._row(client)[client.pipe.descriptor] = client

    def begin_anew(self) -> None:
        """Forget who has what: the numbers of another epoch say nothing of those before."""
        for client in self.aside:
            client.seq = -1

    def hand_out(self, ready: Ready) -> list[Client]:
        """Write the next frame to everybody who is not behind and does not have it; return who does not read and falls behind now."""
        aside, self.seq = tuple(self.aside), ready.seq
        self._write(ready)
        fallen = []
        for client in aside:
            if client.is_behind:
                continue
            if client.seq < ready.seq:
                if client.pipe.put(ready) > MOST_WAITING:
                    client.is_behind = True
                    fallen.append(client)
                client.seq = ready.seq
            self.step_in(client)
        return fallen

    def tell(self, ready: Ready) -> None:
        """Write a frame that is no change to everybody who is not behind."""
        aside = tuple(self.aside)
        self._write(ready)
        for client in aside:
            if not client.is_behind:
                client.pipe.put(ready)
                self.step_in(client)

    def _write(self, ready: Ready) -> None:
        if self.plain:
            _through(self.plain, ready.plain)
        if self.packed:
            _through(self.packed, ready.packed())


def _through(row: dict[int, Client], data: bytes) -> None:
    """Write the same bytes to a whole row; what the system does not take at once goes to the transport, whose socket steps aside."""
    size, rests = len(data), []
    for descriptor in row:
        try:
            if (written := write(descriptor, data)) != size:
                rests.append((descriptor, written))
        except OSError:  # full, or broken: its transport finds out which
            rests.append((descriptor, 0))
    for descriptor, written in rests:
        row[descriptor].pipe.keep(data[written:])
