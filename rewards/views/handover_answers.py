"""HR's filled-in file comes back: shown line by line first, then recorded whole or not at all."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door, one
from people.models import Employee
from rewards.domain.handover import answers
from rewards.forms.leave import AnswerForm
from rewards.models import HandOver, HandOverBatch

SALT = "rewards.hand-over-answer"
LASTS_SECONDS = 3600
SHOWN, MOST_FAULTS = 300, 500
BATCH = one(HandOverBatch.objects.select_related("by"), pk="pk")


@door("rewards.hand_over_leave", methods=("GET", "POST"), batch=BATCH)
def answer(request: HttpRequest, batch: HandOverBatch) -> HttpResponse:
    """Take HR's filled-in file and show what each line would do; nothing is stored. At most 10 SQL statements."""
    form = AnswerForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            reading = answers.look(batch=batch, content=file.read(), file_name=file.name, at=timezone.now())
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            context = _shown(batch, reading, file.name)
    is_wrong = bool(form.errors or context.get("fault_count"))
    context |= {"form": form, "file": batch, "earlier": batch.answers.select_related("by")[:20]}
    return render(request, "rewards/hand_over_answer.html", context, status=422 if is_wrong else 200)


def _shown(batch: HandOverBatch, reading: answers.Reading, file_name: str) -> dict[str, Any]:
    """Return what the page shows of a reading; when all lines are right, with what to record under our signature."""
    told = reading.of("booked", "refused")
    rows = _people([verdict.key for verdict in reading.verdicts if verdict.key])
    lines = [(verdict, rows.get(verdict.key or 0)) for verdict in reading.of("booked", "refused", "same")]
    shown = {
        "faults": reading.faults[:MOST_FAULTS], "fault_count": len(reading.faults), "most": MOST_FAULTS,
        "lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN), "is_read": True,
        "counts": {name: len(reading.of(name)) for name in ("booked", "refused", "same", "open")},
        "left_out": batch.lines - len({verdict.key for verdict in reading.verdicts if verdict.key}),
    }  # fmt: skip
    if not reading.faults and told:
        said = [[verdict.line, verdict.key, verdict.number if verdict.outcome == "booked" else "",
                 verdict.reason if verdict.outcome == "refused" else ""] for verdict in told]  # fmt: skip
        data = {
            "batch": batch.pk,
            "upload": str(uuid4()),
            "name": file_name[:120],
            "sha256": reading.sha256,
            "said": said,
        }
        shown["signed"] = signing.dumps(data, salt=SALT, compress=True)
    return shown


def _people(keys: list[int]) -> dict[int, HandOver]:
    rows = HandOver.objects.filter(pk__in=keys).select_related("grant__redemption__item", "grant__employee")
    return {row.pk: row for row in rows}


@door("rewards.hand_over_leave", methods=("POST",), batch=BATCH)
def record(request: HttpRequest, batch: HandOverBatch) -> HttpResponse:
    """Record what was shown: all of it or nothing."""
    try:
        data = signing.loads(request.POST.get("signed", ""), salt=SALT, max_age=LASTS_SECONDS)
    except signing.BadSignature:
        data = {}
    if data.get("batch") != batch.pk:
        messages.error(request, _("This preview is too old, or of another file: upload the file again."))
        return redirect("rewards:hand-over-answer", pk=batch.pk)
    try:
        row = answers.record_answers(
            batch=batch, upload=UUID(data["upload"]), said=[answers.Said(*one) for one in data["said"]],
            file_name=data["name"], sha256=data["sha256"], by=cast("Employee", request.user), at=timezone.now(),
        )  # fmt: skip
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages[:5]))
    else:
        words = _("Recorded: %(booked)s booked, %(refused)s refused.")
        messages.success(request, words % {"booked": row.booked, "refused": row.refused})
    return redirect("rewards:hand-over-answer", pk=batch.pk)
