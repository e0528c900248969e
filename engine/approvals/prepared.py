"""Statements of the hot path: built once for each table, planned once by the server, several writes in one.

Django builds each statement anew, and PostgreSQL parses and plans it anew: for the small statements of an act that is
most of the time (docs/decisions/0008 has the figures). Here a statement is text that never changes and is prepared once a
connection; values are converted as the model's own fields convert them; writes wait for each other and go together.

Only rows whose every change goes through one module are written here: what an act stores (`domain.records`) and the
tasks and processes of the flows.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState
from django.db.transaction import atomic

from engine.approvals import binding

Convert = Callable[[Any], Any]
# Fields whose values the drivers of both databases take as they are.
PLAIN = (models.CharField, models.TextField, models.SlugField, models.ForeignKey, models.BooleanField,
         models.IntegerField, models.PositiveIntegerField, models.AutoField, models.BigAutoField)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """A write: its text, its values, and the table of which it changes rows that exist ('' for new rows)."""

    sql: str
    values: list[Any]
    table: str
    changes: bool = False


@dataclass(slots=True)
class _Batch:
    """Writes that wait for the end of a `transaction`, and its database."""

    database: Any
    waiting: list[Statement] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)


class _Current(threading.local):
    batch: _Batch | None = None
    is_looking: bool = False


_current = _Current()


def execute(sql: str, values: Sequence[Any] = (), *, is_last: bool = False) -> Any:
    """Run one statement, the last of its transaction or not; returns its rows (`fetchone`, `fetchall`).

    On PostgreSQL bound on the server and prepared once a connection (`binding`); while statements are logged, or somebody
    else wants to see them, through Django's own cursor, which can show them.
    """
    if not _current.is_looking:
        _flush()
    database = _database()
    is_watched = database.queries_logged or database.execute_wrappers not in UNWATCHED
    if is_postgresql() and not is_watched:
        return binding.run(database, sql, values, is_last=is_last)
    cursor = database.cursor()
    cursor.execute(sql, values)
    return cursor


def look(sql: str, values: Sequence[Any] = ()) -> Any:
    """Read tables that are never written through this module, so that what waits may wait on; returns the cursor."""
    _current.is_looking = True
    try:
        return execute(sql, values)
    finally:
        _current.is_looking = False


@contextmanager
def transaction() -> Iterator[None]:
    """Run a block in a transaction (the caller's, where there is one), its writes held back until they must be there.

    They go as few statements as possible: before whatever else is asked of the database in the block, and at its end. So
    nobody ever reads what is not written yet. What waits at the end of a transaction of its own takes COMMIT with it.
    Inside another such block it changes nothing.
    """
    database = connections[DEFAULT_DB_ALIAS]
    is_own = not database.in_atomic_block
    with atomic(savepoint=False):
        if _current.batch is not None:
            yield
            return
        _current.batch = _Batch(database)
        database.execute_wrappers.append(_after_what_waits)
        try:
            yield
            _flush(is_last=is_own and not database.needs_rollback)
        finally:
            database.execute_wrappers.pop()
            _current.batch = None


def _after_what_waits(execute_: Any, sql: Any, values: Any, many: Any, context: Any) -> Any:
    if not _current.is_looking:
        _flush()
    return execute_(sql, values, many, context)


# Wrappers of a connection whose statements nobody else wants to see.
UNWATCHED: tuple[list[Any], ...] = ([], [_after_what_waits])


def write(*statements: Statement) -> None:
    """Write, in this statement or, inside of `transaction`, in the next. Statements given together touch different rows.

    All that goes in one statement sees the rows as they were before it: what changes rows of a table for which something
    waits comes after that.
    """
    batch = _current.batch
    if batch is None:
        _send(statements)
        return
    if any(statement.changes and statement.table in batch.tables for statement in statements):
        _flush()
    batch.waiting += statements
    batch.tables.update([statement.table for statement in statements])


def _take() -> list[Statement]:
    """Return what waits, and let it wait no longer."""
    batch = _current.batch
    if batch is None or not batch.waiting:
        return []
    statements, batch.waiting, batch.tables = batch.waiting, [], set()
    return statements


def _flush(*, is_last: bool = False) -> None:
    if statements := _take():
        _send(statements, is_last=is_last)


def _send(statements: Sequence[Statement], *, is_last: bool = False) -> None:
    """Run writes: as one statement on PostgreSQL, one after the other on SQLite."""
    if len(statements) == 1:
        execute(statements[0].sql, statements[0].values, is_last=is_last)
        return
    if not is_postgresql():
        for statement in statements:
            execute(statement.sql, statement.values)
        return
    parts = ", ".join([f"w{number} AS ({statement.sql})" for number, statement in enumerate(statements[:-1])])
    values = [value for statement in statements for value in statement.values]
    execute(f"WITH {parts} {statements[-1].sql}", values, is_last=is_last)


def insert(*rows: models.Model) -> Statement:
    """Return the INSERT of rows of one table; columns that are NULL in all of them, and a key not yet given, are left out."""
    given, model = [row.__dict__ for row in rows], type(rows[0])
    filled = {name for row in given for name, value in row.items() if value is not None}
    names = tuple([name for name in _names(model) if name in filled])
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return insert_values(model, names, [[row[name] for name in names] for row in given])


def insert_values(model: type[models.Model], names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> Statement:
    """Return the INSERT of rows given as the values of some columns (by attribute name); the others are NULL."""
    values = _converted(model, names, [value for row in rows for value in row])
    return Statement(_insert_sql(model, names, len(rows)), values, model._meta.db_table)


def insert_now(*rows: models.Model) -> None:
    """Insert rows whose keys the database gives, and put these into the rows."""
    statement = insert(*rows)
    found = execute(f"{statement.sql} RETURNING id", statement.values).fetchall()
    for row, (key,) in zip(rows, found, strict=True):
        row.pk = key


def new_keys(*models_: type[models.Model]) -> list[int]:
    """Return a new key for each table named, so that rows can point at each other and be inserted together; none on
    SQLite, which gives keys as it inserts."""
    return list(execute(_new_keys_sql(models_)).fetchone()) if is_postgresql() else []


@cache
def _new_keys_sql(models_: tuple[type[models.Model], ...]) -> str:
    return f"SELECT {', '.join(map(next_key, models_))}"


def next_key(model: type[models.Model]) -> str:
    """Return what gives a new key of a table in a SELECT: NULL on SQLite, which gives keys as it inserts."""
    # The name Django's migrations give; to ask pg_get_serial_sequence costs more than the key.
    return f"nextval('{model._meta.db_table}_id_seq')" if is_postgresql() else "NULL"


def update(row: models.Model, names: tuple[str, ...]) -> Statement:
    """Return the UPDATE of some columns (by attribute name) of one row."""
    model, given = type(row), row.__dict__
    values = _converted(model, names, [given[name] for name in names])
    return Statement(_update_sql(model, names), [*values, given["id"]], model._meta.db_table, changes=True)


def any_of(column: str, values: Iterable[Any]) -> tuple[str, list[Any]]:
    """Return the condition that a column has one of the values, and what fills it; there is at least one."""
    found = list(values)
    return f"{column} IN ({', '.join(['%s'] * len(found))})", found


def value_of(model: type[models.Model], name: str, value: Any) -> Any:
    """Return a value as the driver wants it for a column of a table, named by its attribute."""
    convert = _converters(model)[name]
    return value if convert is None or value is None else convert(value)


@cache
def columns(model: type[models.Model], alias: str) -> str:
    """Return every column of a table, for a SELECT; `read` makes a row of them."""
    return ", ".join(f'{alias}."{column.column}"' for column in model._meta.concrete_fields)


def width(model: type[models.Model]) -> int:
    """Return how many columns a table has."""
    return len(_names(model))


def read(model: type[models.Model], found: Sequence[Any]) -> Any:
    """Return the row of a table from its `columns`, as the ORM would."""
    values = list(found)
    for place, convert in _readers(model):
        values[place] = convert(values[place])
    row = _bare(model)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    row.__dict__.update(zip(_names(model), values, strict=True))
    return row


def new(model: type[models.Model], **given: Any) -> Any:
    """Return a row that is not stored, as `model(**given)` would: defaults, then what is given, others by their objects.

    A model's own `__init__` looks at each column anew and sends signals; no model of the hot path has either.
    """
    fixed, made = _defaults(model)
    keys = _keys(model)
    row = _bare(model)
    values = row.__dict__
    values.update(fixed)
    for name, make in made:
        if name not in given:
            values[name] = make()
    for name, value in given.items():
        if name in keys:
            values[keys[name]] = None if value is None else value.pk
            row._state.fields_cache[name] = value
        elif name in fixed:
            values[name] = value
        else:
            setattr(row, name, value)
    return row


def _bare(model: type[models.Model]) -> Any:
    row = model.__new__(model)
    row._state = ModelState()
    return row


@cache
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Return what each column (by attribute name) is when nothing is said: values, and what makes a new one each time."""
    columns_ = list(model._meta.concrete_fields)
    made = [
        (column.attname, column.default) for column in columns_ if column.has_default() and callable(column.default)
    ]
    kept = {name for name, _make in made}
    return {column.attname: None if column.attname in kept else column.get_default() for column in columns_}, made


@cache
def _keys(model: type[models.Model]) -> dict[str, str]:
    """Return relation → the attribute that holds its key, for relations to a row's primary key."""
    return {
        column.name: column.attname
        for column in model._meta.concrete_fields
        if isinstance(column, models.ForeignKey) and column.target_field.primary_key
    }


def reader_of(model: type[models.Model], name: str) -> Convert:
    """Return what makes of a column's value, as the driver gives it, the attribute's."""
    place = _names(model).index(name)
    return next((convert for at, convert in _readers(model) if at == place), lambda value: value)


@cache
def is_postgresql() -> bool:
    """Whether the database is PostgreSQL: one for the life of the program."""
    return bool(connections[DEFAULT_DB_ALIAS].vendor == "postgresql")


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


@cache
def _insert_sql(model: type[models.Model], names: tuple[str, ...], count: int) -> str:
    by_name = {column.attname: column.column for column in model._meta.concrete_fields}
    quoted = ", ".join(f'"{by_name[name]}"' for name in names)
    row = f"({', '.join(['%s'] * len(names))})"
    return f'INSERT INTO "{model._meta.db_table}" ({quoted}) VALUES {", ".join([row] * count)}'  # noqa: S608 our own names


@cache
def _update_sql(model: type[models.Model], names: tuple[str, ...]) -> str:
    by_name = {column.attname: column.column for column in model._meta.concrete_fields}
    changes = ", ".join(f'"{by_name[name]}" = %s' for name in names)
    return f'UPDATE "{model._meta.db_table}" SET {changes} WHERE id = %s'  # noqa: S608 our own names


def _converted(model: type[models.Model], names: tuple[str, ...], values: list[Any]) -> list[Any]:
    """Return the values of some columns, of one row or several, as the driver takes them."""
    for place, convert in _converting(model, names):
        for index in range(place, len(values), len(names)):
            if values[index] is not None:
                values[index] = convert(values[index])
    return values


@cache
def _converting(model: type[models.Model], names: tuple[str, ...]) -> list[tuple[int, Convert]]:
    """Return (place, converter) of those of some columns whose values the driver does not take as they are."""
    known = _converters(model)
    return [(place, convert) for place, name in enumerate(names) if (convert := known[name]) is not None]


@cache
def _converters(model: type[models.Model]) -> dict[str, Convert | None]:
    """Return attribute → what turns its value into the driver's; None where the driver takes it as it is."""
    plain = (*PLAIN, models.DateTimeField, models.UUIDField, models.BinaryField) if is_postgresql() else PLAIN

    def converter(column: Any) -> Convert | None:
        if type(column) in plain:
            return None
        if type(column) is models.JSONField and column.encoder is None:
            return _to_json
        return lambda value: column.get_db_prep_save(value, _database())

    return {column.attname: converter(column) for column in model._meta.concrete_fields}


@cache
def _readers(model: type[models.Model]) -> list[tuple[int, Convert]]:
    """Return (place, converter) of the columns whose values are not used as they come."""
    readers: list[tuple[int, Convert]] = []
    for place, column in enumerate(model._meta.concrete_fields):
        if type(column) is models.JSONField and column.decoder is None:
            readers.append((place, _from_json))
            continue
        found = column.get_col(model._meta.db_table)
        converters = [*_database().ops.get_db_converters(found), *found.get_db_converters(_database())]
        readers += [(place, _reader(convert, found)) for convert in converters]
    return readers


def _to_json(value: Any) -> str:
    """Write JSON; what is empty, as most columns are, without the encoder."""
    return "{}" if value == {} else "[]" if value == [] else json.dumps(value)


def _from_json(text: str) -> Any:
    return {} if text == "{}" else [] if text == "[]" else json.loads(text)


def _reader(convert: Callable[..., Any], column: Any) -> Convert:
    return lambda value: convert(value, column, _database())


def _database() -> Any:
    batch = _current.batch
    return connections[DEFAULT_DB_ALIAS] if batch is None else batch.database
