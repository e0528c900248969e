"""Roster import: upload, dry run, confirm, progress."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frontend.kit import sheets
from frontend.kit.doors import door, one
from people.domain import roster, sign_in
from people.forms.staff import RosterForm
from people.models import Employee, RosterImport
from people.tasks import apply_roster, check_roster

State = RosterImport.State
FAULTS = {
    "missing": _("must not be empty"),
    "missing-column": _("this column is missing"),
    "not-a-number": _("an employee number has letters, digits and hyphens, at most 20"),
    "not-a-name": _("a name has at most 60 characters on one line"),
    "unknown-unit": _("there is no such unit; write its code, its name, or the path 炼钢厂/转炉车间/甲班"),
    "unknown-trade": _("there is no such trade"),
    "unknown-level": _("write 初级工, 中级工, 高级工, 技师 or 高级技师"),
    "not-a-phone": _("this is no telephone number"),
    "not-an-email": _("this is no e-mail address"),
    "not-a-day": _("write a day as 2026-11-20"),
    "duplicate": _("this number stands in the file twice (the other line comes after the dot)"),
    "formula": _("a formula; paste its value instead"),
    "merged": _("merged cells; unmerge them and fill each one"),
    "date-1904": _("the workbook counts days from 1904; save it with the 1900 date system"),
    "error-value": _("Excel shows an error here"),
    "duplicate-header": _("this column title stands twice"),
    "unreadable": _("the file cannot be read"),
}


def worded(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the faults with a sentence each."""
    return [fault | {"text": str(FAULTS.get(fault["code"], fault["code"]))} for fault in faults]


@door("people.import_roster", methods=("GET", "POST"))
def imports(request: HttpRequest) -> HttpResponse:
    """List the last imports and take a new file; the worker checks it. 2 SQL statements."""
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        row = RosterImport.objects.create(
            by=cast("Employee", request.user),
            file_name=upload.name[:120],
            content=upload.read(),
            ends_gone=form.cleaned_data["ends_gone"],
        )
        check_roster.enqueue(str(row.pk))
        return redirect("people:roster-import", row.pk)
    rows = RosterImport.objects.select_related("by").defer("content", "report")[:20]
    status = 422 if form.errors else 200
    return render(request, "people/roster_imports.html", {"form": form, "rows": rows}, status=status)


@door("people.import_roster", row=one(RosterImport.objects.defer("content"), pk="pk"))
def detail(request: HttpRequest, row: RosterImport) -> HttpResponse:
    """Show an import; while the worker is busy the page asks again each second."""
    done, total = cache.get(f"roster-import:{row.pk}", (0, row.total_rows)) if row.state == State.APPLYING else (0, 0)
    context = {
        "row": row,
        "report": row.report,
        "faults": worded(row.report.get("faults", [])),
        "is_busy": row.state in roster.BUSY,
        "done": done,
        "total": total,
        "percent": round(100 * done / total) if total else 0,
    }
    template = "people/parts/roster_report.html" if request.headers.get("HX-Request") else "people/roster_import.html"
    return render(request, template, context)


@door("people.import_roster", methods=("POST",), row=one(RosterImport.objects.defer("content"), pk="pk"))
def confirm(request: HttpRequest, row: RosterImport) -> HttpResponse:
    """Start the import of a checked file, or an interrupted one again; pressed twice it starts once."""
    now = timezone.now()
    if row.state == State.STOPPED and not row.report:  # its worker died before it was checked
        roster.claim(import_id=row.pk, expected={State.STOPPED}, state=State.CHECKING, at=now)
        check_roster.enqueue(str(row.pk))
    else:
        roster.claim(import_id=row.pk, expected={State.CHECKED, State.STOPPED}, state=State.APPLYING, at=now)
        apply_roster.enqueue(str(row.pk))
    return redirect("people:roster-import", row.pk)


@door("people.import_roster", row=one(RosterImport.objects.defer("content"), pk="pk"))
def faults(request: HttpRequest, row: RosterImport) -> HttpResponse:
    """Hand the faults out as a sheet, to be mended beside the file."""
    columns = ("line", "address", "column", "text", "value")
    lines = [[fault[name] for name in columns] for fault in worded(row.report.get("faults", []))]
    return sheets.xlsx_response("roster-faults.xlsx", list(columns), lines)


@door("people.import_roster")
def slips(request: HttpRequest) -> HttpResponse:
    """Hand out the activation codes of everybody who never signed in, by unit."""
    waiting = Employee.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, is_active=True).select_related(
        "unit__parent"
    )
    lines = [
        [f"{row.unit.parent or ''} {row.unit}" if row.unit else "", row.number, row.name, sign_in.activation_code(row)]
        for row in waiting.order_by("unit__path", "number").iterator(500)
    ]
    return sheets.xlsx_response("activation-codes.xlsx", ["单位", "工号", "姓名", "激活码"], lines)
