"""What the worker runs of a roster import: the dry run, then the import; safe when started twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tasks import task

from people.domain import roster
from people.models import RosterImport
from people.pure.roster import Plan

State = RosterImport.State
PATIENCE = timedelta(minutes=10)


@task()
def check_roster(import_id: str) -> None:
    """Dry-run an uploaded file and store the report; does nothing when it was checked already."""
    row = RosterImport.objects.get(pk=import_id)
    if row.state != State.CHECKING:
        return
    try:
        plan, persons, faults = roster.check(bytes(row.content), file_name=row.file_name)
    except ValidationError as refusal:
        faults = [{"line": 0, "address": "", "column": "", "code": "unreadable", "value": m} for m in refusal.messages]
        report = roster.report(Plan(), faults, rows=0)
    else:
        report = roster.report(plan, faults, rows=len(persons))
    state = State.FAULTY if faults else State.CHECKED
    RosterImport.objects.filter(pk=import_id, state=State.CHECKING).update(
        state=state, report=report, total_rows=report["rows"]
    )


@task()
def apply_roster(import_id: str) -> None:
    """Apply a confirmed file; a failure leaves every employee as before and says why."""
    row = RosterImport.objects.get(pk=import_id)
    if row.state != State.APPLYING:
        return

    def progress(done: int, total: int) -> None:
        _show_progress(import_id, done, total)

    try:
        roster.apply(
            content=bytes(row.content),
            file_name=row.file_name,
            ends_gone=row.ends_gone,
            on=timezone.localdate(),
            progress=progress,
        )
    except ValidationError as refusal:
        RosterImport.objects.filter(pk=import_id).update(
            state=State.FAILED, report=row.report | {"refusal": refusal.messages}
        )
        return
    RosterImport.objects.filter(pk=import_id).update(state=State.DONE, content=b"")


def stop_dead_imports(*, at: datetime) -> int:
    """Mark imports as interrupted that show no sign of life for ten minutes: their worker has died; returns how many.

    Whoever imports shows progress every 500 rows; that entry lasts ten minutes.
    """
    rows = RosterImport.objects.filter(state__in=roster.BUSY, moved_at__lt=at - PATIENCE)
    quiet = [pk for pk in rows.values_list("pk", flat=True) if cache.get(f"roster-import:{pk}") is None]
    return sum(roster.mark_interrupted(import_id=pk, before=at - PATIENCE, at=at) for pk in quiet)


def _show_progress(import_id: str, done: int, total: int) -> None:
    """Tell readers outside the transaction how far it is, through the cache: the rows are not committed yet."""
    cache.set(f"roster-import:{import_id}", (done, total), PATIENCE.seconds)
