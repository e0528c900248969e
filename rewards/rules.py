"""Who may do what with points. The only place where that is decided."""

from __future__ import annotations

from typing import Any

import rules

from people.models import Employee
from people.rules import has_role, is_administrator, is_auditor, is_employee, is_hr
from rewards.models import Item, LeaveGrant, ManualAward, Redemption


@rules.predicate
def owns_redemption(person: Any, redemption: Redemption | None) -> bool:
    """Who asked."""
    return redemption is not None and isinstance(person, Employee) and redemption.employee_id == person.pk


@rules.predicate
def owns_grant(person: Any, grant: LeaveGrant | None) -> bool:
    """Whose leave it is."""
    return grant is not None and isinstance(person, Employee) and grant.employee_id == person.pk


@rules.predicate
def is_offered(person: Any, item: Item | None) -> bool:
    """The item is in the mall."""
    return item is None or item.is_published


@rules.predicate
def proposed_award(person: Any, proposal: ManualAward | None) -> bool:
    """Who proposed it; without one, about proposing in general."""
    return proposal is None or (isinstance(person, Employee) and proposal.proposed_by_id == person.pk)


manages_items = has_role("hr", "union_chair") | is_administrator

rules.add_perm("rewards.use_mall", is_employee)
rules.add_perm("rewards.view_item", is_employee & (is_offered | manages_items))
rules.add_perm("rewards.redeem", is_employee & is_offered)
rules.add_perm("rewards.view_wallet", is_employee)
rules.add_perm("rewards.view_redemption", is_employee & (owns_redemption | is_hr | is_auditor | is_administrator))
rules.add_perm("rewards.cancel_redemption", is_employee & owns_redemption)
rules.add_perm("rewards.view_leave", is_hr | is_auditor | is_administrator)
rules.add_perm("rewards.download_leave", is_employee & (owns_grant | is_hr))
rules.add_perm("rewards.manage_items", manages_items)
rules.add_perm("rewards.view_budgets", has_role("union_chair", "finance", "organiser") | is_auditor | is_administrator)
rules.add_perm("rewards.grant_budget", has_role("union_chair", "finance"))
proposes = has_role("organiser", "union_chair", "branch_chair", "hr") | is_administrator
sees_points = has_role("union_chair", "finance", "organiser") | is_auditor | is_administrator
rules.add_perm("rewards.propose_award", proposes)
rules.add_perm("rewards.view_award", is_employee & (proposed_award | sees_points))
rules.add_perm("rewards.view_awards", proposes | sees_points)
