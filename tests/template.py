"""The database of the tests: migrated once for all processes and runs, copied for each, emptied by what is in it.

To migrate takes longer than most files of tests, and Django's flush asks every table and writes every permission anew.
The template is made when a migration or a pinned package changes: a file in TEST_TEMPLATES (default var/test) on SQLite,
a database beside the one named by DATABASE_URL on PostgreSQL.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
KEPT = {"django_migrations", "django_content_type", "auth_permission"}  # as the migrations leave them


@contextmanager
def copied(connection: Any, worker: str) -> Iterator[None]:
    """Let Django's connection work on a copy of the migrated template; drop the copy afterwards.

    Args:
        worker: name of this process of the tests, unique in the run.
    """
    before = connection.settings_dict["NAME"]
    copy = _copy_of_file if connection.vendor == "sqlite" else _copy_of_database
    with copy(connection, worker) as name:
        _work_on(connection, name)
        yield
        connection.close()
        _close_pool(connection)
        _work_on(connection, before)


def empty(connection: Any) -> None:
    """Delete the rows of every table that has some, but the permissions; all at once, without triggers or references."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in KEPT]
        quoted = [connection.ops.quote_name(name) for name in tables]
        asked = " UNION ALL ".join(f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {name})" for n, name in enumerate(quoted))
        cursor.execute(asked)
        filled = [quoted[n] for (n,) in cursor.fetchall()]
        if not filled:
            return
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in filled))
            cursor.execute("SET session_replication_role = DEFAULT")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            drops = [f"DROP TRIGGER {connection.ops.quote_name(name)}" for name, _sql in triggers]
            deletes = [f"DELETE FROM {name}" for name in filled]
            for statement in ("PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE", *drops, *deletes,
                              *(sql for _name, sql in triggers), "COMMIT", "PRAGMA foreign_keys = ON"):  # fmt: skip
                cursor.execute(statement)


def _work_on(connection: Any, name: str) -> None:
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def _close_pool(connection: Any) -> None:
    if connection.vendor == "postgresql":
        connection.close_pool()


def _digest() -> str:
    """Name the state of the tables: every migration of ours and every pinned package."""
    found = sorted(path for path in ROOT.glob("*/**/migrations/*.py") if "node_modules" not in path.parts)
    text = hashlib.sha256()
    for path in [*found, ROOT / "requirements.lock"]:
        text.update(path.read_bytes())
    return text.hexdigest()[:16]


@contextmanager
def _one_at_a_time(name: str) -> Iterator[Path]:
    folder = Path(os.environ.get("TEST_TEMPLATES") or ROOT / "var" / "test")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _migrate(**environment: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)


@contextmanager
def _copy_of_file(connection: Any, worker: str) -> Iterator[str]:
    digest = _digest()
    with _one_at_a_time(digest) as folder:
        template = folder / f"{digest}.sqlite3"
        if not template.exists():
            with tempfile.TemporaryDirectory(dir=folder) as fresh:
                _migrate(DATA_DIR=fresh, DATABASE_URL="")
                made = Path(fresh) / "jinbang.sqlite3"
                with contextlib.closing(sqlite3.connect(made)) as opened:
                    opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                made.replace(template)
    copy = Path(connection.settings_dict["TEST"]["NAME"]).with_name(f"test-{worker}-{os.getpid()}.sqlite3")
    copy.write_bytes(template.read_bytes())
    yield str(copy)
    for path in copy.parent.glob(f"{copy.name}*"):
        path.unlink()


@contextmanager
def _copy_of_database(connection: Any, worker: str) -> Iterator[str]:
    import psycopg  # only where it is in use

    digest = _digest()
    url = urlsplit(os.environ["DATABASE_URL"])
    template, copy = f"jinbang_template_{digest}", f"jinbang_{worker}_{os.getpid()}"
    with psycopg.connect(url.geturl(), autocommit=True) as server:
        with _one_at_a_time(f"{url.hostname}-{url.port}"):
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
                building = f"{template}_building"
                server.execute(f"DROP DATABASE IF EXISTS {building} WITH (FORCE)")
                server.execute(f"CREATE DATABASE {building}")
                _migrate(DATABASE_URL=url._replace(path=f"/{building}").geturl())
                server.execute(f"ALTER DATABASE {building} RENAME TO {template}")
            server.execute(f"CREATE DATABASE {copy} TEMPLATE {template}")
        try:
            yield copy
        finally:
            server.execute(f"DROP DATABASE {copy} WITH (FORCE)")
