"""Events recorded under the name of an award event (`suggestion.adopted`) are noted for the rules, without a call from there.

Such an event's data names the person: `{"employee": "1301", …facts}`; its subject is the key.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from engine.events.models import Event
from people.models import Employee
from rewards.domain.award_rules import Occurrence, note
from rewards.models import Happening
from rewards.pure.award_events import EVENTS, WHOLE
from rewards.queries import rules as queries

LOOKS_BACK_DAYS = 3
SIGN_IN = "login.daily"


def read(*, at: datetime, most: int = 500) -> int:
    """Note recorded events of the last days that are not noted yet; return how many. 3 SQL statements a kind of event.

    It asks for what is missing, never for what comes after a number: numbers are given before they are committed.
    """
    with transaction.atomic(durable=True):
        known = Happening.objects.filter(source=OuterRef("pk"))
        rows = Event.objects.filter(action__in=list(EVENTS), at__gt=at - timedelta(days=LOOKS_BACK_DAYS))
        fresh = list(rows.exclude(Exists(known)).exclude(data__employee=None).order_by("id")[:most])
        numbers = {str(row.data["employee"]) for row in fresh}
        people = {row.number: row for row in Employee.objects.filter(number__in=numbers)}
        found = [row for row in fresh if str(row.data["employee"]) in people]
        for action in sorted({row.action for row in found}):
            occurrences = [_occurrence(row, people) for row in found if row.action == action]
            note(event=action, occurrences=occurrences, at=at)
    return len(found)


def _occurrence(row: Event, people: dict[str, Employee]) -> Occurrence:
    facts = facts_of(row.action, row.data)
    return Occurrence(row.subject, people[str(row.data["employee"])], facts, at=row.at, source=row.pk)


def facts_of(event: str, data: dict[str, Any]) -> dict[str, int | str]:
    """Return the facts of an event among what was recorded with it, each of its kind; others are left out."""
    wanted = EVENTS[event].facts
    return {
        name: data[name]
        for name, kind in wanted.items()
        if name in data and type(data[name]) is (int if kind == WHOLE else str)
    }


def read_sign_ins(*, at: datetime, most: int = 1000) -> int:
    """Note everybody who signed in today once, while a rule in force listens; return how many were noted. For the worker."""
    if not queries.listeners(SIGN_IN):
        return 0
    day = timezone.localdate(at)
    began = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    noted = Happening.objects.filter(event=SIGN_IN, key=day.isoformat(), employee=OuterRef("pk"))
    with transaction.atomic(durable=True):
        people = (
            Employee.objects.filter(last_login__gte=began, is_active=True).exclude(Exists(noted)).order_by("pk")[:most]
        )
        found = [Occurrence(day.isoformat(), person, at=person.last_login) for person in people]
        note(event=SIGN_IN, occurrences=found, at=at)
    return len(found)
