"""The hand-over of leave to HR: the outbox, HR's files and their columns, what was compared at night."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.kit import sheets
from frontend.kit.doors import door, one
from people.models import Employee
from rewards.domain import leave as leaves
from rewards.domain import reconciliation
from rewards.domain.handover import batches, marks
from rewards.domain.handover.channels import configured
from rewards.forms.leave import AcknowledgeForm, LayoutForm, TakenForm
from rewards.models import HandOver, HandOverBatch, LeaveGrant, Reconciliation, Redemption

ROWS = 50
Status = HandOver.Status
WORDS = {
    "burnt-not-granted": gettext_lazy("points were burnt, no leave was granted"),
    "granted-not-burnt": gettext_lazy("leave was granted, no points were burnt"),
    "wrong-points": gettext_lazy("other points were burnt than the price"),
    "wrong-days": gettext_lazy("other half days were granted than asked for"),
    "not-handed-over": gettext_lazy("granted, but not handed over"),
    "handed-over-still": gettext_lazy("returned, but HR's system still has it"),
    "returned-not-refunded": gettext_lazy("returned, but the points are not back"),
    "late": gettext_lazy("hours of waiting to be handed over"),
    "unanswered": gettext_lazy("hours without acknowledgement"),
}


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


@door("rewards.view_reconciliation")
def outbox(request: HttpRequest) -> HttpResponse:
    """List hand-overs by state with HR's files. At most 8 SQL statements for any number."""
    status, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:60]
    rows = HandOver.objects.select_related("grant__redemption__item", "grant__employee__unit", "batch").order_by("-pk")
    counts = HandOver.objects.aggregate(**{name: Count("pk", filter=Q(status=value)) for name, value in _NAMES.items()})
    if status in Status.values:
        rows = rows.filter(status=status)
    if words:
        rows = rows.filter(Q(grant__employee__name__icontains=words) | Q(grant__employee__number__startswith=words))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    tabs: list[tuple[str, Any, int]] = [("", _("All"), sum(counts.values()))]
    tabs += [(str(value), Status(value).label, counts[name]) for name, value in _NAMES.items()]
    context = {
        "page": page, "tabs": tabs, "state": status, "q": words, "channel": configured(),
        "files": _files(), "may": _may(request),
    }  # fmt: skip
    return render(request, "rewards/hand_overs.html", context)


def _files() -> Any:
    """Return the newest files, each with how many of its lines are settled. 1 SQL statement."""
    settled = Count("rows", filter=~Q(rows__status=Status.SENT))
    rows = HandOverBatch.objects.defer("content", "columns", "keys").select_related("by")
    return rows.annotate(settled=settled, held=Count("rows")).order_by("-pk")[:8]


_NAMES = {value.replace("-", "_"): value for value in Status.values}


def _may(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("rewards.hand_over_leave"))


@door("rewards.hand_over_leave", methods=("POST",))
def make_file(request: HttpRequest) -> HttpResponse:
    """Put what waits into a file and hand it out."""
    return redirect("rewards:hand-over-file", pk=batches.make(**_by(request)).pk)


@door("rewards.hand_over_leave", batch=one(HandOverBatch.objects, pk="pk"))
def file(request: HttpRequest, batch: HandOverBatch) -> HttpResponse:
    """Send a file again: the same bytes. At most 4 SQL statements."""
    kind = "text/csv; charset=utf-8" if batch.file_name.endswith(".csv") else sheets.XLSX
    headers = {"Content-Disposition": f'attachment; filename="{batch.file_name}"', "X-Content-SHA256": batch.sha256}
    return HttpResponse(bytes(batch.content), content_type=kind, headers=headers)


@door("rewards.hand_over_leave", methods=("POST",), batch=one(HandOverBatch.objects.defer("content"), pk="pk"))
def entered(request: HttpRequest, batch: HandOverBatch) -> HttpResponse:
    """HR has entered a file."""
    form = AcknowledgeForm(request.POST)
    if form.is_valid():
        count = batches.entered(batch=batch, number=form.cleaned_data["external_id"], **_by(request))
        messages.success(request, _("%(count)s lines are acknowledged.") % {"count": count})
    else:
        messages.error(request, _("Write the number under which it was entered."))
    return redirect("rewards:hand-overs")


