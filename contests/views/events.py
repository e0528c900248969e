"""Events: several disciplines on one page, and the overall table of units."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from contests.domain import events as verbs
from contests.forms.events import DisciplineForm, EventForm, UnitRuleForm, rule_initial, rule_of
from contests.forms.setup import AwardRows
from contests.models import Contest, Event
from contests.queries import event_sheets, events, unit_tables
from frontend.kit import sheets as tables
from frontend.kit.doors import PUBLIC, SIGNED_IN, door, one, sign_in_first
from people.models import Employee

ROWS = 12
SHOWN_UNITS = 8
EVENT = one(Event.objects.select_related("organiser"), code="code")


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


@door(SIGNED_IN)
def listing(request: HttpRequest) -> HttpResponse:
    """List events, newest first. 4 SQL statements for any number."""
    words = request.GET.get("q", "").strip()[:60]
    page = Paginator(events.listed(words=words), ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "rows": events.rows_of(page.object_list), "q": words}
    return render(request, "contests/events/list.html", context)


@door(PUBLIC, event=EVENT)
def show(request: HttpRequest, event: Event) -> HttpResponse:
    """Show an event with the time lines of its disciplines and the head of its table. 12 SQL statements for any number."""
    if not request.user.is_authenticated and not event.is_public:
        return sign_in_first(request)
    contests = unit_tables.disciplines_of(event)
    has_table = request.user.is_authenticated or unit_tables.is_open_to_all(event, contests)
    found = unit_tables.table_of(event, contests) if has_table else None
    may_manage = request.user.has_perm("contests.manage_event", event)
    context = {
        "event": event,
        "rows": events.disciplines(contests, event, request.user),
        "has_table": has_table,
        "units": found.lines[:SHOWN_UNITS] if found else [],
        "more_units": max(0, len(found.lines) - SHOWN_UNITS) if found else 0,
        "may_manage": may_manage,
        "form": DisciplineForm(choices=_attachable(request)) if may_manage else None,
    }
    return render(request, "contests/events/show.html", context)


def _attachable(request: HttpRequest) -> Any:
    person = cast("Employee", request.user)
    return events.attachable(person, runs_all=person.has_perm("contests.manage_event", Event()))


def _table(request: HttpRequest, event: Event) -> tuple[unit_tables.UnitTable, bool] | None:
    """Return the table and whether it is final, None for a visitor who has to sign in first."""
    contests = unit_tables.disciplines_of(event)
    if not request.user.is_authenticated and not unit_tables.is_open_to_all(event, contests):
        return None
    chosen = unit_tables.counting(contests)
    is_final = bool(chosen) and all(row.state == Contest.State.FINAL for row in chosen)
    return unit_tables.table_of(event, contests), is_final


@door(PUBLIC, event=EVENT)
def overall(request: HttpRequest, event: Event) -> HttpResponse:
    """Show the overall table of units, every placing below. 7 SQL statements for any number."""
    found = _table(request, event)
    if found is None:
        return sign_in_first(request)
    table, is_final = found
    rows = [
        (line, [(title, line.cells.get(code)) for code, title in table.disciplines.items()]) for line in table.lines
    ]
    context = {
        "event": event, "table": table, "rows": rows, "is_final": is_final, "rule": event_sheets.rule_lines(table),
    }  # fmt: skip
    return render(request, "contests/events/table.html", context)


@door(PUBLIC, event=EVENT)
def overall_pdf(request: HttpRequest, event: Event) -> HttpResponse:
    """Hand the overall table out as PDF."""
    found = _table(request, event)
    if found is None:
        return sign_in_first(request)
    if not found[0].lines:
        raise Http404
    content = event_sheets.as_pdf(event, found[0], is_final=found[1])
    headers = {
        "Content-Disposition": f'attachment; filename="{event.code}-units.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    answer = HttpResponse(content, content_type="application/pdf", headers=headers)
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@door(PUBLIC, event=EVENT)
def overall_xlsx(request: HttpRequest, event: Event) -> HttpResponse:
    """Hand the overall table out as a workbook: no text in it runs as a formula."""
    found = _table(request, event)
    if found is None:
        return sign_in_first(request)
    if not found[0].lines:
        raise Http404
    answer = tables.workbook_response(f"{event.code}-units.xlsx", event_sheets.workbook(found[0]))
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@door("contests.create_event", methods=("GET", "POST"))
def create(request: HttpRequest) -> HttpResponse:
    """Make an event."""
    return _edit(request, None)


@door("contests.manage_event", methods=("GET", "POST"), see="contests.view_event", event=EVENT)
def edit(request: HttpRequest, event: Event) -> HttpResponse:
    """Change an event and how its units are ranked."""
    return _edit(request, event)


def _edit(request: HttpRequest, event: Event | None) -> HttpResponse:
    initial, bands = rule_initial(event.unit_points if event else {})
    form = EventForm(request.POST or None, instance=event)
    rule = UnitRuleForm(request.POST or None, initial=initial)
    rows = AwardRows(request.POST or None, initial=bands, prefix="row")
    if request.method == "POST" and form.is_valid() and rule.is_valid() and rows.is_valid():
        fields = {**form.cleaned_data, "unit_points": rule_of(rule, rows)}
        try:
            if event is None:
                done = verbs.create(**fields, **_by(request))
            else:
                done = verbs.update(event=event, **fields, **_by(request))
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("contests:event", done.code)
    has_errors = any(part.is_bound and not part.is_valid() for part in (form, rule, rows))
    context = {"event": event, "form": form, "rule": rule, "rows": rows}
    return render(request, "contests/events/edit.html", context, status=422 if has_errors else 200)


def _add(form: EventForm, refusal: ValidationError) -> None:
    """Put a refusal beside its field where the form has it, else on top."""
    by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {None: refusal}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)


@door("contests.manage_event", methods=("POST",), see="contests.view_event", event=EVENT)
def attach(request: HttpRequest, event: Event) -> HttpResponse:
    """Make one of the person's contests a discipline."""
    form = DisciplineForm(request.POST, choices=_attachable(request))
    if not form.is_valid():
        messages.error(request, _("Choose one of the listed contests: one you run that is in no event yet."))
        return redirect("contests:event", event.code)
    _act(request, lambda: verbs.attach(event=event, contest=form.cleaned_data["contest"], **_by(request)))
    return redirect("contests:event", event.code)


@door("contests.manage_event", methods=("POST",), see="contests.view_event", event=EVENT)
def detach(request: HttpRequest, event: Event, pk: int) -> HttpResponse:
    """Take a discipline out; its contest stays as it is."""
    contest = Contest.objects.filter(pk=pk).first()
    if contest is None:
        raise Http404
    _act(request, lambda: verbs.detach(event=event, contest=contest, **_by(request)))
    return redirect("contests:event", event.code)


def _act(request: HttpRequest, act: Any) -> None:
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Done."))
