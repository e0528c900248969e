"""What the worker runs for notices: send what is due, a message a person and channel.

A delivery is taken under a lease, sent outside any transaction, then marked by whoever still holds that lease. A round ends well
before its leases do, so that no other worker takes what this one is still sending. A process that dies in between lets the
lease run out, and another sends it: nothing is lost.

What can arrive twice: a message the other side took just before the process died, or whose answer never came. It is repeated
with the same notices and therefore the same key (unless a batch cut it, or two deaths follow each other), which lets a mail
server drop it as a Message-ID it knows. The group robots of WeCom and DingTalk know no such key: there a group may read a
message twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import NAMESPACE_URL, uuid5

from django.db import connection, transaction
from django.db.models import Q
from django.utils import translation

from engine.notices.channels import CHANNELS, NotSent, TooFast
from engine.notices.domain import not_quiet
from engine.notices.models import Delivery, Notice, Preference

log = logging.getLogger("jinbang.notices")
BATCH = 100
LEASE = timedelta(minutes=2)
ROUND_SECONDS = 45  # leaves the last message of a round, however slow, more than a minute of its lease
RETRY_MINUTES = (1, 5, 25, 125)
TOO_FAST_MINUTES = 1
KEPT_DAYS = 180
Tried = tuple[datetime | None, int, datetime | None]  # lease that ran out, attempts, when due again


@dataclass(frozen=True)
class Message:
    """Notices to one person through one channel, under one lease."""

    channel: str
    rows: list[Delivery]
    lease: datetime

    @property
    def key(self) -> str:
        """Name the message: the same for the same deliveries."""
        return str(uuid5(NAMESPACE_URL, ":".join(sorted(f"{row.pk}" for row in self.rows))))

    def mark(self, **found: object) -> int:
        """Keep what became of it and give the lease back; nothing when the lease has gone to another meanwhile."""
        mine = Delivery.objects.filter(
            pk__in=[row.pk for row in self.rows], status=Delivery.Status.WAITING, lease_until=self.lease
        )
        return mine.update(lease_until=None, **found)


def send_due(*, at: datetime) -> int:
    """Send what is due; returns how many notices arrived. Safe beside other workers."""
    ends = monotonic() + ROUND_SECONDS
    arrived = 0
    full: set[str] = set()  # channels that take no more this minute
    for message in _take(at):
        if message.channel in full:
            message.mark(due_at=at + timedelta(minutes=TOO_FAST_MINUTES))
        elif (due := _quiet_until(message, at)) > at:  # a repetition, or a worker that comes late
            message.mark(due_at=due)
        elif monotonic() >= ends:
            message.mark()
        else:
            try:
                arrived += _send(message, at=at)
            except TooFast as error:
                full.add(message.channel)
                # No attempt is lost: a hundred people told at once must not run out of them.
                message.mark(due_at=at + timedelta(minutes=TOO_FAST_MINUTES), last_error=str(error)[:200])
    return arrived


def _quiet_until(message: Message, at: datetime) -> datetime:
    """Return when a message may be sent: now, or after the person's quiet hours unless it is urgent."""
    if any(row.is_urgent for row in message.rows):
        return at
    person = message.rows[0].notice.person_id
    return not_quiet(Preference.objects.filter(person=person).first() or Preference(person_id=person), at)


def _take(at: datetime) -> list[Message]:
    """Lease what is due first and put together what goes as one message."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    lease = at + LEASE
    with transaction.atomic(durable=True):
        due = Delivery.objects.filter(free, status=Delivery.Status.WAITING, due_at__lte=at).order_by("due_at", "pk")
        skips = connection.features.has_select_for_update_skip_locked
        rows = due.select_for_update(skip_locked=skips, no_key=True, of=("self",) if skips else ())
        before = {row.pk: _tried(row) for row in rows[:BATCH]}
        Delivery.objects.filter(pk__in=before).update(lease_until=lease)
    found = Delivery.objects.filter(pk__in=before).select_related("notice__person")
    groups: dict[tuple[int, str, Tried], list[Delivery]] = {}
    for row in found.order_by("notice__created_at", "pk"):
        groups.setdefault((row.notice.person_id, row.channel, before[row.pk]), []).append(row)
    return [Message(channel, group, lease) for (_person, channel, _before), group in groups.items()]


def _tried(row: Delivery) -> Tried:
    """Return what the rows of a message tried before have in common, so that its repetition is the same message."""
    return row.lease_until, row.attempts, row.due_at if row.attempts else None


def _send(message: Message, *, at: datetime) -> int:
    """Send one message and keep what became of it; any fault is this message's own and holds up no other."""
    person = message.rows[0].notice.person
    try:
        with translation.override(person.language or None):
            CHANNELS[message.channel].send(person, [row.notice for row in message.rows], key=message.key)
    except TooFast:
        raise
    except NotSent as error:
        why = str(error)
        log.warning("not sent", extra={"channel": message.channel, "reason": why, "count": len(message.rows)})
    except Exception as error:
        why = type(error).__name__
        log.exception("not sent", extra={"channel": message.channel, "count": len(message.rows)})
    else:
        return message.mark(status=Delivery.Status.SENT, sent_at=at, last_error="")
    _later(message, why, at=at)
    return 0


def _later(message: Message, why: str, *, at: datetime) -> None:
    """Try again after a while, longer each time; give up after the last."""
    attempts = message.rows[0].attempts + 1  # the same for all rows, see _tried
    if attempts > len(RETRY_MINUTES):
        message.mark(attempts=attempts, last_error=why[:200], status=Delivery.Status.GIVEN_UP)
    else:
        due = at + timedelta(minutes=RETRY_MINUTES[attempts - 1])
        message.mark(attempts=attempts, last_error=why[:200], due_at=due)


def forget_old(*, at: datetime) -> int:
    """Remove notices read or unread for half a year; returns how many."""
    old = Notice.objects.filter(created_at__lt=at - timedelta(days=KEPT_DAYS)).values_list("pk", flat=True)[:1000]
    return Notice.objects.filter(pk__in=list(old)).delete()[0]
