"""`manage.py ledger`: replay step files, verify the database's ledger, export it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from frontend.kit import jsonfiles
from rewards.domain import ledger
from rewards.pure.replay import replay
from rewards.pure.steps import Malformed


class Command(BaseCommand):
    help = "replay FILE: play a step file on an empty ledger. verify: recompute everything. export: NDJSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser(
            "replay", help="results, accounts and lots as JSON; exit 2 when the file is malformed"
        ).add_argument("file")
        verbs.add_parser("verify", help="exit 1 and the first wrong record when something does not add up")
        verbs.add_parser("export", help="every transfer as its canonical record, one a line, in tree order")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['verb']}")(options)

    def _replay(self, options: dict[str, Any]) -> None:
        try:
            played = replay(jsonfiles.read(options["file"]))
        except jsonfiles.Unreadable as error:
            self._malformed(str(error))
        except Malformed as error:
            self._malformed(f"{options['file']}: {error}")
        self.stdout.write(json.dumps(played, ensure_ascii=False))

    def _malformed(self, reason: str) -> NoReturn:
        self.stderr.write(reason)
        sys.exit(2)

    def _verify(self, options: dict[str, Any]) -> None:
        wrong = ledger.verify()
        if wrong is not None:
            self.stderr.write(f"{wrong.record}: {wrong.text}")
            sys.exit(1)
        self.stdout.write("ok")

    def _export(self, options: dict[str, Any]) -> None:
        for line in ledger.exported():
            self.stdout.write(line)
