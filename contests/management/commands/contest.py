"""`manage.py contest import DIR | results CODE | export CODE DIR | end-notice CODE --by NUMBER --reason TEXT`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contests import flows
from contests.domain import bundles
from contests.models import Contest
from contests.pure import results
from contests.pure.bundle import FILES, BundleFaults
from contests.queries.material import material_of
from people.models import Employee


class Command(BaseCommand):
    """Contests as folders of plain files (spec/contest-bundle.md); a faulty one is refused whole, with every fault."""

    help = "Import a contest bundle, print a contest's results, export a contest as a bundle."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        importing = actions.add_parser("import", help="take a bundle in, or list every fault")
        importing.add_argument("folder", type=Path)
        importing.add_argument("--replace", action="store_true", help="in place of the imported contest of this code")
        importing.add_argument("--by", default="", help="employee number of the organiser")
        printing = actions.add_parser("results", help="print the results")
        printing.add_argument("code")
        printing.add_argument("--format", choices=("csv", "json"), default="csv")
        ending = actions.add_parser("end-notice", help="end a public notice early: rehearsals and demonstrations only")
        ending.add_argument("code")
        ending.add_argument("--by", required=True, help="employee number of an administrator")
        ending.add_argument("--reason", required=True)
        exporting = actions.add_parser("export", help="write a bundle")
        exporting.add_argument("code")
        exporting.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        actions = {
            "import": self._import,
            "results": self._results,
            "export": self._export,
            "end-notice": self._end_notice,
        }
        actions[options["action"]](options)

    def _import(self, options: dict[str, Any]) -> None:
        by = Employee.objects.filter(number=options["by"]).first() if options["by"] else None
        if options["by"] and by is None:
            raise CommandError(f"Nobody has the employee number {options['by']}.")
        files = read_folder(options["folder"])
        try:
            contest = bundles.import_bundle(files=files, by=by, at=timezone.now(), is_replacing=options["replace"])
        except BundleFaults as refusal:
            for fault in refusal.faults:
                self.stderr.write(str(fault))
            count = len(refusal.faults)
            raise CommandError(f"{count} fault{'s' * (count > 1)}: nothing is stored.") from refusal
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(contest.code)

    def _results(self, options: dict[str, Any]) -> None:
        material = material_of(find(options["code"]))
        standings = results.standings(material)
        if options["format"] == "csv":
            text = results.write_csv(material.scheme, standings).decode()
        else:
            text = json.dumps(results.to_json(material.scheme, standings), ensure_ascii=False, indent=1) + "\n"
        self.stdout.write(text, ending="")

    def _export(self, options: dict[str, Any]) -> None:
        files = bundles.export_bundle(contest=find(options["code"]))
        folder: Path = options["folder"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, data in files.items():
                (folder / name).write_bytes(data)
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        self.stdout.write(str(folder))

    def _end_notice(self, options: dict[str, Any]) -> None:
        by = Employee.objects.filter(number=options["by"], is_active=True).first()
        if by is None or not by.has_perm("contests.end_notice"):
            raise CommandError(f"{options['by']} is no administrator.")
        try:
            flows.end_notice(contest=find(options["code"]), by=by, at=timezone.now(), reason=options["reason"])
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal


def find(code: str) -> Contest:
    """Return the contest of this code that has a marking scheme, or end the command."""
    contest = Contest.objects.filter(code=code).first()
    if contest is None:
        raise CommandError(f"There is no contest {code}.")
    if not contest.has_scheme:
        raise CommandError(f"The contest {code} has no marking scheme yet.")
    return contest


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the bundle's files that are in the folder."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is no folder.")
    try:
        return {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
