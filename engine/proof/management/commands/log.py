"""`manage.py log …`: checkpoint, proofs, verification, witness."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engine.proof import domain, keys, sequencer, witness
from engine.proof.models import Leaf
from engine.proof.pure import vectors
from engine.proof.pure.checkpoint import consistency_text


class Command(BaseCommand):
    """The transparency log."""

    help = "The transparency log: checkpoint | prove | consistency | key | verify | verify-vector | cosign"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("checkpoint", help="give waiting records their places, sign, print the signed checkpoint")
        prove = verbs.add_parser("prove", help="print the .tlog-proof of a record: KIND:KEY, or its number in the log")
        prove.add_argument("id")
        between = verbs.add_parser(
            "consistency", help="print the proof that the log of NEW records continues that of OLD"
        )
        between.add_argument("old", type=int)
        between.add_argument("new", type=int)
        verbs.add_parser("key", help="print the log's verifier key")
        verbs.add_parser("verify", help="compute the whole tree and every checkpoint again")
        vector = verbs.add_parser(
            "verify-vector", help="check published Merkle vectors: `ok` or the reason, a line per file"
        )
        vector.add_argument("files", nargs="+")
        cosign = verbs.add_parser(
            "cosign", help="what a witness runs: check that a log only grew, then sign its checkpoint"
        )
        cosign.add_argument("--log", required=True, help="the log's address, such as https://jinbang.lan/log/")
        cosign.add_argument("--key", required=True, help="the log's verifier key")
        cosign.add_argument("--name", required=True, help="the witness's own name")
        cosign.add_argument("--state", required=True, help="folder of the witness's key and of what it saw last")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out one verb."""
        getattr(self, f"do_{options['verb'].replace('-', '_')}")(options)

    def do_checkpoint(self, options: dict[str, Any]) -> None:
        """Sequence what waits, sign, print."""
        now = timezone.now()
        sequencer.run(at=now)
        sequencer.sign(at=now)
        found = domain.latest()
        if found is None:
            raise CommandError("the log is empty: nothing to sign")
        self.stdout.write(domain.note_of(found), ending="")

    def do_prove(self, options: dict[str, Any]) -> None:
        """Print a `.tlog-proof` file."""
        wanted: str = options["id"]
        kind, _colon, key = wanted.partition(":")
        rows = Leaf.objects.filter(index=int(wanted)) if wanted.isdigit() else Leaf.objects.filter(kind=kind, key=key)
        leaf = rows.first() or Leaf.objects.filter(key=wanted).first()
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

    def do_verify_vector(self, options: dict[str, Any]) -> None:
        """Print `ok` or the reason for each file; exit 1 unless all are ok."""
        failed = False
        for name in options["files"]:
            try:
                wrong = vectors.check(json.loads(Path(name).read_text(encoding="utf-8")))
            except (OSError, ValueError) as error:
                wrong = str(error)
            failed |= bool(wrong)
            self.stdout.write(wrong or "ok")
        if failed:
            sys.exit(1)

    def do_cosign(self, options: dict[str, Any]) -> None:
        """Check and sign as a witness; print the cosignature line."""
        try:
            line = witness.cosign(
                log=options["log"], key=options["key"], name=options["name"], state=Path(options["state"]),
                now=int(timezone.now().timestamp()),
            )  # fmt: skip
        except witness.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(line)
