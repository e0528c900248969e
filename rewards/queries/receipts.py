"""Who may read what the log says about a transfer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from people.models import Employee
from rewards.models.ledger import Transfer


def reads_transfer(person: Any, key: str) -> bool:
    """Return whether a person may read a transfer's record: whose wallet moved, and who answers for points. At most 2 statements."""
    if not isinstance(person, Employee):
        return False
    if person.has_perm("rewards.view_budgets"):
        return True
    try:
        row = Transfer.objects.filter(id=UUID(key)).values_list("debit", "credit").first()
    except ValueError:
        return False
    own = {f"wallet:{person.number}", f"debt:{person.number}"}
    return row is not None and any(code.partition("@")[0] in own for code in row)


def reads_every_record(person: Any, key: str) -> bool:
    """Return whether a person may read what the log says about accounts and refusals: who answers for points."""
    return bool(person.has_perm("rewards.view_budgets"))
