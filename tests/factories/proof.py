"""A log that grows in steps, and an owner of the database who lifts its triggers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from engine.proof import domain, sequencer

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
TABLES = ("leaf", "node", "checkpoint", "head", "cosignature", "witness")


def fill(count: int, *, first: int = 0, kind: str = "test") -> None:
    entries = [(kind, str(number), {"number": number, "name": "焊工"}) for number in range(first, first + count)]
    domain.append_all(entries, at=AT)


def grow(*counts: int) -> None:
    """Let the log grow in steps, signed after each, ten minutes apart."""
    first = domain.size()
    for count in counts:
        fill(count, first=first)
        first += count
        sequencer.run(at=AT + timedelta(minutes=10) * first)


def offline(*arguments: Any) -> subprocess.CompletedProcess[str]:
    """Run the script others check with, which knows nothing of us."""
    command = [sys.executable, str(ROOT / "docs/verify_log.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def without_triggers() -> Iterator[Any]:
    """Do what an owner of the database could do; yields a cursor."""
    with connection.cursor() as cursor:
        dropped = []
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE proof_{table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'proof_%'")
            dropped = cursor.fetchall()
            for name, _sql in dropped:
                cursor.execute(f"DROP TRIGGER {name}")
        try:
            yield cursor
        finally:
            for _name, sql in dropped:
                cursor.execute(sql)
            if connection.vendor == "postgresql":
                for table in TABLES:
                    cursor.execute(f"ALTER TABLE proof_{table} ENABLE TRIGGER USER")
