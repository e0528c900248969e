"""`manage.py first_sign_in [--number N]`: the address where the first administrator is named, or a new code for one who is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from people.domain import sign_in, start
from people.models import Employee


class Command(BaseCommand):
    """For whoever may work at the machine itself: nobody else sees these codes."""

    help = "Print where the first administrator is named; with --number, a new activation code for somebody locked out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--number", default="", help="employee number of somebody who forgot the password")
        parser.add_argument("--base-url", default=settings.SITE_URL or "http://127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        base = str(options["base_url"]).rstrip("/")
        if not options["number"]:
            if not start.is_waiting():
                raise CommandError("The company is set up already. For somebody locked out: first_sign_in --number N")
            self.stdout.write(f"{base}/people/start/?code={start.setup_code()}")
            return
        person = Employee.objects.filter(number=options["number"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody active has the number {options['number']}.")
        code = sign_in.reset_password(employee=person)
        self.stdout.write(f"{base}/people/sign-in/  number {person.number}  activation code {code}")
