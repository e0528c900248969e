"""Marks of a group from Excel: the template, the difference it would make, the recording."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.domain import mark_tables as verbs
from contests.models import Contest
from contests.queries import mark_tables
from contests.queries.mark_tables import Fillable
from contests.views.wizard import CONTEST
from frontend.kit import sheets, uploads
from frontend.kit.doors import door
from people.models import Employee

MOST_BYTES = 2 * 1024 * 1024
SALT = "contests.mark-table"
LASTS_SECONDS = 3600
SHOWN = 500


@door("contests.import_marks", see="contests.view_contest", contest=CONTEST)
def tables(request: HttpRequest, contest: Contest) -> HttpResponse:
    """List the groups this person may fill in from a table. 8 SQL statements for any number."""
    return _page(request, contest)


def _page(request: HttpRequest, contest: Contest, *, status: int = 200, **found: Any) -> HttpResponse:
    context = {
        "contest": contest,
        "groups": mark_tables.fillable(contest, cast("Employee", request.user)),
        "is_judging": contest.state == Contest.State.JUDGING,
        "steps": (),
        "step": "tables",
        **found,
    }
    return render(request, "contests/judging/tables.html", context, status=status)


def _group(request: HttpRequest, contest: Contest, code: str) -> Fillable:
    for found in mark_tables.fillable(contest, cast("Employee", request.user)):
        if found.group.code == code:
            return found
    raise Http404


@door("contests.import_marks", see="contests.view_contest", contest=CONTEST)
def template(request: HttpRequest, contest: Contest, name: str) -> HttpResponse:
    """Hand out the table to fill in: every entry, one column an aspect."""
    group = _group(request, contest, name)
    header, rows = mark_tables.template(contest, group)
    return sheets.xlsx_response(f"{contest.code}-{name}.xlsx", header, rows, sheet_name=group.group.title)


@door("contests.import_marks", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def upload(request: HttpRequest, contest: Contest, name: str) -> HttpResponse:
    """Show what an uploaded table would change, or every fault with line and column; nothing is stored."""
    group = _group(request, contest, name)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise ValidationError(_("Choose a file first."), code="no-file")
        content = uploads.sheet(file, most_bytes=MOST_BYTES).read()
        read = mark_tables.read(contest, group, sheets.read(content, file_name=file.name or ""))
    except ValidationError as refusal:
        return _page(request, contest, status=422, faults=[("", text) for text in refusal.messages], chosen=group)
    if read.faults:
        return _page(request, contest, status=422, faults=mark_tables.told(read.faults), chosen=group)
    shifts = mark_tables.shifts(contest, group, read.marks)
    changed = [shift for shift in shifts if shift.is_change]
    told = [[row.entry, row.aspect, row.after, row.version] for row in changed]
    signed = signing.dumps(
        {"contest": contest.pk, "group": name, "upload": str(uuid4()), "marks": told}, salt=SALT, compress=True
    )
    return _page(
        request, contest, chosen=group, changed=changed[:SHOWN], more=max(0, len(changed) - SHOWN), count=len(changed),
        same=len(shifts) - len(changed), fresh=sum(not row.before for row in changed), signed=signed,
    )  # fmt: skip


@door("contests.import_marks", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def record(request: HttpRequest, contest: Contest, name: str) -> HttpResponse:
    """Record what was shown: all of it or nothing."""
    try:
        data = signing.loads(request.POST.get("signed", ""), salt=SALT, max_age=LASTS_SECONDS)
    except signing.BadSignature:
        data = {}
    if (data.get("contest"), data.get("group")) != (contest.pk, name):
        messages.error(request, _("This difference is too old, or of another contest: upload the table again."))
        return redirect("contests:tables", contest.code)
    given = [verbs.Given(*row) for row in data["marks"]]
    try:
        count = verbs.record(
            contest=contest, group=name, upload=UUID(data["upload"]), given=given, by=cast("Employee", request.user),
            at=timezone.now(),
        )  # fmt: skip
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages[:5]))
    else:
        messages.success(request, _("%(count)s marks are recorded.") % {"count": count})
    return redirect("contests:tables", contest.code)
