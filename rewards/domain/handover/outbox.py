"""Carry the outbox to the channel that is on: one row of a person at a time, leased, retried with longer and longer pauses.

A person's lane is held under a lease while their rows are sent outside any transaction; a worker that dies lets it run out.
Before a row leaves, that it has begun is committed: from then on only the other side's answer says what became of it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Q

from rewards.domain.handover import marks
from rewards.domain.handover.channels import CHANNELS, NotSent, Refused, TooFast, Unsure, configured
from rewards.models import HandOver, Lane

log = logging.getLogger("jinbang.rewards")
BATCH = 100
LEASE = timedelta(minutes=2)
ROUND_SECONDS = 45  # leaves the last row of a round, however slow, more than a minute of its lease
RETRY_MINUTES = (1, 5, 30, 120, 480)
Status = HandOver.Status
UNSETTLED = (Status.WAITING, Status.GIVEN_UP)


def send_due(*, at: datetime) -> int:
    """Send what is due through the channel that is on; returns how many rows the other side took."""
    channel = configured()
    if not channel:
        return 0
    ends, arrived = monotonic() + ROUND_SECONDS, 0
    due = HandOver.objects.filter(status=Status.WAITING, due_at__lte=at).order_by("due_at", "pk")
    people = list(dict.fromkeys(due.values_list("grant__employee", flat=True)[:BATCH]))
    for person in people:
        if monotonic() >= ends:
            break
        if not _hold(person, at):
            continue
        try:
            arrived += sum(_send(row, channel, at=at) for row in _rows(person, at))
        except TooFast:
            break
        finally:
            Lane.objects.filter(pk=person, lease_until=at + LEASE).update(lease_until=None)
    return arrived


def _hold(person: int, at: datetime) -> bool:
    """Take a person's lane; False while somebody else has it."""
    Lane.objects.bulk_create([Lane(employee_id=person)], ignore_conflicts=True)
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    return bool(Lane.objects.filter(free, pk=person).update(lease_until=at + LEASE))


def _rows(person: int, at: datetime) -> Iterator[HandOver]:
    """Yield a person's rows in order; what comes later waits for what comes first."""
    for pk in (
        HandOver.objects.filter(grant__employee=person, status=Status.WAITING)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        row = _begin(pk, at)
        if row is None:
            return
        yield row
        if HandOver.objects.filter(pk=pk, status=Status.WAITING).exists():
            return


@transaction.atomic(savepoint=False)
def _begin(pk: int, at: datetime) -> HandOver | None:
    """Commit that a row is on its way; None when it is not due, or its grant has not arrived yet."""
    row = marks.locked(pk)
    if row.status != Status.WAITING or row.due_at > at:
        return None
    unsettled = HandOver.objects.filter(grant=row.grant, verb=HandOver.Verb.GRANT, status__in=UNSETTLED)
    if row.verb == HandOver.Verb.REVERSE and unsettled.exists():
        return None
    if "begun" not in row.plan:
        row.plan = {**row.plan, "begun": at.isoformat()}
        row.save(update_fields=["plan"])
    return row


def _send(row: HandOver, channel: str, *, at: datetime) -> int:
    """Send one row and keep what became of it; a fault of one row holds up no other person's."""

    def keep(plan: dict[str, Any]) -> None:
        row.plan = plan
        HandOver.objects.filter(pk=row.pk).update(plan=plan)

    try:
        answer = CHANNELS[channel].send(row, keep=keep)
    except TooFast as error:
        _later(row, str(error), at=at, minutes=1, is_attempt=False)
        raise
    except Refused as error:
        marks.refuse(pk=row.pk, reason=str(error), by=None, at=at)
    except Unsure as error:
        HandOver.objects.filter(pk=row.pk).update(status=Status.GIVEN_UP, last_error=str(error)[:200], channel=channel)
    except NotSent as error:
        log.warning("leave not handed over", extra={"channel": channel, "reason": str(error)})
        _later(row, str(error), at=at)
    except Exception as error:
        log.exception("leave not handed over", extra={"channel": channel})
        _later(row, type(error).__name__, at=at)
    else:
        HandOver.objects.filter(pk=row.pk).update(channel=channel, sent_at=at)
        if answer.external_id:
            marks.acknowledge(pk=row.pk, external_id=answer.external_id, half_days=answer.half_days, by=None, at=at)
        else:
            HandOver.objects.filter(pk=row.pk, status=Status.WAITING).update(status=Status.SENT, last_error="")
        return 1
    return 0


def _later(row: HandOver, why: str, *, at: datetime, minutes: int = 0, is_attempt: bool = True) -> None:
    """Try again after a while, longer each time; after the last, somebody must look."""
    attempts = row.attempts + is_attempt
    found: dict[str, Any] = {"attempts": attempts, "last_error": why[:200]}
    if attempts > len(RETRY_MINUTES):
        found["status"] = Status.GIVEN_UP
    else:
        found["due_at"] = at + timedelta(minutes=minutes or RETRY_MINUTES[attempts - 1])
    HandOver.objects.filter(pk=row.pk, status=Status.WAITING).update(**found)
