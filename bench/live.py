"""How late the last of 1,000 sockets hears of a board's change, and what it costs, against named peers in the same run.

Every side serves real loopback sockets of this machine to the same C program (`bench/wire.c`, compiled here), which notes when each
socket has a frame; every frame is a board of 30 rows with the round's marker in it. The sockets ask for compression as browsers do, and each server answers by its
own defaults; ours and the C loop are measured once more without. Peers:

- a C loop that writes the same ready bytes, compressed before the clock starts;
- socket.io as documented (Node, `bench/socketio`, installed in a scratch folder): it does not compress unless told to;
- the consumer of the Channels tutorial (https://channels.readthedocs.io/en/stable/tutorial/part_3.html) over channels_redis, under the server the
  tutorial installs and "Deploying" names: Daphne (`bench/peers/daphne.txt`, installed in a scratch folder) with its defaults, which do not compress.
  The same consumer under uvicorn, one of the servers "Deploying" names as others, without compression (its default would compress for each
  socket), is a second figure.

The clock of the peers starts when they have the frame in hand. Ours starts, in the fair figure, when the hub is handed the change that was
published: it then makes the frame and writes it (in another process it reads the database first). The figure "with the beat" starts before the change is
noted and includes up to 100 ms in which changes are merged, the source, and the publication.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SOCKETS = int(os.environ.get("BENCH_SOCKETS", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "60"))
WARM = 5
BURST = 40
TURNS = 2
ROWS = 30
HERE = Path(__file__).resolve().parent
CODE = "bench"
OFFER = "permessage-deflate; client_max_window_bits"  # as Chromium asks
SIO = "/socket.io/?EIO=4&transport=websocket"
NUMBERS = itertools.count(1)  # of the whole run: a snapshot of the side before is no frame of this one


def rows(number: int) -> list[dict[str, object]]:
    """Return the board of a round: one mark moves every rank, as it does when the leader changes."""
    names = ["王伟", "李娜", "张敏", "刘洋", "陈静", "杨磊", "赵强", "黄丽", "周杰", "吴芳"]
    made = []
    for place in range(ROWS):
        total = f"{90 - place * 1.37 + number % 9 / 10:.2f}"
        name = f"@@{number:06d}@@" if place == 0 else names[place % 10]
        cells = {"theory": f"{30 - place * 0.4:.2f}", "practical": total}
        made.append(
            {
                "id": f"e{place:03}",
                "rank": place + 1,
                "name": name,
                "unit": f"第{place % 7 + 1}车间",
                "total": total,
                "cells": cells,
            }
        )
    return made


class Lines:
    """What a program prints, read beside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process, self.lines = process, queue.Queue[str]()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.strip())

    def wait(self, start: str, seconds: float = 120) -> list[str]:
        """Return the words of the next line that begins so."""
        deadline = time.monotonic() + seconds
        while True:
            line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            if line.startswith(start):
                return line.split()


@contextlib.contextmanager
def running(command: list[str], **options: object) -> Iterator[tuple[subprocess.Popen[str], Lines]]:
    """Run a program until the block ends."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload]
    try:
        yield process, Lines(process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_open(port: int) -> None:
    """Wait until somebody listens."""
    import socket

    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Figures:
    """Rounds of one side, in milliseconds from its clock's start."""

    def __init__(self) -> None:
        self.last: list[float] = []
        self.p99: list[float] = []
        self.whole: list[float] = []
        self.cpu = 0.0
        self.burst = 0.0

    def add(self, more: Figures) -> None:
        """Take another run's rounds in."""
        self.last += more.last
        self.p99 += more.p99
        self.whole += more.whole
        self.cpu += more.cpu
        self.burst = max(self.burst, more.burst)

    @property
    def cpu_us(self) -> float:
        """Processor microseconds for one frame to one socket."""
        return self.cpu * 1e6 / (len(self.last) * SOCKETS)


def rounds(
    wire: Path, server: Lines, change: Callable[[int], None], *, port: int, path: str = "/", pid: int, deaf: int = 0, kind: str = "ws",
    count: int = ROUNDS, offer: str = OFFER,
) -> Figures:  # fmt: skip
    """Open the sockets and let the side publish round after round; the first few only warm up."""
    figures = Figures()
    listener = [str(wire), "listen", str(port), path, str(SOCKETS), str(deaf), kind, f"http://127.0.0.1:{port}", offer]
    with running(listener) as (_process, heard):
        heard.wait("ready", 180)
        time.sleep(1)
        begun = 0.0
        for turn in range(WARM + count):
            number = next(NUMBERS)
            if turn == WARM:
                begun = cpu_seconds(pid)
            time.sleep(0.05)
            asked = time.monotonic_ns()
            change(number)
            _word, _round, _median, p99, last = heard.wait(f"R {number} ")
            started = int(server.wait(f"S {number} ")[2])
            if turn >= WARM:
                figures.last.append((int(last) - started) / 1e6)
                figures.p99.append((int(p99) - started) / 1e6)
                figures.whole.append((int(last) - asked) / 1e6)
        figures.cpu = cpu_seconds(pid) - begun
        figures.burst = _burst(heard, change)
    return figures


