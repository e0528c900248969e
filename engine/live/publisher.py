"""A thread that publishes stirred boards, ten times a second at most."""

from __future__ import annotations

import logging
import threading
import time

from django.db import close_old_connections, connection

from engine.live import domain

log = logging.getLogger("jinbang.live")
BEAT_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0


class Publisher:
    """Looks for stirred boards each tenth of a second; survives a database that is away.

    `tell` is called in its thread with each board's code, delta and the moment of the change before it, after the commit.
    """

    def __init__(self, tell: domain.Told) -> None:
        self.tell = tell
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, name="publisher", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopped.set()
        self.thread.join(5)

    def run(self) -> None:
        """Publish until stopped; after an error wait longer each time, at most five seconds."""
        pause = BEAT_SECONDS
        while not self.stopped.wait(pause):
            started = time.monotonic()
            try:
                self.publish_stirred()
            except Exception:
                log.exception("publishing failed")
                connection.close()
                pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
            else:
                pause = max(0.01, BEAT_SECONDS - (time.monotonic() - started))
        close_old_connections()
        connection.close()

    def publish_stirred(self) -> None:
        """Publish each stirred board once, so that a board has at most ten frames a second."""
        done: set[str] = set()
        while code := domain.publish_next(told=self.tell, but=done):
            done.add(code)
