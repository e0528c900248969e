"""What the worker runs for notices: send what is due, a message a person and channel.

A delivery is taken under a lease, sent outside any transaction, then marked. A process that dies in between lets the lease
run out, and another sends it: nothing is lost. Only what the other side took in the moment of such a death could arrive
twice; the message's key, the same both times, lets a mail server drop it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import connection, transaction
from django.db.models import Q
from django.utils import translation

from engine.notices.channels import CHANNELS, NotSent
from engine.notices.models import Delivery, Notice

log = logging.getLogger("jinbang.notices")
BATCH = 100
LEASE = timedelta(minutes=2)
RETRY_MINUTES = (1, 5, 25, 125)
KEPT_DAYS = 180


def send_due(*, at: datetime) -> int:
    """Send what is due; returns how many notices arrived. Safe beside other workers."""
    taken = _take(at)
    groups: dict[tuple[int, str], list[Delivery]] = {}
    for row in taken:
        groups.setdefault((row.notice.person_id, row.channel), []).append(row)
    return sum(_send(channel, rows, at=at) for (_person, channel), rows in groups.items())


def _take(at: datetime) -> list[Delivery]:
    """Lease what is due: everything due of the people first in line, so that it goes as one message."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    with transaction.atomic(durable=True):
        due = Delivery.objects.filter(free, status=Delivery.Status.WAITING, due_at__lte=at).order_by("due_at", "pk")
        skips = connection.features.has_select_for_update_skip_locked
        rows = due.select_for_update(skip_locked=skips, no_key=True, of=("self",) if skips else ())
        keys = [row.pk for row in rows[:BATCH]]
        Delivery.objects.filter(pk__in=keys).update(lease_until=at + LEASE)
    found = Delivery.objects.filter(pk__in=keys).select_related("notice__person")
    return list(found.order_by("notice__created_at", "pk"))


def _send(channel: str, rows: list[Delivery], *, at: datetime) -> int:
    """Send one message and keep what became of it."""
    person = rows[0].notice.person
    key = str(uuid5(NAMESPACE_URL, ":".join(sorted(f"{row.pk}" for row in rows))))
    keys = [row.pk for row in rows]
    try:
        with translation.override(person.language or None):
            CHANNELS[channel].send(person, [row.notice for row in rows], key=key)
    except NotSent as error:
        log.warning("not sent", extra={"channel": channel, "reason": str(error), "count": len(rows)})
        for row in rows:
            _later(row, str(error), at=at)
        return 0
    Delivery.objects.filter(pk__in=keys).update(
        status=Delivery.Status.SENT, sent_at=at, lease_until=None, last_error=""
    )
    return len(rows)


def _later(row: Delivery, why: str, *, at: datetime) -> None:
    row.attempts += 1
    row.last_error, row.lease_until = why[:200], None
    if row.attempts > len(RETRY_MINUTES):
        row.status = Delivery.Status.GIVEN_UP
    else:
        row.due_at = at + timedelta(minutes=RETRY_MINUTES[row.attempts - 1])
    row.save(update_fields=["attempts", "last_error", "lease_until", "status", "due_at"])


def forget_old(*, at: datetime) -> int:
    """Remove notices read or unread for half a year; returns how many."""
    old = Notice.objects.filter(created_at__lt=at - timedelta(days=KEPT_DAYS)).values_list("pk", flat=True)[:1000]
    return Notice.objects.filter(pk__in=list(old)).delete()[0]