def _burst(heard: Lines, change: Callable[[int], None]) -> float:
    """Change the board as often as many judges do in one second; return the seconds until the last socket shows the last change."""
    numbers = [next(NUMBERS) for _turn in range(BURST)]
    asked = time.monotonic_ns()
    for number in numbers:
        change(number)
    return (int(heard.wait(f"R {numbers[-1]} ")[4]) - asked) / 1e9


def tell(process: subprocess.Popen[str]) -> Callable[[int], None]:
    """Return how a peer is told to publish a round: its number on stdin."""

    def change(number: int) -> None:
        assert process.stdin is not None
        process.stdin.write(f"{number}\n")
        process.stdin.flush()

    return change


def of_loop(wire: Path, frame: Path, *, offer: str = OFFER) -> Figures:
    """Measure the C loop."""
    port = free()
    with running([str(wire), "serve", str(port), str(SOCKETS), str(frame)]) as (process, lines):
        lines.wait("open")
        return rounds(wire, lines, tell(process), port=port, pid=process.pid, offer=offer)


def free() -> int:
    """Return a free port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def uvicorn(
    app: str, *options: str, errors: int | None = None, **extra: str
) -> Iterator[tuple[int, subprocess.Popen[str], Lines]]:
    """Run an ASGI application."""
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
        "--timeout-graceful-shutdown",
        "1",
        *options,
    ]
    with running(command, cwd=HERE.parent, env={**os.environ, **extra}, stderr=errors) as (process, lines):
        wait_open(port)
        yield port, process, lines


def of_hub(wire: Path, scratch: Path, *, deaf: int = 0, offer: str = OFFER) -> Figures:
    """Measure the product: its publisher, its hub, its sockets."""
    from engine.live import domain

    content = scratch / "content.json"

    def change(number: int) -> None:
        content.with_suffix(".new").write_text(json.dumps(rows(number), ensure_ascii=False))
        content.with_suffix(".new").replace(content)
        domain.stir(CODE)

    content.write_text(json.dumps(rows(0), ensure_ascii=False))
    with uvicorn(
        "bench.peers.jinbang_app:application", "--ws", "engine.live.wire:Sockets", BENCH_CONTENT=str(content)
    ) as (
        port,
        process,
        lines,
    ):
        return rounds(
            wire, lines, change, port=port, path=f"/ws/boards/{CODE}/", pid=process.pid, deaf=deaf, offer=offer
        )


def of_channels(wire: Path, frame: Path, daphne: Path | None) -> Figures:
    """Measure the tutorial's consumer under Daphne, or, without its folder, under uvicorn."""
    app, count = "bench.peers.channels_app:application", max(5, ROUNDS // 4)
    # A thousand sockets that close at once are more than its connections to Redis: that noise is not what is measured.
    if daphne is None:
        options = ("--ws-per-message-deflate", "false", "--lifespan", "off")
        with uvicorn(app, *options, errors=subprocess.DEVNULL, BENCH_FRAME=str(frame)) as (port, process, lines):
            return rounds(wire, lines, tell(process), port=port, pid=process.pid, count=count)
    port = free()
    # Its folder comes last: what both have (asgiref) is the project's.
    start = (
        "import sys; sys.path.append(sys.argv.pop(1)); from daphne.cli import CommandLineInterface as D; D.entrypoint()"
    )
    command = [sys.executable, "-c", start, str(daphne), "-b", "127.0.0.1", "-p", str(port), app]
    extra = {**os.environ, "BENCH_FRAME": str(frame)}
    with running(command, cwd=HERE.parent, env=extra, stderr=subprocess.DEVNULL) as (process, lines):
        wait_open(port)
        return rounds(wire, lines, tell(process), port=port, pid=process.pid, count=count)


def install_daphne(folder: Path) -> Path | None:
    """Install Daphne in a folder; None when it is not to be had."""
    listed = HERE / "peers" / "daphne.txt"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(folder),
        "-r",
        str(listed),
    ]
    return None if subprocess.run(command, check=False).returncode else folder


