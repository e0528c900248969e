"""`manage.py work`: long jobs and everything that is due, until SIGTERM; may run several times, on any machine."""

from __future__ import annotations

import logging
import signal
import threading
import time
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker

from config.work import SWEEPS, Sweep

log = logging.getLogger("jinbang.work")
JOB_POLL_SECONDS = 1.0
STOP_SECONDS = 10
ROUNDS_AT_ONCE = 20


class Command(BaseCommand):
    help = "Run long jobs and everything that is due, until SIGTERM. Several may run at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            _jobs(batch=True).run()
            for sweep in SWEEPS:
                self.stdout.write(f"{sweep.name}: {carry_out(sweep)}")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        run(stop)


def run(stop: threading.Event) -> None:
    """Run the job thread and the sweeps until `stop` is set; a job under way gets ten seconds to end."""
    jobs = _jobs(batch=False)
    thread = threading.Thread(target=_run_jobs, args=(jobs, stop), name="jobs", daemon=True)
    thread.start()
    log.info("worker started", extra={"sweeps": [sweep.name for sweep in SWEEPS]})
    next_at = dict.fromkeys(SWEEPS, 0.0)
    while not stop.is_set():
        for sweep in SWEEPS:
            if not stop.is_set() and time.monotonic() >= next_at[sweep]:
                carry_out(sweep)
                next_at[sweep] = time.monotonic() + sweep.every_seconds
        stop.wait(max(0.05, min(next_at.values()) - time.monotonic()))
    jobs.running = False
    thread.join(STOP_SECONDS)
    connections.close_all()
    log.info("worker stopped", extra={"job_left_running": thread.is_alive()})


def carry_out(sweep: Sweep) -> int:
    """Run one sweep until nothing is due (bounded); a failure is logged and leaves the others running."""
    total = 0
    try:
        for _ in range(ROUNDS_AT_ONCE):
            close_old_connections()
            done = sweep.run(at=timezone.now())
            total += done
            if done == 0:
                break
    except Exception:
        log.exception("sweep failed", extra={"sweep": sweep.name})
    if total:
        log.info("sweep", extra={"sweep": sweep.name, "rows": total})
    return total


def _jobs(*, batch: bool) -> Worker:
    return Worker(
        queue_names=["*"], interval=JOB_POLL_SECONDS, batch=batch, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id=uuid.uuid4().hex, excluded_queue_names=[],
    )  # fmt: skip


def _run_jobs(jobs: Worker, stop: threading.Event) -> None:
    """Run jobs; when the queue itself fails (the database is away), try again instead of ending silently."""
    while not stop.is_set():
        try:
            jobs.run()
        except Exception:
            log.exception("jobs failed")
            stop.wait(5)
    connections.close_all()
