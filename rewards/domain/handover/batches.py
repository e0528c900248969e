"""Files HR takes away: what waits goes into one file in HR's own columns; taking it again gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from frontend.kit import sheets
from people.models import Employee
from rewards.domain.handover import marks
from rewards.domain.handover.channels import configured
from rewards.models import ColumnLayout, HandOver, HandOverBatch
from rewards.pure import columns as layouts

MOST_LINES = 2000
Status = HandOver.Status


class NothingWaits(ValidationError):
    """There is nothing to hand over."""

    def __init__(self) -> None:
        super().__init__(_("Nothing waits to be handed over. Earlier files can be taken again below."), code="nothing")


class OtherWay(ValidationError):
    """The worker hands over by itself."""

    def __init__(self) -> None:
        super().__init__(
            _("Leave is handed over by itself on this installation; a file would enter it twice."), code="other-way"
        )


class FaultyLayout(ValidationError):
    """The columns cannot be written."""


def default_layout(*, at: datetime) -> ColumnLayout:
    """Return the layout in use, made once with usual columns."""
    row = ColumnLayout.objects.first()
    if row is None:
        row = ColumnLayout.objects.create(name=gettext("HR"), columns=list(layouts.DEFAULT), changed_at=at)
    return row


@transaction.atomic(savepoint=False)
def save_layout(*, row: ColumnLayout, by: Employee, at: datetime, **fields: Any) -> ColumnLayout:
    """Change the columns; files made before stay as they are.

    Raises:
        FaultyLayout: every fault, in words.
    """
    for name, value in fields.items():
        setattr(row, name, value)
    _found, faults = layouts.read(row.columns, date_format=row.date_format)
    if faults:
        raise FaultyLayout([ValidationError(_fault(fault), code=fault.code) for fault in faults])
    row.changed_at = at
    row.save()
    record(f"layout:{row.pk}", "leave.columns", by=by, at=at, columns=row.columns)
    return row


def _fault(fault: layouts.Fault) -> Any:
    words = {
        "no-header": _("Column %(about)s has no header."),
        "twice": _("The header “%(about)s” stands twice."),
        "unknown-source": _("There is nothing called “%(about)s” to show."),
        "both": _("Column “%(about)s” shows something and has a fixed text: choose one."),
        "missing": _("The column for “%(about)s” is missing; without it HR cannot enter the leave."),
        "date-format": _("Days cannot be written as “%(about)s”."),
        "too-many": _("%(about)s columns are too many."),
    }
    return words[fault.code] % {"about": fault.about}


def waiting() -> Any:
    """Return the rows the next file takes, oldest first."""
    rows = HandOver.objects.filter(status=Status.WAITING, batch=None, number=None)
    return rows.order_by("pk")


@transaction.atomic(savepoint=False)
def make(*, by: Employee, at: datetime) -> HandOverBatch:
    """Write what waits into one file and mark it handed over, in one transaction.

    The columns HR fills in are empty; `handover.answers` reads the file when it comes back.

    Raises:
        NothingWaits, OtherWay, FaultyLayout.
    """
    if configured():
        raise OtherWay
    layout = default_layout(at=at)
    ColumnLayout.objects.select_for_update(no_key=True).get(pk=layout.pk)  # two files at once would share rows
    found, faults = layouts.read(layout.columns, date_format=layout.date_format)
    if faults:
        raise FaultyLayout([ValidationError(_fault(fault), code=fault.code) for fault in faults])
    held = waiting().select_for_update(no_key=True, of=("self",))
    rows = list(held.select_related("grant__redemption__item", "grant__employee__unit")[:MOST_LINES])
    if not rows:
        raise NothingWaits
    # The file speaks HR's language, whoever's page it was made from.
    with override("zh-hans"):
        lines = [layouts.line(found, facts_of(row), date_format=layout.date_format) for row in rows]
    is_csv = layout.format != ColumnLayout.Format.XLSX
    content = _csv(found, lines, layout.format) if is_csv else _xlsx(found, lines)
    name = f"leave-{timezone.localtime(at):%Y%m%d-%H%M%S}.{'csv' if is_csv else 'xlsx'}"
    batch = HandOverBatch.objects.create(
        made_at=at, by=by, layout=layout.name, file_name=name, content=content, lines=len(rows),
        sha256=hashlib.sha256(content).hexdigest(), columns=layout.columns, keys=[row.pk for row in rows],
    )  # fmt: skip
    HandOver.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=Status.SENT, sent_at=at, channel="file", batch=batch
    )
    record(f"leave-file:{batch.pk}", "leave.file-made", by=by, at=at, lines=len(rows), sha256=batch.sha256)
    return batch


def facts_of(row: HandOver) -> dict[str, Any]:
    """Return what a line may show, days as days."""
    grant, person = row.grant, row.grant.employee
    half = ""
    if grant.half_days == 1 and grant.wanted_on:
        half = gettext("afternoon") if grant.is_afternoon else gettext("morning")
    return {
        "number": person.number, "name": person.name, "unit": person.unit.name if person.unit else "",
        "unit_code": person.unit.code if person.unit else "", "leave": grant.redemption.item.title,
        "days": grant.half_days / 2, "half_days": grant.half_days, "wanted_on": grant.wanted_on, "half": half,
        "last_on": grant.valid_until_on, "granted_on": timezone.localdate(grant.granted_at),
        "points": grant.redemption.points, "verb": str(HandOver.Verb(row.verb).label),
        "redemption": str(grant.redemption_id),
    }  # fmt: skip


def _csv(columns: tuple[layouts.Column, ...], lines: list[list[Any]], form: str) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([sheets.defused(column.header) for column in columns])
    writer.writerows([sheets.defused(value) for value in line] for line in lines)
    if form == ColumnLayout.Format.CSV_GB:
        return target.getvalue().encode("gb18030")
    return target.getvalue().encode("utf-8-sig")


def _xlsx(columns: tuple[layouts.Column, ...], lines: list[list[Any]]) -> bytes:
    response = sheets.xlsx_response("leave.xlsx", [column.header for column in columns], lines)
    return bytes(response.content)


@transaction.atomic(savepoint=False)
def entered(*, batch: HandOverBatch, number: str, by: Employee, at: datetime) -> int:
    """HR has entered a file under a number of theirs: every line still open is acknowledged; returns how many."""
    batch = HandOverBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.entered_at is not None:
        return 0
    rows = list(HandOver.objects.filter(batch=batch, status=Status.SENT).order_by("grant").values_list("pk", flat=True))
    for place, pk in enumerate(rows, 1):
        marks.acknowledge(pk=pk, external_id=f"{number.strip()[:60]}-{place}", half_days=None, by=by, at=at)
    batch.entered_at, batch.entered_as = at, number.strip()[:60]
    batch.save(update_fields=["entered_at", "entered_as"])
    record(f"leave-file:{batch.pk}", "leave.file-entered", by=by, at=at, number=batch.entered_as, lines=len(rows))
    return len(rows)
