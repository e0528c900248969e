"""How processes go: figures by flow, unit and month, and the picture of each flow."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from viewflow.workflow.models import Process, Task

from engine.approvals.offers import LABELS
from engine.flows import diagram
from engine.flows.diagram.graph import Graph
from engine.flows.flow import JinbangFlow
from engine.flows.history import export
from engine.flows.history.analytics import figures
from engine.flows.history.log import events
from frontend.kit.doors import door, one

OVERDUE_LABEL = gettext_lazy("deadline passed")
VERBS = LABELS | {"submit": gettext_lazy("Submit")}
MONTHS = 12
USUAL_DAYS = 90


@door("flows.view_analytics")
def analytics(request: HttpRequest) -> HttpResponse:
    """Show throughput, waiting, variants, returns, hand-overs and overdue of the cases begun in a month or the last 90 days.

    At most 8 SQL statements, and three for each 500 cases.
    """
    flows = diagram.flows()
    names = {
        flow.__name__: diagram.graph_of(flow).title
        for flow in flows.values()
        if not flow.__module__.endswith("samples")
    }
    flow = request.GET.get("flow", "")
    flow = flow if flow in names else ""
    month, unit = request.GET.get("month", ""), request.GET.get("unit", "")[:80]
    since, until = _span(month)
    rows = list(events(flow=flow or None, since=since, until=until))
    units = sorted({row.unit for row in rows if row.unit})
    if unit:
        rows = [row for row in rows if row.unit == unit]
    if request.GET.get("format") in export.WRITERS:
        return _as_file(request.GET["format"], rows)
    found = figures(rows)
    words = _in_words(flows.values())
    longest = max((row.total for row in found.waiting), default=timedelta(1))
    context = {
        "figures": found, "names": names, "flow": flow, "month": month, "months": _months(), "unit": unit, "units": units,
        "waiting": [(row, words(row.before), words(row.activity), row.total / longest * 100) for row in found.waiting],
        "variants": [(" → ".join(map(words, row.activities)), row.count) for row in found.variants], "days": USUAL_DAYS,
    }  # fmt: skip
    return render(request, "flows/analytics.html", context)


def _in_words(flows: Iterable[type[JinbangFlow]]) -> Callable[[str], str]:
    """Return what turns an activity of the log into words: the step's title, and what was done to its approval."""
    titles = {node.id: node.title for flow in flows for node in diagram.graph_of(flow).nodes}

    def words(activity: str) -> str:
        node, _dot, verb = activity.partition(".")
        title = titles.get(node, node)
        return f"{title} · {VERBS.get(verb, OVERDUE_LABEL)}" if verb else title

    return words


def _as_file(form: str, rows: list[export.LogEvent]) -> HttpResponse:
    out = io.StringIO()
    export.WRITERS[form](rows, out)
    kind, ending = {
        "csv": ("text/csv", "csv"),
        "xes": ("application/xml", "xes"),
        "ocel": ("application/json", "jsonocel"),
    }[form]
    headers = {"Content-Disposition": f'attachment; filename="processes.{ending}"'}
    return HttpResponse(out.getvalue(), content_type=f"{kind}; charset=utf-8", headers=headers)


def _span(month: str) -> tuple[date, date | None]:
    """Return the first day and the day after the last of a month `2026-11`; the last 90 days for anything else."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return timezone.localdate() - timedelta(days=USUAL_DAYS), None
    return first, (first + timedelta(days=32)).replace(day=1)


def _months() -> list[date]:
    day = timezone.localdate().replace(day=1)
    found = []
    for _ in range(MONTHS):
        found.append(day)
        day = (day - timedelta(days=1)).replace(day=1)
    return found


@door("flows.view_analytics")
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Draw a flow. No SQL statement of its own."""
    return HttpResponse(diagram.svg(_graph(name)), content_type="image/svg+xml; charset=utf-8")


@door("flows.view_analytics")
def bpmn(request: HttpRequest, name: str) -> HttpResponse:
    """Send a flow as BPMN 2.0 for other tools. No SQL statement of its own."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.bpmn"'}
    return HttpResponse(diagram.bpmn(_graph(name)), content_type="application/xml; charset=utf-8", headers=headers)


@door("flows.view_analytics")
def flow(request: HttpRequest, name: str) -> HttpResponse:
    """Show a flow as it is drawn, with its steps as a list for small screens. No SQL statement of its own."""
    graph = _graph(name)
    titles = {node.id: node.title for node in graph.nodes}
    steps = [(node, [(edge.label, titles[edge.target]) for edge in graph.out_of(node.id)]) for node in graph.nodes]
    return render(request, "flows/flow.html", {"graph": graph, "name": name, "steps": steps})


def _graph(name: str) -> Graph:
    """Return a flow's graph.

    Raises:
        Http404: no flow is called so.
    """
    try:
        return diagram.graph_of(diagram.flow_named(name))
    except LookupError:
        raise Http404 from None


@door("flows.view_process", see="flows.view_process", process=one(Process.objects, pk="pk"))
def where(request: HttpRequest, process: Process) -> HttpResponse:
    """Draw the flow of a process with the way it has gone and where it is now. At most 8 SQL statements."""
    done: set[str] = set()
    current: set[str] = set()
    for node, finished in Task.objects.filter(process=process).values_list("flow_task", "finished"):
        (done if finished else current).add(node.name)
    content = diagram.svg(diagram.graph_of(process.flow_class), done=done - current, current=current)
    return HttpResponse(content, content_type="image/svg+xml; charset=utf-8")
