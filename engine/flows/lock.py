"""One process, one writer: the blocking lock under which every step of a flow runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


class BlockingRowLock:
    """Lock the process row and wait for it, instead of viewflow's `nowait` with retries after whole seconds.

    PostgreSQL: `SELECT … FOR NO KEY UPDATE`; rows that point at the process may still be written by others. SQLite: the
    transaction began IMMEDIATE (config/env.py) and is alone already, so no statement is needed.
    What was read before the lock is stale: read the task again under it.
    """

    @contextmanager
    def __call__(self, flow_class: Any, process_pk: int) -> Iterator[None]:
        with transaction.atomic(savepoint=False):
            if connection.features.has_select_for_update:
                processes = flow_class.process_class._default_manager.select_for_update(no_key=True)
                processes.values_list("pk").get(pk=process_pk)
            yield
