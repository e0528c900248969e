"""Who may see how processes go."""

from __future__ import annotations

from typing import Any

import rules
from django.utils import timezone
from viewflow.workflow.models import Process

from engine.approvals.queries import visible_to
from people.rules import is_administrator, is_auditor, is_employee, is_hr, is_organiser


@rules.predicate
def takes_part(person: Any, process: Process | None) -> bool:
    """May see an approval of the process."""
    return process is not None and visible_to(person, timezone.localdate()).filter(task__process=process).exists()


rules.add_perm("flows.view_analytics", is_administrator | is_auditor | is_hr | is_organiser)
rules.add_perm("flows.view_process", is_employee & (takes_part | is_administrator | is_auditor))
