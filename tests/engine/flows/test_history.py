"""The event log, its exports, and figures that agree with a process-mining tool's."""

from __future__ import annotations

import csv
import io
import re
import warnings
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from engine.approvals.models import Approval
from engine.flows import diagram
from engine.flows.history import analytics, export
from engine.flows.history.log import events
from rewards import flows
from tests.factories.approvals import act
from tests.factories.rewards import AT, give_points, make_course, make_leave

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(company):
    """Leave granted, refused, returned and granted, and a course that still waits."""
    give_points(company.worker, 5000)
    leave, (course, session) = make_leave(company), make_course(company)

    def ask(item, days, **wish):
        import uuid

        row = flows.request(
            hold=uuid.uuid4(),
            item=item,
            employee=company.worker,
            points=item.points,
            at=AT + timedelta(days=days),
            **wish,
        )
        return Approval.objects.get(subject=row.subject)

    def do(approval, person, verb, days, hours, **fields):
        act(approval, person, verb, at=AT + timedelta(days=days, hours=hours), **fields)

    one, two, three = (ask(leave, days, wanted_on=None) for days in (0, 1, 2))
    do(one, company.leader, "approve", 0, 2)
    do(one, company.hr, "approve", 0, 5)
    do(two, company.leader, "refuse", 1, 1, note="人手不够")
    do(three, company.leader, "return", 2, 1, note="补")
    do(three, company.worker, "submit", 2, 3)
    do(three, company.leader, "approve", 2, 4)
    do(three, company.hr, "approve", 2, 30)
    do(ask(course, 3, session=session), company.leader, "transfer", 3, 1, to="1002")
    return company


def test_a_case_is_told_in_its_order(season):
    cases = list(analytics.by_case(events()).values())

    assert [row.activity for row in cases[0]] == [
        "start",
        "agree.submit",
        "agree.approve",
        "agree.approve",
        "grant",
        "end",
    ]
    assert [row.resource for row in cases[0]] == [
        "1301",
        "1301",
        "1001",
        season.hr.number,
        season.hr.number,
        "",
    ] or cases[0]
    assert cases[0][0].unit == season.plant.name
    assert [len(rows) for rows in cases] == [6, 5, 8, 3]


def test_filters(season):
    assert len(analytics.by_case(events(flow="ContestFlow"))) == 0
    assert len(analytics.by_case(events(flow="RedemptionFlow"))) == 4
    assert len(analytics.by_case(events(since=(AT + timedelta(days=2)).date()))) == 2
    assert len(analytics.by_case(events(until=(AT + timedelta(days=1)).date()))) == 1


def test_figures(season):
    found = analytics.figures(events())

    assert (found.cases, found.finished, found.returns, found.hand_overs) == (4, 3, 1, 1)
    assert found.median_throughput == timedelta(hours=5)
    assert found.median_first_response == timedelta(hours=1)
    assert found.waiting[0].total == timedelta(hours=29)
    assert sum(row.count for row in found.variants) == 4


def test_log_takes_four_statements_for_many_cases(season, django_assert_num_queries):
    with django_assert_num_queries(5):  # plants, a batch, its tasks, its acts, and that nothing is left
        list(events())


def written(form, **options):
    out = StringIO()
    call_command("flow", "log", "--format", form, stdout=out, **options)
    return out.getvalue()


def test_csv_is_defused(season):
    Approval.objects.update(subject="=cmd()")
    rows = list(csv.DictReader(io.StringIO(written("csv"), newline="")))

    assert len(rows) == 22
    assert rows[0]["activity"] == "start"
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())


def test_unknown_flow_is_named(season):
    with pytest.raises(CommandError, match="RedemptionFlow"):
        written("csv", flow="NoSuchFlow")


@pytest.fixture
def pm4py():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield pytest.importorskip("pm4py")


def seconds(times):
    return sorted(round(value.total_seconds()) for value in times)


