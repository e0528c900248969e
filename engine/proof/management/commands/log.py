"""`manage.py log …`: checkpoint, proofs, verification, export; a witness, and the witnesses of this log."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engine.proof import domain, keys, sequencer, witness, witnesses
from engine.proof.models import Leaf, Witness
from engine.proof.pure import note, vectors
from engine.proof.pure.tlog_proof import consistency_text
from frontend.kit import jsonfiles

PORT = 7380


class Command(BaseCommand):
    """The transparency log."""

    help = (
        "The transparency log: checkpoint | prove | consistency | key | verify | export | verify-vector; "
        "what a witness runs: witness | cosign; who witnesses this log: witnesses | accept"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("checkpoint", help="give waiting records their places, sign, print the signed checkpoint")
        verb = verbs.add_parser("prove", help="print the .tlog-proof of a record: KIND:KEY, KEY, or its index")
        verb.add_argument("id")
        verb = verbs.add_parser("consistency", help="print the proof that the log of NEW records continues that of OLD")
        verb.add_argument("old", type=int)
        verb.add_argument("new", type=int)
        verbs.add_parser("key", help="print the log's verifier key")
        verbs.add_parser("verify", help="compute the whole tree and every checkpoint again")
        verbs.add_parser("export", help="print every record as NDJSON in tree order: for auditors' eyes only")
        verb = verbs.add_parser("verify-vector", help="check published vectors: `ok` or the reason, a line per file")
        verb.add_argument("files", nargs="+")
        self._add_witnessing(verbs)

    def _add_witnessing(self, verbs: Any) -> None:
        for name, text in (
            ("witness", "what a witness runs: answer add-checkpoint over HTTP"),
            ("cosign", "what a witness runs by hand: fetch a checkpoint, check that the log only grew, sign it"),
        ):
            verb = verbs.add_parser(name, help=text)
            verb.add_argument("--key", required=True, action="append", help="a log's verifier key; may be repeated")
            verb.add_argument("--name", required=True, help="the witness's own name, such as congress.example")
            verb.add_argument("--state", required=True, help="folder of the witness's key and of what it saw last")
            if name == "cosign":
                verb.add_argument("--log", required=True, help="the log's address, such as https://jinbang.lan/log/")
            else:
                verb.add_argument("--host", default="127.0.0.1")
                verb.add_argument("--port", type=int, default=PORT)
        verb = verbs.add_parser("witnesses", help="list who witnesses this log, add one, or ask one no longer")
        verb.add_argument("--add", metavar="VKEY")
        verb.add_argument("--url", default="", help="where it is asked; none: it signs by hand")
        verb.add_argument("--remove", metavar="NAME")
        verb = verbs.add_parser("accept", help="keep the cosignature in a checkpoint file a witness signed by hand")
        verb.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out one verb; a refusal is one sentence and exit code 1."""
        try:
            getattr(self, f"do_{options['verb'].replace('-', '_')}")(options)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except witness.Refusal as refusal:
            raise CommandError(f"{refusal.status}: {refusal.text.strip()}") from refusal

    def do_checkpoint(self, options: dict[str, Any]) -> None:
        """Sequence what waits, sign, print."""
        now = timezone.now()
        sequencer.run(at=now)
        sequencer.sign(at=now, is_urgent=True)
        found = domain.latest()
        if found is None:
            raise CommandError("the log is empty: nothing to sign")
        self.stdout.write(domain.note_of(found), ending="")

    def do_prove(self, options: dict[str, Any]) -> None:
        """Print a `.tlog-proof` file."""
        wanted: str = options["id"]
        kind, _colon, key = wanted.partition(":")
        leaf = domain.find(kind=kind, key=key) or Leaf.objects.filter(key=wanted).first()
        if leaf is None and wanted.isascii() and wanted.isdigit():
            leaf = Leaf.objects.filter(index=int(wanted)).first()
        if leaf is None:
            raise CommandError(f"no record {wanted} in the log")
        self.stdout.write(str(domain.proof_of(leaf)), ending="")

    def do_consistency(self, options: dict[str, Any]) -> None:
        """Print a consistency proof."""
        try:
            hashes = domain.consistency(options["old"], options["new"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(consistency_text(options["old"], options["new"], hashes), ending="")

    def do_key(self, options: dict[str, Any]) -> None:
        """Print the verifier key."""
        self.stdout.write(str(keys.verifier_key()))

    def do_verify(self, options: dict[str, Any]) -> None:
        """Compute everything again."""
        if wrong := domain.wrong_leaf():
            raise CommandError(wrong)
        self.stdout.write(f"ok: {domain.size()} records")

    def do_export(self, options: dict[str, Any]) -> None:
        """Print the log, a line per record."""
        for line in domain.lines():
            self.stdout.write(line)

    def do_verify_vector(self, options: dict[str, Any]) -> None:
        """Print `ok` or the reason for each file; exit 1 unless all are ok."""
        failed = False
        for name in options["files"]:
            try:
                wrong = vectors.check(jsonfiles.read(name))
            except (ValueError, RecursionError) as error:
                wrong = str(error).replace("\n", " ")
            failed |= bool(wrong)
            self.stdout.write(wrong or "ok")
        if failed:
            sys.exit(1)

    def do_witness(self, options: dict[str, Any]) -> None:
        """Serve add-checkpoint until interrupted."""
        own = self._witness(options)
        with witness.server(own, host=options["host"], port=options["port"], clock=lambda: int(time.time())) as http:
            self.stdout.write(f"{own.key}\nhttp://{options['host']}:{http.server_address[1]}/add-checkpoint")
            self.stdout.flush()
            try:
                http.serve_forever()
            except KeyboardInterrupt:
                self.stdout.write("stopped")

    def do_cosign(self, options: dict[str, Any]) -> None:
        """Check and sign as a witness; print the cosignature line."""
        line = self._witness(options).visit(options["log"], now=int(time.time()))
        self.stdout.write(line, ending="")

    def _witness(self, options: dict[str, Any]) -> witness.Witness:
        try:
            return witness.Witness(Path(options["state"]), options["name"], options["key"])
        except (note.NotANote, ValueError, OSError) as error:
            raise CommandError(str(error)) from error

    def do_witnesses(self, options: dict[str, Any]) -> None:
        """Add or remove one when asked; list them."""
        if options["add"]:
            witnesses.add(key=options["add"], url=options["url"], at=timezone.now())
        if options["remove"] and not witnesses.remove(name=options["remove"]):
            raise CommandError(f"no witness is called {options['remove']}")
        for row in Witness.objects.filter(is_active=True):
            self.stdout.write(f"{row.name}\t{row.size}\t{row.url or '-'}\t{row.fault or 'ok'}")

    def do_accept(self, options: dict[str, Any]) -> None:
        """Keep a cosignature made by hand."""
        try:
            text = Path(options["file"]).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(witnesses.accept(text=text, at=timezone.now())))
