"""An effect that must happen once although a step may be tried again."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from engine.flows.models import EffectKey


class AlreadyDone(ValidationError):
    """The effect with this key has happened."""

    def __init__(self, key: str) -> None:
        super().__init__(_("This has been done already."), code="already-done", params={"key": key})


def once(key: str, *, at: datetime) -> None:
    """Claim a key, in the transaction of the effect itself: both are kept, or neither. One statement.

    Two that claim at once wait for each other; who is second is told. A caller may catch the refusal and go on.

    Args:
        key: `<noun>.<verb>:<subject>`, at most 200 characters, such as `contest.award:contest:welding-2026`.
        at: when the effect happens.

    Raises:
        AlreadyDone: it was claimed before.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("once() belongs in the transaction of the effect")
    table, column = EffectKey._meta.db_table, EffectKey._meta.get_field("at")
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" (key, at) VALUES (%s, %s) ON CONFLICT (key) DO NOTHING',  # noqa: S608
            [key, column.get_db_prep_value(at, connection)],
        )
        is_new = cursor.rowcount == 1
    if not is_new:
        raise AlreadyDone(key)
