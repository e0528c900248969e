"""How late the last of 500 sockets hears of a board's change, against a plain loop writing ready bytes.

Both sides run under the same server library (uvicorn, websockets, no compression) in a process of their own, with 500 sockets of one
client process, 40 changes each. Ours: from the moment before a change is published in the database to the last socket's
frame. The peer: from the moment before the loop begins to the last socket's frame of the same size. Ratio = median / median.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import time

SOCKETS = int(os.environ.get("BENCH_SOCKETS", "500"))
CHANGES = 40
PORT = 8391


async def peer_app(scope: dict, receive: object, send: object) -> None:
    """The plain loop: keep every socket, write the same ready text to each when told."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    PEERS.append(send)
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            PEERS.remove(send)
            return
        text = event["text"]
        for each in PEERS:
            await each({"type": "websocket.send", "text": text})


PEERS: list = []


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(app: str) -> object:
    port = free()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        app,
        "--port",
        str(port),
        "--log-level",
        "error",
        "--ws-per-message-deflate",
        "false",
        "--timeout-graceful-shutdown",
        "1",
    ]
    process = subprocess.Popen(command)
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.1)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(15)


async def last_heard(sockets: list, is_wanted: object) -> float:
    """Return the moment the last socket has received a wanted frame."""

    async def one(each: object) -> None:
        while not is_wanted(await each.recv()):
            pass

    await asyncio.gather(*(one(each) for each in sockets))
    return time.perf_counter()


async def connect_all(url: str, origin: str) -> list:
    from websockets.asyncio.client import connect

    return [await connect(url, origin=origin, compression=None, max_size=None) for _ in range(SOCKETS)]


async def ours(code: str, port: int, change: object) -> list[float]:
    sockets = await connect_all(f"ws://127.0.0.1:{port}/ws/boards/{code}/", f"http://127.0.0.1:{port}")
    await last_heard(sockets, lambda text: '"snapshot"' in text)
    delays = []
    for _ in range(CHANGES):
        await asyncio.sleep(0.15)
        started = time.perf_counter()
        seq = await asyncio.to_thread(change)
        delays.append(
            await last_heard(sockets, lambda text, seq=seq: f'"seq":{seq},' in text and '"delta"' in text) - started
        )
    for each in sockets:
        await each.close()
    return delays


async def peer(port: int, text: str) -> list[float]:
    sockets = await connect_all(f"ws://127.0.0.1:{port}/", f"http://127.0.0.1:{port}")
    delays = []
    for number in range(CHANGES):
        await asyncio.sleep(0.15)
        started = time.perf_counter()
        await sockets[0].send(f"{number:04}{text}")
        delays.append(await last_heard(sockets, lambda got, number=number: got.startswith(f"{number:04}")) - started)
    for each in sockets:
        await each.close()
    return delays


def main() -> int:
    """Measure both in one run and print the ratio."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DEBUG"] = "1"
    import django

    django.setup()
    from django.core.management import call_command

    from config.demo import load
    from contests.domain import marking
    from contests.models import Mark, Sheet
    from contests.pure.marks import Op
    from engine.live.models import Board, Delta
    from people.models import Employee

    call_command("migrate", verbosity=0)
    if not Employee.objects.exists():
        load.load(small=True, say=lambda text: sys.stderr.write(f"{text}\n"))
    import uuid

    from django.utils import timezone

    code = load.LIVE_CONTEST
    sheet = Sheet.objects.filter(contest__code=code).exclude(aspects=[]).select_related("member__employee")[0]
    entry = sheet.contest.entries.order_by("position")[0].code
    state = {"value": 1}

    def change() -> int:
        """Give a mark and wait for the publisher of the server to have published it."""
        before = Board.objects.get(code=code).seq
        held = (
            Mark.objects.filter(sheet=sheet, entry__code=entry, aspect=sheet.aspects[0])
            .values_list("version", flat=True)
            .first()
        )
        state["value"] = state["value"] % 9 + 1
        op = Op(str(uuid.uuid4()), entry, sheet.aspects[0], str(state["value"]), held or 0)
        marking.record(sheet_id=sheet.pk, ops=[op], by=sheet.member.employee, at=timezone.now())
        return before + 1

    with server("config.asgi:application") as port:
        mine = asyncio.run(ours(code, port, change))
    size = len(json.dumps(Delta.objects.filter(board__code=code).last().frame, ensure_ascii=False))
    with server("bench.live:peer_app") as port:
        plain = asyncio.run(peer(port, "x" * size))
    a, b = statistics.median(mine) * 1000, statistics.median(plain) * 1000
    print(f"{SOCKETS} sockets, frame of {size} characters, {CHANGES} changes")
    print(
        f"from the mark to the last socket (publisher's beat of 100 ms included)  median {a:6.1f} ms, most {max(mine) * 1000:6.1f} ms"
    )
    print(
        f"plain loop of ready bytes                                             median {b:6.1f} ms, most {max(plain) * 1000:6.1f} ms"
    )
    print(f"ratio {a / b:5.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
