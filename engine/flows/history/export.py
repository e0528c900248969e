"""Write the event log for other tools: CSV, XES (IEEE 1849-2016), OCEL 2.0 (JSON).

OCEL has events refer to several kinds of things at once: the process, its subject, the approval and the employee.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby
from typing import Any, TextIO, cast
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from engine.flows.history.log import LogEvent, events
from frontend.kit.sheets import defused

COLUMNS = ("case", "flow", "subject", "activity", "timestamp", "resource", "unit", "step", "verb", "round", "approval")
EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
)


def write(form: str, *, flow: str | None, since: date | None, out: TextIO) -> int:
    """Write the log in a form (csv, xes or ocel) and return how many events it has."""
    return WRITERS[form](events(flow=flow, since=since), out)


def write_csv(rows: Iterable[LogEvent], out: TextIO) -> int:
    """Write RFC 4180 with a header; what a spreadsheet would take for a formula is defused."""
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    count = 0
    for row in rows:
        values = (row.case, row.flow, row.subject, row.activity, row.at.isoformat(), row.resource, row.unit, row.step,
                  row.verb, row.round, row.approval)  # fmt: skip
        lines.writerow([defused(value) for value in values])
        count += 1
    return count


def write_xes(rows: Iterable[LogEvent], out: TextIO) -> int:
    """Write XES, case by case, without holding the log in memory."""
    xml = XMLGenerator(cast("Any", out), encoding="utf-8", short_empty_elements=True)
    xml.startDocument()
    attributes = {"xes.version": "1849-2016", "xmlns": "http://www.xes-standard.org/"}
    xml.startElement("log", AttributesImpl(attributes))
    for name, prefix, uri in EXTENSIONS:
        _empty(xml, "extension", name=name, prefix=prefix, uri=uri)
    _empty(xml, "classifier", name="Activity", keys="concept:name")
    count = 0
    for case, of_case in groupby(rows, key=lambda row: row.case):
        xml.startElement("trace", AttributesImpl({}))
        _empty(xml, "string", key="concept:name", value=case)
        for number, row in enumerate(of_case):
            if not number:
                _empty(xml, "string", key="flow", value=row.flow)
                _empty(xml, "string", key="subject", value=row.subject)
                _empty(xml, "string", key="unit", value=row.unit)
            _xes_event(xml, row)
            count += 1
        xml.endElement("trace")
    xml.endElement("log")
    xml.endDocument()
    return count


def _xes_event(xml: XMLGenerator, row: LogEvent) -> None:
    xml.startElement("event", AttributesImpl({}))
    _empty(xml, "string", key="concept:name", value=row.activity)
    _empty(xml, "date", key="time:timestamp", value=row.at.isoformat())
    _empty(xml, "string", key="lifecycle:transition", value="complete")
    if row.resource:
        _empty(xml, "string", key="org:resource", value=row.resource)
    if row.step:
        _empty(xml, "string", key="step", value=row.step)
    if row.round:
        _empty(xml, "int", key="round", value=str(row.round))
    xml.endElement("event")


def _empty(xml: XMLGenerator, tag: str, **attributes: str) -> None:
    xml.startElement(tag, AttributesImpl(attributes))
    xml.endElement(tag)


def write_ocel(rows: Iterable[LogEvent], out: TextIO) -> int:
    """Write OCEL 2.0 as JSON."""
    kinds = ("process", "subject", "approval", "employee")
    objects: dict[str, dict[str, object]] = {}
    found: list[dict[str, object]] = []
    for number, row in enumerate(rows, 1):
        related = [("process", row.case, "case"), ("subject", row.subject, "about"), ("approval", row.approval, "decided"),
                   ("employee", row.resource, "by")]  # fmt: skip
        relations = []
        for kind, key, qualifier in related:
            if key:
                name = f"{kind}:{key}"
                objects.setdefault(name, {"id": name, "type": kind, "attributes": [], "relationships": []})
                relations.append({"objectId": name, "qualifier": qualifier})
        found.append({
            "id": f"e{number}", "type": row.activity, "time": row.at.isoformat(), "relationships": relations,
            "attributes": [{"name": "flow", "value": row.flow}, {"name": "unit", "value": row.unit}],
        })  # fmt: skip
    attributes = [{"name": "flow", "type": "string"}, {"name": "unit", "type": "string"}]
    types = sorted({str(event["type"]) for event in found})
    json.dump(
        {
            "objectTypes": [{"name": kind, "attributes": []} for kind in kinds],
            "eventTypes": [{"name": name, "attributes": attributes} for name in types],
            "objects": list(objects.values()),
            "events": found,
        },
        out, ensure_ascii=False, indent=1,
    )  # fmt: skip
    out.write("\n")
    return len(found)


WRITERS: dict[str, Callable[[Iterable[LogEvent], TextIO], int]] = {
    "csv": write_csv,
    "xes": write_xes,
    "ocel": write_ocel,
}
