"""What the other side is told about one row: plain data, the same through every channel."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from rewards.models import HandOver


def key_of(row: HandOver) -> str:
    """Return the row's key: the same for ever, different for a grant and its return."""
    return str(uuid5(NAMESPACE_URL, f"leave:{row.grant.redemption_id}:{row.verb}"))


def facts_of(row: HandOver) -> dict[str, Any]:
    """Return a row with its grant; no statement when `grant__redemption__item`, `grant__employee__unit` are loaded."""
    grant, person = row.grant, row.grant.employee
    return {
        "key": key_of(row),
        "verb": row.verb,
        "redemption": str(grant.redemption_id),
        "employee": person.number,
        "name": person.name,
        "unit": person.unit.code if person.unit else "",
        "unit_name": person.unit.name if person.unit else "",
        "leave": grant.redemption.item.title,
        "half_days": grant.half_days,
        "wanted_on": grant.wanted_on.isoformat() if grant.wanted_on else None,
        "is_afternoon": grant.is_afternoon,
        "last_on": grant.valid_until_on.isoformat(),
        "granted_on": timezone.localdate(grant.granted_at).isoformat(),
        "points": grant.redemption.points,
    }
