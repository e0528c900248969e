"""What the worker runs for approvals: deadlines, substitutions that begin and end, and telling people what is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from engine.approvals import telling
from engine.approvals.directory import in_force
from engine.approvals.domain import approvals
from engine.approvals.models import Approval, Waiting
from people.models import Substitute
from people.pure.working_time import WorkingTime
from people.queries import time_of, working_calendar, working_times

BATCH = 50
RECENTLY = timedelta(days=7)
BEFORE = timedelta(hours=2)  # how long before a deadline people are reminded


def run_deadlines(*, at: datetime) -> int:
    """Let deadlines take effect that have passed; returns how many approvals changed. Safe beside other workers: who comes
    second finds the clock already moved."""
    due = Approval.objects.filter(wakes_at__lte=at, finished_at=None).order_by("wakes_at")
    changed = 0
    for pk in due.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic(durable=True):
            changed += approvals.wake(pk, at=at)
    return changed


def recount_deadlines(*, at: datetime) -> int:
    """Compute deadlines anew that were computed by another working calendar than today's, or by other hours than those of the
    applicant's unit now; returns how many."""
    running = Approval.objects.filter(finished_at=None).exclude(deadlines={})
    keys = list(running.filter(_outdated(running)).order_by("pk").values_list("pk", flat=True)[:BATCH])
    for pk in keys:
        with transaction.atomic(durable=True):
            approvals.recount(pk, at=at)
    return len(keys)


def _outdated(running: QuerySet[Approval]) -> Q:
    """Return the condition `computed by another calendar`. Four statements: few calendars serve many units."""
    days, times = working_calendar(), working_times()
    marks: dict[WorkingTime, str] = {}
    condition = Q(pk__in=[])
    for mark, unit, path in (
        running.order_by().values_list("calendar", "applicant__unit", "applicant__unit__path").distinct()
    ):
        time = time_of(path, times)
        if marks.setdefault(time, replace(days, time=time).mark) != mark:
            condition |= Q(calendar=mark, applicant__unit=unit)
    return condition


def refresh_substitutes(*, at: datetime) -> int:
    """Ask substitutes whose time has begun, and no longer those whose time is over; returns how many approvals changed.

    Approvals are looked at where a person who is substituted is asked and the substitute is not, and where somebody is asked
    who stood for another until lately.
    """
    asked = Waiting.objects.filter(approval__status=Approval.Status.RUNNING, approval=OuterRef("approval"))
    changed = 0
    begun = [
        Waiting.objects.filter(~Exists(asked.filter(person=row.to_id)), person=row.person_id)
        for row in in_force(at)
    ]  # fmt: skip
    over = Substitute.objects.filter(until_at__gt=at - RECENTLY, until_at__lte=at)
    ended = [Waiting.objects.filter(Exists(asked.filter(person=row.person_id)), person=row.to_id) for row in over]
    for rows in (*begun, *ended):
        running = rows.filter(Q(approval__status=Approval.Status.RUNNING))
        for pk in running.values_list("approval", flat=True)[:BATCH]:
            with transaction.atomic(durable=True):
                changed += approvals.refresh(pk, at=at)
    return changed


def tell_news(*, at: datetime) -> int:
    """Tell people what happened to approvals since they were last told; returns how many notices. Safe beside other workers:
    a cause never tells the same person twice."""
    fresh = Approval.objects.filter(version__gt=F("told_position")).order_by("pk")
    told = 0
    for pk in fresh.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic(durable=True):
            told += telling.tell_of(pk, at=at)
    return told


def remind_soon(*, at: datetime) -> int:
    """Remind those who are asked two hours before a deadline, once; returns how many notices."""
    near = Approval.objects.filter(due_at__gt=at, due_at__lte=at + BEFORE, status=Approval.Status.RUNNING)
    told = 0
    for row in near.exclude(reminded_for=F("due_at")).select_related("applicant").order_by("due_at")[:BATCH]:
        with transaction.atomic(durable=True):
            told += telling.tell_soon(row, at=at)
    return told
