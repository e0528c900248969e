"""HR's filled-in file comes back: every line is judged, and nothing is stored until all of them are right.

What a line comes to is decided by `rewards.pure.answers`; here the file handed out is read beside the one that came back,
and what HR says is written by the same verbs as through the API: `marks.acknowledge` and `marks.refuse`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils import column_index_from_string

from engine.events.domain import record
from frontend.kit import sheets
from people.models import Employee
from rewards.domain.handover import marks
from rewards.domain.handover.batches import MOST_LINES, default_layout
from rewards.models import HandOver, HandOverAnswer, HandOverBatch
from rewards.pure import answers as pure

Status = HandOver.Status
SAID = {
    Status.DONE: "done",
    Status.REFUSED: "refused",
    Status.DROPPED: "returned",
}


class NotReadable(ValidationError):
    """The file as a whole cannot be compared with what was handed out."""


class Changed(ValidationError):
    """A row was settled otherwise since the file was shown: nothing is stored; each message names its line."""

    status = 409


@dataclass(frozen=True)
class Told:
    """One fault in words: line from 1, the header of the cell, what stands there, what is wrong."""

    line: int
    header: str
    value: str
    text: str


@dataclass
class Reading:
    """What a returned file comes to. `verdicts` name rows by key; with `faults` nothing may be recorded."""

    verdicts: list[pure.Verdict] = field(default_factory=list)
    faults: list[Told] = field(default_factory=list)
    sha256: str = ""

    def of(self, *outcomes: str) -> list[pure.Verdict]:
        return [verdict for verdict in self.verdicts if verdict.outcome in outcomes]


@dataclass(frozen=True)
class Said:
    """What HR says about one row: booked under a number, or refused for a reason. `line` is where it says so."""

    line: int
    key: int
    number: str = ""
    reason: str = ""


def look(*, batch: HandOverBatch, content: bytes, file_name: str, at: datetime) -> Reading:
    """Read a file that came back and judge each line; nothing is stored. 3 SQL statements for any number of lines.

    Raises:
        sheets.Unreadable: damaged, empty, unknown encoding.
        NotReadable: too many lines, or none.
    """
    table = sheets.read(content, file_name=file_name)
    found = Reading(
        sha256=hashlib.sha256(content).hexdigest(),
        faults=[_sheet_fault(fault, table.headers) for fault in table.faults],
    )
    if len(table.rows) > MOST_LINES:
        raise NotReadable(_("At most %(n)s lines at once.") % {"n": MOST_LINES}, code="too-many")
    if not table.rows:
        raise NotReadable(_("The file has no lines below its first one."), code="no-lines")
    columns, missing = pure.columns_of(table.headers, _layout(batch, at=at))
    found.faults += [told(fault) for fault in missing]
    if columns is None or any(fault.line == 1 for fault in found.faults):
        return found
    broken = {fault.line for fault in found.faults}
    lines = [
        pure.Line(row.line, _cells(table.headers, [cell.text for cell in row.cells]))
        for row in table.rows
        if row.line not in broken
    ]
    found.verdicts = list(pure.judge(columns, _given(batch), lines))
    found.faults += [told(fault) for verdict in found.verdicts for fault in verdict.faults]
    found.faults.sort(key=lambda fault: fault.line)
    return found


def _layout(batch: HandOverBatch, *, at: datetime) -> list[dict[str, str]]:
    """Return the columns the file was written in; files older than this memory are read in today's."""
    return list(batch.columns or default_layout(at=at).columns)


def _cells(headers: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    return {header: text for header, text in zip(headers, texts, strict=False) if header}


def _given(batch: HandOverBatch) -> list[pure.Given]:
    """Return what each line of our own file said, with where its row stands.

    Raises:
        NotReadable: a file older than the memory of its lines, some of which were asked again in a later one.
    """
    table = sheets.read(bytes(batch.content), file_name=batch.file_name)
    keys = list(batch.keys) or list(HandOver.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))
    if len(keys) != len(table.rows):
        raise NotReadable(
            _("This file was made before answers could be read, and some of its lines were asked again. Settle them one by one."),
            code="old-file",
        )  # fmt: skip
    rows = HandOver.objects.in_bulk(keys)
    return [
        pure.Given(
            key=key,
            cells=_cells(table.headers, [cell.text for cell in line.cells]),
            status=_standing(rows[key], batch),
            number=rows[key].external_id,
        )
        for key, line in zip(keys, table.rows, strict=True)
    ]


def _standing(row: HandOver, batch: HandOverBatch) -> str:
    if row.batch_id != batch.pk:
        return "moved"
    return SAID.get(Status(row.status), "open")


