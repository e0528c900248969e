"""`manage.py flow list | export NAME --format bpmn|svg | log --format csv|xes|ocel [--flow NAME] [--since DATE]`."""

from __future__ import annotations

from datetime import date
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine.flows import diagram
from engine.flows.history import export


class Command(BaseCommand):
    """The processes of this installation, as they run: nothing is drawn by hand."""

    help = "List the flows, or write one of them as BPMN 2.0 or as a picture."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="print the name of every flow")
        exporting = actions.add_parser("export", help="print one flow")
        exporting.add_argument("name", help="ContestFlow or contests/ContestFlow")
        exporting.add_argument("--format", choices=("bpmn", "svg"), default="bpmn")
        logging = actions.add_parser("log", help="print what happened in processes")
        logging.add_argument("--format", choices=sorted(export.WRITERS), default="csv")
        logging.add_argument("--flow", help="only this flow")
        logging.add_argument("--since", type=date.fromisoformat, help="cases begun on this day (2026-01-31) or later")

    def handle(self, *args: Any, **options: Any) -> None:
        actions = {"list": self._list, "export": self._export, "log": self._log}
        actions[options["action"]](options)

    def _list(self, options: dict[str, Any]) -> None:
        for name, flow in diagram.flows().items():
            self.stdout.write(f"{name}\t{diagram.graph_of(flow).title}")

    def _export(self, options: dict[str, Any]) -> None:
        try:
            flow = diagram.flow_named(options["name"])
        except LookupError as unknown:
            raise CommandError(str(unknown)) from unknown
        graph = diagram.graph_of(flow)
        self.stdout.write(diagram.bpmn(graph) if options["format"] == "bpmn" else diagram.svg(graph))

    def _log(self, options: dict[str, Any]) -> None:
        name = options["flow"]
        if name:
            try:
                name = diagram.flow_named(name).__name__
            except LookupError as unknown:
                raise CommandError(str(unknown)) from unknown
        export.write(options["format"], flow=name, since=options["since"], out=cast("TextIO", self.stdout))
