"""`manage.py approval replay FILE…`: play recorded approvals against the rules, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from engine.approvals.pure.policy import FaultyPolicy
from engine.approvals.pure.replay import replay
from frontend.kit import jsonfiles


class Command(BaseCommand):
    help = "Approvals: replay FILE… prints the state after every recorded action, one JSON array a file and line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        play = commands.add_parser("replay", help="play recorded approvals: policy, people, actions")
        play.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one array a file. A refused action is part of the answer; a file that cannot be played ends with exit
        code 1 and says why on stderr, after the files before it."""
        for path in options["files"]:
            self.stdout.write(json.dumps(_replayed(path), ensure_ascii=False))


def _replayed(path: Path) -> list[dict[str, Any]]:
    try:
        return replay(jsonfiles.read(path))
    except jsonfiles.Unreadable as error:
        raise CommandError(str(error)) from None
    except (ValueError, FaultyPolicy) as error:
        raise CommandError(f"{path}: {error}") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"{path}: not an approval to replay ({error!r})") from None
