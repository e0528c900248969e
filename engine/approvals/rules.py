"""Who may see an approval and act on it. The only place where that is decided; what an act may do, the pure core says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import rules

from engine.approvals.models import Approval, Cc, Waiting
from people.rules import is_administrator, is_auditor, is_employee, is_hr, is_organiser


@rules.predicate
def is_applicant(person: Any, approval: Approval | None) -> bool:
    """On whose behalf it is asked."""
    return approval is not None and approval.applicant_id == person.pk


@rules.predicate
def was_asked(person: Any, approval: Approval | None) -> bool:
    """Could act on it now or at some time before."""
    return approval is not None and Waiting.asked.filter(approval=approval, person=person).exists()


@rules.predicate
def is_copied(person: Any, approval: Approval | None) -> bool:
    """Was put on copy 抄送."""
    return approval is not None and Cc.objects.filter(approval=approval, person=person).exists()


def reads_ballot(person: Any, key: str) -> bool:
    """Return whether a person may read what the log says about an opinion: who may see its approval."""
    try:
        approval = Approval.objects.filter(ballots=UUID(key)).first()
    except ValueError:
        return False
    return approval is not None and person.has_perm("approvals.view_approval", approval)


takes_part = is_applicant | was_asked
rules.add_perm("approvals.use_inbox", is_employee)
rules.add_perm("approvals.view_approval", is_employee & (takes_part | is_administrator | is_auditor | is_copied))
# Who was asked and came too late must hear so from the verb (409), not from the door.
rules.add_perm("approvals.decide_approval", is_employee & (takes_part | is_administrator | is_copied))
rules.add_perm("approvals.publish_policy", is_administrator | is_hr | is_organiser)
rules.add_perm("approvals.view_policy", is_administrator | is_hr | is_organiser | is_auditor)
rules.add_perm("approvals.migrate_approvals", is_administrator)
rules.add_perm("approvals.hand_over", is_administrator)
rules.add_perm("approvals.view_deadlines", is_administrator | is_hr | is_organiser | is_auditor)
rules.add_perm("approvals.view_panel", is_administrator | is_hr | is_organiser | is_auditor)
rules.add_perm("approvals.draw_panel", is_administrator | is_hr | is_organiser)
