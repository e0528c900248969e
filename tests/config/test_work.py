"""The worker: every sweep can be called, a failing one stops nobody, it ends when told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from config import work
from config.management.commands import work as command

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("sweep", work.SWEEPS, ids=lambda sweep: sweep.path)
@pytest.mark.django_db
def test_every_sweep_finds_nothing_in_an_empty_house(sweep):
    assert sweep.every_seconds > 0
    assert sweep.run(at=timezone.now()) == 0


def test_no_sweep_is_listed_twice():
    assert len({sweep.path for sweep in work.SWEEPS}) == len(work.SWEEPS)


@pytest.mark.django_db(transaction=True)
def test_once_runs_each_sweep_and_says_how_many_rows():
    out = StringIO()

    call_command("work", "--once", stdout=out)

    assert out.getvalue().splitlines() == [f"{sweep.name}: 0" for sweep in work.SWEEPS]


class Counting:
    """A sweep of tests: it has rows for a number of calls, or fails."""

    def __init__(self, rows: list[int] | None = None) -> None:
        self.rows, self.calls = list(rows or []), 0

    def __call__(self, *, at):
        self.calls += 1
        if self.rows and self.rows[0] < 0:
            raise RuntimeError("broken")
        return self.rows.pop(0) if self.rows else 0


def listed(monkeypatch, **functions):
    """Put the functions into the list instead of the real ones."""
    for name, function in functions.items():
        setattr(sys.modules[__name__], f"sweep_{name}", function)
    sweeps = tuple(work.Sweep(name, f"{__name__}.sweep_{name}", 0.01) for name in functions)
    monkeypatch.setattr(command, "SWEEPS", sweeps)
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])
    return sweeps


@pytest.mark.django_db(transaction=True)
def test_sweep_goes_on_until_nothing_is_due(monkeypatch):
    counting = Counting([3, 2])
    [sweep] = listed(monkeypatch, full=counting)

    assert command.carry_out(sweep) == 5
    assert counting.calls == 3


@pytest.mark.django_db(transaction=True)
def test_failing_sweep_stops_neither_the_others_nor_the_worker(monkeypatch, caplog):
    broken, healthy, stop = Counting([-1]), Counting(), threading.Event()

    def last(*, at):
        if min(broken.calls, healthy.calls) > 1:
            stop.set()
        return 0

    listed(monkeypatch, broken=broken, healthy=healthy, last=last)

    command.run(stop)

    assert broken.calls > 1
    assert healthy.calls > 1
    assert "sweep failed" in caplog.text


def test_process_stops_cleanly_on_sigterm(tmp_path):
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    worker = subprocess.Popen([*manage, "work"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    assert any("worker started" in line for line in worker.stderr)

    worker.send_signal(signal.SIGTERM)
    started = time.monotonic()
    rest = worker.communicate(timeout=60)[1]

    assert worker.returncode == 0
    [said] = [line for line in rest.splitlines() if '"worker stopped"' in line]
    assert json.loads(said)["job_left_running"] is False
    assert time.monotonic() - started < command.STOP_SECONDS
