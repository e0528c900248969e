"""Run a statement that never changes on PostgreSQL with as little between it and the server as the driver allows.

Every value goes as text, NULL apart, and the server reads it by the column it is for: one statement is then one prepared
statement, whatever is NULL and however large a number is. It is sent through the driver's own layer of libpq; the first
of a transaction takes BEGIN with it and the last COMMIT: one way there and back for both. Django's cursor and the driver's, with a dumper
looked up for each value, are half the cost of such a small statement (docs/decisions/0011). Errors are Django's, as with
its own cursor; waiting leaves the interpreter to other threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

NAMES = 200  # statements prepared here on one connection; further ones are the driver's cursor's


class Found:
    """The rows of a statement, all of them read, so that the next may be asked before they are used."""

    __slots__ = ("rows",)

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def fetchone(self) -> Any:
        """Return the first row, or None."""
        return self.rows[0] if self.rows else None

    def fetchall(self) -> list[Any]:
        """Return every row."""
        return self.rows


def run(database: Any, sql: str, values: Sequence[Any], *, is_last: bool = False) -> Found:
    """Run a statement over Django's connection: as it is the first time, prepared from then on.

    Args:
        is_last: COMMIT goes with it, where it is prepared; the commit of Django that follows finds nothing to do.

    Raises:
        DatabaseError: Django's, of the kind its own cursor raises.
        TypeError: a value of a kind that no statement of the hot path has.
    """
    database.ensure_connection()
    database.validate_no_broken_transaction()
    connection = database.connection
    given = [
        None if value is None else value.encode() if type(value) is str else (WRITERS.get(type(value)) or _text)(value)
        for value in values
    ]
    names = _names.get(connection)
    if names is None:
        names = _names[connection] = {}
    with database.wrap_database_errors:
        if (name := names.get(sql)) and (connection.isolation_level or connection.read_only) is None:
            return _run_prepared(connection, name, given, is_last=is_last)
        found = _run_once(connection, _numbered(sql), given)
        if sql not in names and len(names) < NAMES:
            name = f"hot{len(names)}".encode()
            connection.pgconn.send_prepare(name, _numbered(sql))
            _checked(connection.wait(_driver().generators.execute(connection.pgconn)))
            names[sql] = name
        return found


# Connection → statement → the name under which it is prepared there.
_names: WeakKeyDictionary[Any, dict[str, bytes]] = WeakKeyDictionary()


def _run_once(connection: Any, sql: bytes, values: list[bytes | None]) -> Found:
    cursor = _driver().RawCursor(connection)
    cursor.execute(sql, [None if value is None else value.decode() for value in values], prepare=False)
    return Found(cursor.fetchall() if cursor.pgresult.nfields else [])


def _run_prepared(connection: Any, name: bytes, values: list[bytes | None], *, is_last: bool) -> Found:
    server, generators = connection.pgconn, _driver().generators
    is_first = not server.transaction_status and not connection.autocommit  # idle, and in no transaction yet
    if is_first or is_last:
        ways = _in_one_way(server, generators, name, values, is_first=is_first, is_last=is_last)
        results = connection.wait(ways)
    else:
        server.send_query_prepared(name, values)
        results = connection.wait(generators.execute(server))
    _checked(results)
    own = results[1 if is_first else 0]
    if not (count := own.ntuples):
        return Found([])
    if _kept.reader is None:
        _kept.reader = _reader()
    _kept.reader.set_pgresult(own)
    return Found(_kept.reader.load_rows(0, count, tuple))


def _in_one_way(
    server: Any, generators: Any, name: bytes, values: list[bytes | None], *, is_first: bool, is_last: bool
) -> Generator[Any, Any, list[Any]]:
    """Send the statement with BEGIN before it, COMMIT after it; return the results. After an error the server skips what
    follows, so nothing is committed."""
    server.enter_pipeline_mode()
    try:
        if is_first:
            server.send_query_params(b"BEGIN", None)
        server.send_query_prepared(name, values)
        if is_last:
            server.send_query_params(b"COMMIT", None)
        server.pipeline_sync()
        yield from generators.send(server)
        results: list[Any] = []
        for _ in range(2 + is_first + is_last):  # the last is the end of the pipeline
            results += yield from generators.fetch_many(server)
    finally:
        server.exit_pipeline_mode()
    return results[:-1]


def _checked(results: Sequence[Any]) -> None:
    """Raise the error of the first result that is one."""
    for result in results:
        if result.status not in FINE:
            raise _driver().errors.error_from_result(result)


FINE = (1, 2)  # libpq's PGRES_COMMAND_OK, PGRES_TUPLES_OK


class _Kept(threading.local):
    reader: Any = None


_kept = _Kept()


class _Context:
    """What the driver wants to know to read values: Django's readers, but moments by the driver's own, which is faster."""

    connection = None

    def __init__(self, adapters: Any) -> None:
        self.adapters = adapters


def _reader() -> Any:
    psycopg = _driver()
    kind = psycopg.postgres.types["timestamptz"].oid
    adapters = psycopg.adapt.AdaptersMap(psycopg.adapters)
    adapters.register_loader("jsonb", psycopg.types.string.TextLoader)
    adapters.register_loader(kind, psycopg.adapters.get_loader(kind, psycopg.pq.Format.TEXT))
    return psycopg.adapt.Transformer(_Context(adapters))


@lru_cache(maxsize=1)
def _driver() -> Any:
    """Return PostgreSQL's driver; only where it is in use."""
    import psycopg.adapt  # noqa: PLC0415
    import psycopg.errors  # noqa: PLC0415
    import psycopg.generators  # noqa: PLC0415
    import psycopg.postgres  # noqa: PLC0415
    import psycopg.types.string  # noqa: PLC0415

    return psycopg


@lru_cache(maxsize=512)
def _numbered(sql: str) -> bytes:
    """Return a statement with the server's placeholders in the place of ours."""
    first, *others = sql.split("%s")
    return "".join([first, *(f"${number}{other}" for number, other in enumerate(others, 1))]).encode()


def _text(value: Any) -> bytes:
    """Write a value whose kind is not named, such as an enumeration's; from then on it is."""
    known = list(WRITERS.items())  # another thread may add one meanwhile
    write = next((write for kind, write in known if isinstance(value, kind)), None)
    if write is None:
        raise TypeError(f"{type(value).__name__} has no text here")
    WRITERS[type(value)] = write
    return write(value)


def _of_bytes(value: bytes) -> bytes:
    return rb"\x" + value.hex().encode()


def _of_moment(value: datetime) -> bytes:
    """Write a moment; of one hour that comes twice a year, `fold` says which, and equality does not."""
    return _iso_of(value, value.fold)


@lru_cache(maxsize=64)
def _iso_of(value: datetime, _fold: int) -> bytes:
    """Write a moment, which an act has a dozen times; equal ones are one to the server, whatever their zones."""
    return value.isoformat().encode()


WRITERS: dict[type, Callable[[Any], bytes]] = {
    bool: {False: b"false", True: b"true"}.__getitem__, int: b"%d".__mod__, str: str.encode,
    UUID: lambda value: value.hex.encode(), datetime: _of_moment, bytes: _of_bytes,
}  # fmt: skip