def of_socketio(wire: Path, frame: Path, folder: Path) -> Figures:
    """Install socket.io in a folder and measure it; nothing measured when its packages are not to be had."""
    sys.path.insert(0, str(HERE.parent / "frontend"))
    import build

    node, npm = build.node()
    shutil.copytree(HERE / "socketio", folder)
    environment = {**os.environ, "PATH": f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    installed = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--silent"],
        cwd=folder,
        env=environment,
        check=False,
    )
    if installed.returncode:
        return Figures()
    port = free()
    with running(
        [*node, "server.js", str(port), str(frame)], cwd=folder, env={**environment, "NODE_ENV": "production"}
    ) as (process, lines):
        lines.wait("open")
        return rounds(wire, lines, tell(process), port=port, path=SIO, pid=process.pid, kind="sio")


def _prepare() -> None:
    """Make the database and the bench's board."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DEBUG"] = "1"
    import django

    django.setup()
    from django.core.management import call_command

    from engine.live import domain

    call_command("migrate", verbosity=0)
    domain.open_board(CODE, kind="bench", key="bench", title="Bench", is_public=True)


def show(name: str, figures: Figures) -> float:
    """Print one side and return its median delay to the last socket."""
    median = statistics.median(figures.last)
    print(
        f"{name:58} last socket: median {median:7.2f} ms, worst {max(figures.last):7.2f} ms; {figures.cpu_us:7.1f} µs of processor a frame and socket"
    )
    return median


def main() -> int:
    """Measure every side and print the ratios."""
    _prepare()
    with tempfile.TemporaryDirectory(prefix="jinbang-live-") as name:
        scratch = Path(name)
        wire, frame = scratch / "wire", scratch / "frame.json"
        subprocess.run(["cc", "-O2", "-o", str(wire), str(HERE / "wire.c"), "-lz"], check=True)
        head = {"type": "delta", "epoch": "0123abcd", "seq": 812, "at": "2026-11-20T08:00:00+08:00", "state": "live"}
        frame.write_text(json.dumps({**head, "rows": rows(0), "gone": []}, ensure_ascii=False, separators=(",", ":")))
        print(f"{SOCKETS} sockets, frames of {frame.stat().st_size} bytes, {ROUNDS} rounds, {os.cpu_count()} cores")
        loop, hub, plain_loop, plain_hub, some_deaf, clear, socketio = (Figures() for _side in range(7))
        for turn in range(TURNS):  # by turns, so that a busier minute of the machine falls on all
            loop.add(of_loop(wire, frame))
            hub.add(of_hub(wire, scratch))
            socketio.add(of_socketio(wire, frame, scratch / f"node-{turn}"))
            plain_hub.add(of_hub(wire, scratch, offer=""))
            plain_loop.add(of_loop(wire, frame, offer=""))
            some_deaf.add(of_hub(wire, scratch, deaf=SOCKETS // 100, offer=""))
            clear.add(of_hub(wire, scratch, offer=""))
        channels: dict[str, Figures] = {}
        if os.environ.get("BENCH_REDIS_URL"):
            if daphne := install_daphne(scratch / "daphne"):
                channels["Daphne, as in the tutorial (target ≥ 30)"] = of_channels(wire, frame, daphne)
            channels["uvicorn, without compression"] = of_channels(wire, frame, None)
    plain, ours = show("C loop writing ready bytes", loop), show("hub: make, write", hub)
    published = statistics.median(hub.whole)
    print(f"{'  with the publisher: beat ≤ 100 ms, source, publication':58} last socket: median {published:7.2f} ms")
    bare, uncompressed = show("C loop, no compression", plain_loop), show("hub, no compression", plain_hub)
    print(f"hub / C loop                                   {ours / plain:6.2f}   (target ≤ 2.0)")
    print(f"hub / C loop, no compression                   {uncompressed / bare:6.2f}   (target ≤ 2.0)")
    if socketio.last:
        theirs = show("socket.io", socketio)
        print(f"hub / socket.io                                {ours / theirs:6.2f}   (target ≤ 0.75)")
        print(f"hub / socket.io, no compression                {uncompressed / theirs:6.2f}   (target ≤ 0.75)")
    for server, figures in channels.items():
        late = show(f"Channels consumer, {server.split(',')[0]}", figures)
        print(f"Channels / hub, delay                          {late / ours:6.1f}   under {server}")
        print(f"Channels / hub, processor (ours with publisher){figures.cpu_us / hub.cpu_us:6.1f}")
        print(
            f"{BURST} changes at once, until all show the last   {figures.burst:6.2f} s against {hub.burst:.2f} s: {figures.burst / hub.burst:.1f}"
        )
    ratio = statistics.median(some_deaf.p99) / statistics.median(clear.p99)
    print(f"p99 of the others with 1 % that never read     {ratio:6.2f}   (target ≤ 1.2)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
