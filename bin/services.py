"""Private PostgreSQL and Redis for one test or bench run: found, installed where allowed, started on free ports.

Nothing of the machine's own services is touched: each run has its own cluster in its own folder and removes it.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# Below those the system gives to connections: the port of a server that is stopped stays free until it starts again.
PORTS = range(20_000, 32_000)
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def apt(*packages: str) -> bool:
    """Install Debian packages when this user may; return whether it worked."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(packages)} …", file=sys.stderr, flush=True)
    subprocess.run(["apt-get", "update", "-q"], env=environment, check=False, **QUIET)
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    return subprocess.run(command, env=environment, check=False, **QUIET).returncode == 0


def free_port() -> int:
    """Return a port nobody listens on now, by a chance no seed decides."""
    for port in random.SystemRandom().sample(PORTS, 50):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise SystemExit("No port is free.")


def answers(port: int) -> bool:
    """Return whether somebody listens on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def postgres_folder() -> Path | None:
    """Return the folder of initdb and pg_ctl, newest version first."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda p: int(p.split("/")[4]), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*found, *([on_path] if on_path else [])]
    return Path(candidates[0]).parent if candidates else None


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    """Yield the URL of a fresh PostgreSQL cluster, or None when there is none to be had."""
    folder = postgres_folder() or (apt("postgresql", "postgresql-contrib") and postgres_folder())
    if not folder:
        yield None
        return
    home, port = Path(tempfile.mkdtemp(prefix="jinbang-pg-")), free_port()
    owner = _cluster_owner(home)
    as_owner = ["setpriv", f"--reuid={owner}", f"--regid={owner}", "--clear-groups"] if owner else []
    control = [*as_owner, str(folder / "pg_ctl"), "-D", str(home / "data"), "-w"]
    try:
        initdb = [str(folder / "initdb"), "-D", str(home / "data"), "-U", "jinbang", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*as_owner, *initdb, "--locale=C.UTF-8"], check=True, cwd=home, **QUIET)
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c max_connections=300 -c fsync={_fsync()}"
        start = [*control, "-l", str(home / "log"), "-o", options, "start"]
        subprocess.run(start, check=True, cwd=home, **QUIET)
        yield f"postgres://jinbang@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd="/", **QUIET)
        shutil.rmtree(home, ignore_errors=True)


def _fsync() -> str:
    """Tests throw their cluster away; benchmarks must pay for durability (BENCH_FSYNC=on)."""
    return os.environ.get("BENCH_FSYNC", "off")


def _cluster_owner(home: Path) -> str | None:
    """PostgreSQL refuses to run as root: give the folder to its own user and name it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(home, user.pw_uid, user.pw_gid)
            return name
    return None


@contextlib.contextmanager
def redis() -> Iterator[str | None]:
    """Yield the URL of a fresh Redis, or None when there is none to be had."""
    binary = shutil.which("redis-server") or (apt("redis-server") and shutil.which("redis-server"))
    if not binary:
        yield None
        return
    home, port = tempfile.mkdtemp(prefix="jinbang-redis-"), free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", home]
    server = subprocess.Popen(command, **QUIET)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(port: int) -> None:
    """Return when the port answers; give up after ten seconds."""
    for _ in range(100):
        if answers(port):
            return
        time.sleep(0.1)
    raise SystemExit(f"Nothing answers on port {port}.")


def chromium() -> str | None:
    """Return the path of Debian's Chromium (or Chrome), installing it where that is allowed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None and apt("chromium", "fonts-noto-cjk"):
        found = shutil.which("chromium")
    return found