@transaction.atomic(savepoint=False)
def record_answers(
    *, batch: HandOverBatch, upload: UUID, said: Sequence[Said], file_name: str, sha256: str, by: Employee, at: datetime
) -> HandOverAnswer:
    """Write what HR said about every row, all of it or nothing; the same upload again changes nothing.

    Args:
        upload: names this file; another file needs another.

    Raises:
        Changed: a row was settled otherwise since the file was shown.
    """
    batch = HandOverBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if (before := HandOverAnswer.objects.filter(pk=upload, batch=batch).first()) is not None:
        return before
    grants = dict(HandOver.objects.filter(pk__in=[row.key for row in said]).values_list("pk", "grant"))
    for row in sorted(said, key=lambda one: (grants[one.key], one.key)):
        if not HandOver.objects.filter(pk=row.key, batch=batch).exists():
            raise _changed(row)
        try:
            _mark(row, by=by, at=at)
        except marks.AlreadySettled:
            raise _changed(row) from None
    answer = HandOverAnswer.objects.create(
        key=upload, batch=batch, at=at, by=by, file_name=file_name[:120], sha256=sha256,
        booked=sum(bool(row.number) for row in said), refused=sum(not row.number for row in said),
    )  # fmt: skip
    record(f"leave-file:{batch.pk}", "leave.file-answered", by=by, at=at, booked=answer.booked,
           refused=answer.refused, sha256=sha256)  # fmt: skip
    if batch.entered_at is None and not HandOver.objects.filter(batch=batch, status=Status.SENT).exists():
        batch.entered_at = at
        batch.save(update_fields=["entered_at"])
    return answer


def _mark(row: Said, *, by: Employee, at: datetime) -> None:
    if row.number:
        marks.acknowledge(pk=row.key, external_id=row.number, half_days=None, by=by, at=at)
    else:
        marks.refuse(pk=row.key, reason=row.reason, by=by, at=at)


def _changed(row: Said) -> Changed:
    text = _("Line %(line)s was settled otherwise since the file was shown. Upload it again.")
    return Changed(text % {"line": row.line}, code="changed")


WORDS: dict[str, Any] = {
    "unknown": gettext_lazy("this line is not one of the file that was handed out"),
    "twice": gettext_lazy("this line stands twice"),
    "changed": gettext_lazy("“%(given)s” was handed out here; what is handed out must come back unchanged"),
    "moved": gettext_lazy("this was asked again in a later file; answer it there"),
    "no-number": gettext_lazy("it is booked, but under which number?"),
    "no-state": gettext_lazy("there is a reason, but no state: booked or refused?"),
    "no-reason": gettext_lazy("it is refused, but why?"),
    "strange-state": gettext_lazy("write 已登记 (booked) or 拒绝 (refused)"),
    "number-of-refused": gettext_lazy("it is refused and yet has a number: only one of the two can be"),
    "already-done": gettext_lazy("this is booked already, under the number “%(given)s”"),
    "already-refused": gettext_lazy("this was refused already; hand it over again first"),
    "already-returned": gettext_lazy("this leave was returned in the meantime"),
    "formula": gettext_lazy("it begins like a formula; write the text itself"),
    "too-long": gettext_lazy("this is too long"),
    "not-printed": gettext_lazy("there are characters that cannot be printed"),
}
COLUMNS = {
    pure.NUMBER: gettext_lazy("人事单号 (HR's number)"),
    pure.STATE: gettext_lazy("处理结果 (booked or refused)"),
    pure.REASON: gettext_lazy("原因 (why not)"),
}
SHEET_WORDS = {
    "formula": gettext_lazy("a formula; paste its value instead"),
    "merged": gettext_lazy("merged cells; unmerge them and fill each one"),
    "date-1904": gettext_lazy("a day counted from 1904; write it as text"),
    "error-value": gettext_lazy("Excel shows an error here"),
    "duplicate-header": gettext_lazy("this column title stands twice"),
}


def told(fault: pure.Fault) -> Told:
    """Return a fault in words."""
    if fault.code == "no-column":
        text = _("The column %(column)s is missing.") % {"column": COLUMNS.get(fault.header, fault.header)}
        return Told(1, str(COLUMNS.get(fault.header, fault.header)), "", text)
    header = str(COLUMNS.get(fault.header, fault.header))
    return Told(fault.line, header, fault.value, str(WORDS[fault.code]) % {"given": fault.given})


def _sheet_fault(fault: sheets.SheetFault, headers: Sequence[str]) -> Told:
    """Return a cell's fault under the title of its column, with its address."""
    letters = fault.address.split(":")[0].rstrip("0123456789")
    place = column_index_from_string(letters) if letters else 0
    header = headers[place - 1] if fault.line > 1 and 0 < place <= len(headers) else ""
    where = f"{header} ({fault.address})" if header else fault.address
    return Told(fault.line, where, fault.value, str(SHEET_WORDS.get(fault.code, fault.code)))