def test_xes_agrees_with_pm4py(season, pm4py, tmp_path):
    path = tmp_path / "log.xes"
    path.write_text(written("xes"), encoding="utf-8")
    mine = list(events())

    log = pm4py.read_xes(str(path), show_progress_bar=False) if _takes_progress(pm4py) else pm4py.read_xes(str(path))

    assert len(log) == len(mine)
    assert sorted(map(round, pm4py.get_all_case_durations(log))) == seconds(analytics.throughput(mine).values())
    assert {tuple(way): count for way, count in pm4py.get_variants(log).items()} == {
        row.activities: row.count for row in analytics.variants(mine)
    }
    performance, _starts, _ends = pm4py.discover_performance_dfg(log)
    theirs = {pair: round(values["mean"]) for pair, values in performance.items()}
    assert theirs == {(row.before, row.activity): round(row.mean.total_seconds()) for row in analytics.waiting(mine)}


def _takes_progress(pm4py):
    import inspect

    return "show_progress_bar" in inspect.signature(pm4py.read_xes).parameters


def test_csv_agrees_with_pm4py(season, pm4py, tmp_path):
    import pandas as pd

    path = tmp_path / "log.csv"
    path.write_text(written("csv"), encoding="utf-8")

    frame = pd.read_csv(path, dtype={"case": str, "resource": str})
    log = pm4py.format_dataframe(frame, case_id="case", activity_key="activity", timestamp_key="timestamp")

    assert sorted(map(round, pm4py.get_all_case_durations(log))) == seconds(analytics.throughput(events()).values())


def test_ocel_is_read_by_pm4py(season, pm4py, tmp_path):
    path = tmp_path / "log.jsonocel"
    path.write_text(written("ocel"), encoding="utf-8")

    ocel = pm4py.read_ocel2_json(str(path))

    assert len(ocel.events) == 22
    assert set(ocel.objects["ocel:type"]) == {"process", "subject", "approval", "employee"}


def test_page_is_for_those_who_answer_for_processes(season):
    client = Client(headers={"accept-language": "en"})
    for person, status in ((season.hr, 200), (season.auditor, 200), (season.worker, 403)):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/processes/").status_code == status


def test_page_filters_exports_and_counts(season, django_assert_max_num_queries):
    client = Client(headers={"accept-language": "en"})
    client.force_login(season.hr, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/processes/")

    with django_assert_max_num_queries(13):
        page = client.get("/processes/?flow=RedemptionFlow&month=2026-11")

    assert page.context["figures"].cases == 4
    assert client.get("/processes/?month=2026-11&unit=nowhere").context["figures"].cases == 0
    assert client.get("/processes/?month=2026-11&format=xes").content.startswith(b"<?xml")
    assert "No case in this time" in client.get("/processes/?month=2020-01").content.decode()
    assert client.get("/processes/RedemptionFlow.svg")["Content-Type"].startswith("image/svg+xml")
    assert client.get("/processes/Nothing.svg").status_code == 404


def test_a_flow_has_a_page_with_its_picture_its_steps_and_bpmn(season):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(season.hr, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get("/processes/RedemptionFlow/").content.decode()
    file = client.get("/processes/RedemptionFlow.bpmn")

    assert 'src="/processes/RedemptionFlow.svg"' in page
    assert "是否需要审批？" in page
    assert re.search(r"[A-Za-z]{3,}", re.sub(r"<[^>]+>", "", page.split("rail way")[1].split("</ol>")[0])) is None
    assert file.content.startswith(b"<?xml")
    assert b"BPMNDiagram" in file.content
    assert file["Content-Disposition"] == 'attachment; filename="RedemptionFlow.bpmn"'
    for path in ("Nothing/", "Nothing.bpmn"):
        assert client.get(f"/processes/{path}").status_code == 404
    client.force_login(season.worker, backend="django.contrib.auth.backends.ModelBackend")
    for path in ("", ".bpmn", ".svg"):
        assert client.get(f"/processes/RedemptionFlow{path or '/'}").status_code == 403


def test_every_flow_is_drawn_in_chinese():
    """Brand names aside, no word of English stands in a picture that a Chinese reader sees."""
    with translation.override("zh-hans"):
        for name, flow in diagram.flows().items():
            graph = diagram.graph_of(flow)
            titles = [graph.title, *(node.title for node in graph.nodes), *(edge.label for edge in graph.edges)]
            if "samples" not in flow.__module__:
                assert [title for title in titles if re.search(r"[A-Za-z]{3,}", title)] == [], name


def test_export_writes_what_it_says(season):
    out = StringIO()

    assert export.write("xes", flow="RedemptionFlow", since=None, out=out) == 22
