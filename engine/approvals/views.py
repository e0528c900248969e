"""The inbox: what waits for me, what I have done, what I asked for; one approval; many at once."""

from __future__ import annotations

import uuid
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy

from engine.approvals import queries
from engine.approvals.detail import Detail, detail_of, mark_read, return_preview
from engine.approvals.domain import approvals
from engine.approvals.forms import ActForm, BulkForm, bulk_lines, picked
from engine.approvals.models import Approval, Attachment, SavedView
from engine.approvals.record import as_pdf
from engine.approvals.subjects import briefs as briefs_of
from engine.approvals.telling import unheard
from frontend.kit.doors import door, one
from frontend.kit.refusals import sentences, status_of
from people.models import Employee

ROWS = 30
TABS = (
    ("waiting", gettext_lazy("To do"), queries.waiting_for),
    ("done", gettext_lazy("Done"), queries.done_by),
    ("started", gettext_lazy("Asked by me"), queries.started_by),
    ("copied", gettext_lazy("Copied to me"), queries.copied_to),
    ("drafts", gettext_lazy("Drafts"), queries.drafts_of),
)
STATES = (("overdue", gettext_lazy("overdue")), *Approval.Status.choices)
SAID = {
    "approve": gettext_lazy("Approved."),
    "refuse": gettext_lazy("Refused."),
    "return": gettext_lazy("Returned."),
    "abstain": gettext_lazy("Abstained."),
    "claim": gettext_lazy("It is yours now."),
    "withdraw": gettext_lazy("Withdrawn."),
    "submit": gettext_lazy("Submitted."),
    "take-back": gettext_lazy("Taken back."),
    "urge": gettext_lazy("Those who are asked are reminded."),
    "comment": gettext_lazy("Your comment can be read by everybody who takes part."),
}
STAYS = frozenset({"comment", "cc", "urge", "claim", "add", "remove", "take-back"})  # one goes on looking at it
WHOLE = Approval.objects.select_related("policy", "applicant__unit", "task__process")


@door("approvals.use_inbox")
def inbox(request: HttpRequest) -> HttpResponse:
    """Show one list of a person with its filters and saved views. At most 8 SQL statements, session and frame included."""
    person = cast("Employee", request.user)
    tab = request.GET.get("tab", "waiting")
    lists = {name: rows for name, _label, rows in TABS}
    tab = tab if tab in lists else "waiting"
    words, policy = request.GET.get("q", "").strip()[:60], request.GET.get("policy", "")
    state, now = request.GET.get("state", ""), timezone.now()
    rows = queries.narrowed(lists[tab](person), words=words, policy=policy, state=state, at=now)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    counts, filters = queries.counts(person), queries.filters(person)
    context = {
        "tabs": [{"name": name, "label": label, "count": getattr(counts, name, None)} for name, label, _rows in TABS],
        "tab": tab,
        "page": page,
        "rows": queries.rows_of(page.object_list, at=now),
        "policies": filters.policies,
        "states": STATES,
        "views": filters.views,
        "q": words,
        "policy": policy,
        "state": state,
        "asked": urlencode({"tab": tab, "q": words, "policy": policy, "state": state}),
        "here": request.get_full_path(),
    }
    return render(request, "approvals/inbox.html", context)


@door("approvals.use_inbox", methods=("POST",))
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep a list with its filters under a name; the same name again replaces it."""
    name, query = request.POST.get("name", "").strip()[:30], request.POST.get("query", "")[:300]
    if name:
        SavedView.objects.update_or_create(person=cast("Employee", request.user), name=name, defaults={"query": query})
    return redirect(f"{reverse('approvals:inbox')}?{query}")


@door("approvals.use_inbox", methods=("POST",))
def forget_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of one's own saved views."""
    if not SavedView.objects.filter(pk=pk, person=cast("Employee", request.user)).delete()[0]:
        raise Http404
    return redirect("approvals:inbox")


@door("approvals.view_approval", see="approvals.view_approval", approval=one(WHOLE, pk="pk"))
def item(request: HttpRequest, approval: Approval) -> HttpResponse:
    """Show an approval; asked by htmx, only the inside of the drawer. At most 16 SQL statements."""
    person = cast("Employee", request.user)
    detail = detail_of(approval, person, at=timezone.now())
    if detail.is_copy_unread or person.number in detail.waiting:
        mark_read(approval, person, at=timezone.now())
    return _show(request, approval, detail, _new_form(approval))


def _new_form(approval: Approval) -> ActForm:
    return ActForm(initial={"ballot": uuid.uuid4(), "round": approval.round})


