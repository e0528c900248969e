"""`manage.py boards renew`: after a restore, every live board begins a new history."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from engine.live import domain


class Command(BaseCommand):
    help = "Live boards: renew gives every board a new epoch, so that no screen takes what follows for what it already has."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("renew", help="after a restore: screens begin again with a snapshot")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many boards begin anew."""
        self.stdout.write(f"{domain.begin_all_anew()} boards begin anew")
