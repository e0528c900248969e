"""Have the whole log computed again by the worker, and keep what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.proof import domain
from engine.proof.audit import wrong_leaf
from engine.proof.models import Head, Verification
from people.models import Employee

SILENT = timedelta(minutes=10)  # a worker that says nothing for so long has died


class IsRunning(ValidationError):
    """The log is being computed again already."""

    status = 409


@transaction.atomic(savepoint=False)
def ask(*, by: Employee, at: datetime) -> Verification:
    """Ask for a computation of the whole log; the caller enqueues it.

    Raises:
        IsRunning: one is under way, or waits for the worker.
    """
    Head.objects.select_for_update(no_key=True).filter(pk=1).first()  # of two who press at once, one asks
    if Verification.objects.filter(ended_at=None, seen_at__gt=at - SILENT).exists():
        raise IsRunning(_("The log is being computed again already. Wait for its end."), code="is-running")
    return Verification.objects.create(asked_by=by, asked_at=at, seen_at=at, total=domain.size())


def run(*, pk: int, now: Callable[[], datetime]) -> str:
    """Carry out a computation that was asked for; returns the first thing that is wrong, or ''. Twice is harmless."""
    row = Verification.objects.filter(pk=pk)

    def tell(done: int, total: int) -> None:
        row.update(done=done, total=total, seen_at=now())

    fault = wrong_leaf(tell)
    row.update(ended_at=now(), seen_at=now(), fault=fault)
    return fault