def _show(
    request: HttpRequest, approval: Approval, detail: Detail, form: ActForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    if form.errors:  # the browser scrolls to what is missing
        form.fields["note"].widget.attrs["autofocus"] = True
        refusal = refusal or " ".join(str(fault) for faults in form.errors.values() for fault in faults)
    in_drawer = bool(request.headers.get("HX-Request"))
    context = {
        "approval": approval,
        "detail": detail,
        "form": form,
        "refusal": refusal,
        "in_drawer": in_drawer,
        "next": _next(request),
    }
    return render(request, "approvals/parts/item.html" if in_drawer else "approvals/item.html", context, status=status)


@door("approvals.decide_approval", methods=("POST",), see="approvals.view_approval", approval=one(WHOLE, pk="pk"))
def decide(request: HttpRequest, approval: Approval) -> HttpResponse:
    """Carry out one act; a refusal shows the approval as it is now, with the reason."""
    person, now = cast("Employee", request.user), timezone.now()
    form = ActForm(request.POST, request.FILES)
    refusal, status = "", 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            approvals.act(
                approval.pk, ballot=given["ballot"], person=person, action=form.action(), at=now,
                signature=given["signature"], files=form.kept_files(),
            )  # fmt: skip
        except ValidationError as refused:
            refusal, status = sentences(refused), status_of(refused)
        else:
            messages.success(request, str(SAID.get(given["verb"], gettext_lazy("Done."))))
            if given["verb"] == "comment" and (numbers := unheard(approval, given["note"])):
                words = gettext("%(who)s does not hear of it: copy it to them first, then they may read it.")
                messages.warning(request, words % {"who": "、".join(numbers)})
            here = f"{reverse('approvals:item', args=[approval.pk])}?{urlencode({'next': _next(request)})}"
            return redirect(here if given["verb"] in STAYS else _next(request) or reverse("approvals:inbox"))
    approval = WHOLE.get(pk=approval.pk)
    if refusal:  # what is sent next must be another ballot, about what is shown now
        note = form.cleaned_data["note"]
        form = _new_form(approval)
        form.initial["note"] = note
    return _show(request, approval, detail_of(approval, person, at=now), form, status=status, refusal=refusal)


@door("approvals.decide_approval", see="approvals.view_approval", approval=one(WHOLE, pk="pk"))
def preview_return(request: HttpRequest, approval: Approval) -> HttpResponse:
    """Show what a return would cancel, make void and keep, and who would be told. At most 12 SQL statements."""
    wanted = {name: request.GET.get(name, "")[:130] for name in ("chair", "to", "resume")}
    preview = return_preview(
        approval, cast("Employee", request.user), chair=wanted["chair"], target=wanted["to"] or "applicant",
        resume=wanted["resume"] or "redo", at=timezone.now(),
    )  # fmt: skip
    return render(request, "approvals/parts/return_preview.html", {"preview": preview})


@door("approvals.view_approval", see="approvals.view_approval", approval=one(WHOLE, pk="pk"))
def record(request: HttpRequest, approval: Approval) -> HttpResponse:
    """Send the whole history as a PDF that can be read and checked without this server. At most 12 SQL statements."""
    content = as_pdf(approval, at=timezone.now())
    name = f"approval-{approval.pk}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@door("approvals.view_approval", see="approvals.view_approval", approval=one(WHOLE, pk="pk"))
def attachment(request: HttpRequest, approval: Approval, key: uuid.UUID) -> HttpResponse:
    """Send a file of an approval; a picture or PDF, never anything a browser would run. At most 7 SQL statements."""
    row = Attachment.objects.filter(pk=key, ballot__approval=approval).first()
    if row is None:
        raise Http404
    ending = "pdf" if row.content_type == "application/pdf" else "jpg"
    headers = {"Content-Disposition": f'attachment; filename="{row.pk}.{ending}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(row.content), content_type=row.content_type, headers=headers)


@door("approvals.use_inbox")
def people(request: HttpRequest) -> HttpResponse:
    """Suggest colleagues by number or name, at most ten. At most 4 SQL statements."""
    given = (
        str(value)
        for name, value in request.GET.items()
        if name in {"who", "people", "employee"} or name.startswith("picks-")
    )
    words = next(given, "").replace("，", ",").rpartition(",")[2].strip()
    return render(request, "approvals/parts/people.html", {"people": queries.colleagues(words)})


def _next(request: HttpRequest) -> str:
    """Return the list the person came from, on this site only."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_safe else ""


@door("approvals.use_inbox", methods=("GET", "POST"))
def bulk(request: HttpRequest) -> HttpResponse:
    """Show what would be approved at once, what is to know of each now and what it adds up to; then approve each by itself
    and show each result."""
    person = cast("Employee", request.user)
    if request.method == "POST":
        return _approve_all(request, person)
    found = list(queries.waiting_for(person).filter(pk__in=picked(request.GET.getlist("pick"))))
    briefs = briefs_of(row.subject for row in found)
    rows = zip(found, queries.rows_of(found, at=timezone.now()), strict=True)
    context = {
        "rows": [
            (row, f"{row.pk}:{row.round}:{uuid.uuid4()}", briefs.get(approval.subject, ())) for approval, row in rows
        ],
        "sums": queries.sums(found),
        "form": BulkForm(),
        "next": _next(request),
    }
    return render(request, "approvals/bulk.html", context)


def _approve_all(request: HttpRequest, person: Employee) -> HttpResponse:
    form = BulkForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    results: list[dict[str, Any]] = []
    lines = bulk_lines(request.POST.getlist("line"))
    titles = dict(queries.visible_to(person, timezone.localdate()).filter(pk__in=[line[0] for line in lines])
                  .values_list("pk", "title"))  # fmt: skip
    for pk, round_seen, ballot in lines:
        if pk not in titles:
            continue
        try:
            row = approvals.decide(
                pk, ballot=ballot, person=person, verb="approve", note=note, round=round_seen, at=timezone.now()
            )
            results.append({"pk": pk, "title": titles[pk], "status": row.get_status_display(), "is_done": True})
        except ValidationError as refusal:
            results.append({"pk": pk, "title": titles[pk], "status": sentences(refusal), "is_done": False})
    done = sum(row["is_done"] for row in results)
    context = {"results": results, "done": done, "failed": len(results) - done, "next": _next(request)}
    return render(request, "approvals/bulk_done.html", context)