@door("rewards.hand_over_leave", methods=("POST",), row=one(HandOver.objects, pk="pk"))
def act(request: HttpRequest, row: HandOver, verb: str) -> HttpResponse:
    """Settle one row by hand: send it again, acknowledge it, say that it never will be."""
    if verb == "again":
        marks.try_again(pk=row.pk, **_by(request))
    elif verb == "acknowledgement":
        number = request.POST.get("external_id", "").strip()[:60]
        if not number:
            raise ValidationError({"external_id": _("Write the number under which it was entered.")}, code="required")
        marks.acknowledge(pk=row.pk, external_id=number, half_days=None, **_by(request))
    else:
        reason = request.POST.get("reason", "").strip()[:200]
        if not reason:
            raise ValidationError({"reason": _("Say why.")}, code="required")
        marks.refuse(pk=row.pk, reason=reason, **_by(request))
    messages.success(request, _("Saved."))
    return redirect("rewards:hand-overs")


@door("rewards.hand_over_leave", methods=("POST",), grant=one(LeaveGrant.objects, pk="pk"))
def taken(request: HttpRequest, grant: LeaveGrant) -> HttpResponse:
    """Say how many half days have been taken in all."""
    form = TakenForm(request.POST)
    if form.is_valid():
        leaves.report_taken(pk=grant.pk, half_days=form.cleaned_data["half_days"], **_by(request))
        messages.success(request, _("Saved."))
    return redirect("rewards:redemption", pk=grant.redemption_id)


@door("rewards.hand_over_leave", methods=("GET", "POST"))
def columns(request: HttpRequest) -> HttpResponse:
    """Edit the columns of HR's file."""
    layout = batches.default_layout(at=timezone.now())
    form = LayoutForm(request.POST or None, instance=layout)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("name", "format", "date_format")}
        try:
            batches.save_layout(row=layout, columns=form.cleaned_data["lines"], **given, **_by(request))
        except ValidationError as refusal:
            form.add_error("lines", refusal)
        else:
            messages.success(request, _("Saved. Files made before stay as they are."))
            return redirect("rewards:hand-over-columns")
    return render(request, "rewards/hand_over_columns.html", {"form": form}, status=422 if form.errors else 200)


@door("rewards.view_reconciliation")
def reconciliations(request: HttpRequest) -> HttpResponse:
    """Show the newest comparison with its differences, and earlier ones. At most 8 SQL statements."""
    rows = list(Reconciliation.objects.all()[:30])
    wanted = request.GET.get("on", "")
    shown = next((row for row in rows if row.on.isoformat() == wanted), rows[0] if rows else None)
    found = shown.differences if shown else []
    names = {
        str(row.pk): row
        for row in Redemption.objects.filter(pk__in=[line["redemption"] for line in found]).select_related("employee")
    }
    lines = [line | {"row": names.get(line["redemption"]), "words": WORDS[line["code"]]} for line in found]
    if request.GET.get("format") == "csv" and shown:
        header = [_("Redemption"), _("Number"), _("Name"), _("Difference"), _("Expected"), _("Found")]
        body = [
            [line["redemption"], line["row"].employee.number if line["row"] else "",
             line["row"].employee.name if line["row"] else "", str(line["words"]), line["expected"], line["found"]]
            for line in lines
        ]  # fmt: skip
        return sheets.csv_response(f"reconciliation-{shown.on}.csv", header, body)
    context = {"rows": rows, "shown": shown, "lines": lines, "may": _may(request)}
    return render(request, "rewards/reconciliation.html", context)


@door("rewards.hand_over_leave", methods=("POST",))
def reconcile(request: HttpRequest) -> HttpResponse:
    """Compare now."""
    row = reconciliation.run(**_by(request))
    messages.success(request, _("Compared: %(count)s differences.") % {"count": len(row.differences)})
    return redirect("rewards:reconciliation")
