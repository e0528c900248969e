"""`manage.py demo`: load the demo company, say who signs in, mark the live contest as simulated judges."""

from __future__ import annotations

import json
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.demo import accounts, judges, load

TITLES = {
    "worker": "职工", "unit_head": "班组长", "branch_chair": "分会主席", "organiser": "竞赛组织者",
    "union_chair": "工会主席", "judge": "裁判", "chief_judge": "裁判长", "secrecy_officer": "保密员", "hr": "人力资源",
    "finance": "财务", "auditor": "经审委员", "administrator": "管理员",
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "load [--small]: build the demo company on an empty database. accounts: who signs in. judge: simulated judges."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        loading = verbs.add_parser("load")
        loading.add_argument("--small", action="store_true", help="about 800 people, loaded in seconds")
        listing = verbs.add_parser("accounts")
        listing.add_argument("--format", choices=("text", "json"), default="text")
        listing.add_argument("--base-url", default="http://127.0.0.1:8000")
        judging = verbs.add_parser("judge")
        judging.add_argument("--url", default="http://127.0.0.1:8000")
        judging.add_argument("--marks", type=int, default=0, help="stop after this many marks (0: when all are given)")
        judging.add_argument("--pause", type=float, default=1.6, help="seconds between two marks, on average")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['verb']}")(options)

    def _load(self, options: dict[str, Any]) -> None:
        try:
            load.load(small=options["small"], say=lambda text: self.stdout.write(f"  {text}"))
        except load.NotEmpty:
            raise CommandError(
                "This database holds people already. The demo is loaded into an empty one only."
            ) from None

    def _accounts(self, options: dict[str, Any]) -> None:
        found = accounts.load()
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        if not found:
            self.stdout.write("  No demo company was loaded here: manage.py demo load")
            return
        self.stdout.write(f"\n  Demo sign-ins (password for all: {next(iter(found.values()))['password']})")
        for role, account in found.items():
            self.stdout.write(f"    {role:16} {account['number']:8} {account['name']} {TITLES.get(role, '')}")
        self.stdout.write(f"\n  The wall:  {options['base_url']}/boards/{load.LIVE_CONTEST}/wall/\n")

    def _judge(self, options: dict[str, Any]) -> None:
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        try:
            judges.run(options["url"], most_marks=options["marks"], pause_seconds=options["pause"])
        except KeyboardInterrupt:
            return
