"""Who may see notices: everybody their own."""

from __future__ import annotations

from typing import Any

import rules

from engine.notices.models import Notice
from people.rules import is_employee


@rules.predicate
def is_told(person: Any, notice: Notice | None) -> bool:
    """Whom it tells."""
    return notice is None or notice.person_id == person.pk


rules.add_perm("notices.view_notice", is_employee & is_told)
