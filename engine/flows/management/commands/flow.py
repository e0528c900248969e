"""`manage.py flow list | export NAME --format bpmn|svg`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine.flows import diagram


class Command(BaseCommand):
    """The processes of this installation, as they run: nothing is drawn by hand."""

    help = "List the flows, or write one of them as BPMN 2.0 or as a picture."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="print the name of every flow")
        exporting = actions.add_parser("export", help="print one flow")
        exporting.add_argument("name", help="ContestFlow or contests/ContestFlow")
        exporting.add_argument("--format", choices=("bpmn", "svg"), default="bpmn")

    def handle(self, *args: Any, **options: Any) -> None:
        actions = {"list": self._list, "export": self._export}
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
