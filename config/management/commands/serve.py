"""`manage.py serve`: one process tree that serves pages and sockets and runs the worker, until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

Child = subprocess.Popen[bytes]
STOP_SECONDS = 15


class Command(BaseCommand):
    help = "Migrate, collect static files, then serve pages and sockets and run the worker until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="0.0.0.0", help="address to listen on (all by default)")  # noqa: S104
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--demo", action="store_true", help="load the demo company into an empty database")
        parser.add_argument("--small", action="store_true", help="with --demo: a small company, loaded in seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_taken_port(options["host"], options["port"])
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        is_demo = options["demo"] and self._load_demo(small=options["small"])
        children = [_start(*_web(options["host"], options["port"])), _start(sys.executable, "manage.py", "work")]
        try:
            _wait_until_served(options["port"], children[0])
            if is_demo:
                children.append(_start(sys.executable, "manage.py", "demo", "judge", "--url", _local(options["port"])))
            self._announce(options["port"], is_demo=is_demo)
            _watch(children[:2])
        finally:
            _stop(children)

    def _load_demo(self, *, small: bool) -> bool:
        """Load the demo company once; return whether this database holds it."""
        if not get_user_model().objects.exists():
            self.stdout.write("Loading the demo company (once, under a minute) …")
            call_command("demo", "load", *(["--small"] if small else []), stdout=self.stdout)
        return (settings.DATA_DIR / "demo-accounts.json").exists()

    def _announce(self, port: int, *, is_demo: bool) -> None:
        """Print where to go and, for the demo, as whom."""
        self.stdout.write(f"\n  Jinbang 金榜 is running:  {_local(port)}/\n")
        for address in _lan_addresses():
            self.stdout.write(f"  on this network:         http://{address}:{port}/\n")
        if is_demo:
            call_command("demo", "accounts", "--base-url", _local(port), stdout=self.stdout)
        elif not get_user_model().objects.exists():
            self.stdout.write("\n  Nobody can sign in yet. Name your company and its first administrator here:\n  ")
            call_command("first_sign_in", "--base-url", _local(port), stdout=self.stdout)
            self.stdout.write("\n")
        self.stdout.write("  Ctrl-C stops everything; the data stays.\n")
        self.stdout.flush()


def _local(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _lan_addresses() -> list[str]:
    """Return this machine's address on its network, if it has one (no packet is sent)."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return [str(probe.getsockname()[0])]
    return []


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"Port {port} is taken ({error.strerror}). Choose another: make run PORT=8001") from None


def _web(host: str, port: int) -> tuple[str, ...]:
    """Return the command of the one web process: its hub holds every socket, so it must be one."""
    return (
        sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port),
        "--no-access-log", "--log-level", "warning", "--ws", "engine.live.wire:Sockets", "--lifespan", "on",
        "--timeout-graceful-shutdown", "3", "--forwarded-allow-ips", os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"),
    )  # fmt: skip


def _start(*command: str) -> Child:
    # A session of its own: Ctrl-C reaches only this process, which then stops its children in order.
    return subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603


def _wait_until_served(port: int, web: Child) -> None:
    for _ in range(300):
        if web.poll() is not None:
            raise CommandError("The web process ended while starting; its message stands above.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise CommandError("The web process does not answer after 30 seconds.")


def _watch(children: list[Child]) -> None:
    """Wait for a signal, or for a child that ended by itself."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    with contextlib.suppress(KeyboardInterrupt):
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise CommandError("A part ended by itself; everything is being stopped. Its message stands above.")


def _stop(children: list[Child]) -> None:
    """End every child: politely first, whole process groups at last."""
    for child in reversed(children):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
