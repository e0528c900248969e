"""The real web process on the test's database."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bin"))
from services import answers, free_port
from services import redis as own_redis

__all__ = ["answers", "free_port", "own_redis", "served"]
ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 60


def database_url() -> str:
    """Name the test's own database in the way production names one."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return f"postgres://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@contextlib.contextmanager
def served(*, redis_url: str = "", port: int | None = None) -> Iterator[str]:
    """Run uvicorn until the block ends; yield its address."""
    port = port or free_port()
    environment = {
        **os.environ, "DATABASE_URL": database_url(), "DATA_DIR": str(settings.DATA_DIR), "REDIS_URL": redis_url,
        "DEBUG": "1", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), "--log-level", "error",
               "--ws", "engine.live.wire:Sockets", "--timeout-graceful-shutdown", "1"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(port):
            assert process.poll() is None, "the web process has ended"
            assert time.monotonic() < deadline, "the web process does not answer"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
