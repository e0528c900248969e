"""What the worker runs for flows: timers that are due."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from engine.flows.activations import TaskAlreadyDone

log = logging.getLogger("jinbang.flows")
BATCH = 50
POSTPONED = timedelta(minutes=5)


def fire_due(*, at: datetime) -> int:
    """Fire each timer that is due, each in its own transaction; returns how many fired.

    Safe beside other workers: a timer is read again under the lock of its process, so the second finds it done. A step
    that refuses leaves everything as it was, says so in the log, and is tried again in five minutes.
    """
    due = Task.objects.filter(status=STATUS.SCHEDULED, scheduled__lte=at, finished=None)
    fired = 0
    for task in due.order_by("scheduled", "pk")[:BATCH]:
        try:
            with transaction.atomic(durable=True):
                task.flow_task.run(task, by=None, at=at)
                fired += 1
        except TaskAlreadyDone:
            continue
        except Exception:
            log.exception("timer failed", extra={"task": task.pk, "process_id": task.process_id})
            Task.objects.filter(pk=task.pk, status=STATUS.SCHEDULED).update(scheduled=at + POSTPONED)
    return fired
