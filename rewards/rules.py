"""Who may do what with points. The only place where that is decided."""

from __future__ import annotations

from typing import Any

import rules

from engine.approvals.models import Waiting
from people.models import Employee, Unit
from people.rules import has_role, is_administrator, is_auditor, is_employee, is_hr
from rewards.models import BadgeAward, Item, ItemPicture, LeaveGrant, LeaveRequest, ManualAward, Redemption, SkillRecord


@rules.predicate
def owns_redemption(person: Any, redemption: Redemption | None) -> bool:
    """Who asked."""
    return redemption is not None and isinstance(person, Employee) and redemption.employee_id == person.pk


@rules.predicate
def owns_badge(person: Any, award: BadgeAward | None) -> bool:
    """Who has earned it, while it was not taken back."""
    return (
        award is not None
        and award.revoked_at is None
        and isinstance(person, Employee)
        and award.employee_id == person.pk
    )


@rules.predicate
def owns_grant(person: Any, grant: LeaveGrant | None) -> bool:
    """Whose leave it is."""
    return grant is not None and isinstance(person, Employee) and grant.employee_id == person.pk


@rules.predicate
def is_offered(person: Any, item: Item | None) -> bool:
    """The item is in the mall, and not hidden from the person's unit."""
    return item is None or (item.is_published and _is_shown(item, person))


def _is_shown(item: Item, person: Any) -> bool:
    if not item.is_hidden_from_others:
        return True
    path = person.unit.path if isinstance(person, Employee) and person.unit else ""
    return any(path.startswith(unit.path) for unit in item.units.all())


@rules.predicate
def proposed_award(person: Any, proposal: ManualAward | None) -> bool:
    """Who proposed it; without one, about proposing in general."""
    return proposal is None or (isinstance(person, Employee) and proposal.proposed_by_id == person.pk)


@rules.predicate
def asked_for_leave(person: Any, request: LeaveRequest | None) -> bool:
    """Whose request for leave it is."""
    return request is not None and isinstance(person, Employee) and request.redemption.employee_id == person.pk


@rules.predicate
def covers_leave(person: Any, request: LeaveRequest | None) -> bool:
    """Who covers the shift meanwhile."""
    return request is not None and isinstance(person, Employee) and request.cover_id == person.pk


@rules.predicate
def is_asked_about_leave(person: Any, request: LeaveRequest | None) -> bool:
    """A unit head above the applicant, or somebody the request's approval has asked."""
    if request is None or not isinstance(person, Employee):
        return False
    unit = request.redemption.employee.unit
    codes = unit.ancestor_codes if unit else []
    if Unit.objects.filter(head=person, code__in=codes).exists():
        return request.redemption.employee_id != person.pk
    return Waiting.asked.filter(person=person, approval__subject=request.redemption.subject).exists()


@rules.predicate
def heads_unit_or_above(person: Any, unit: Unit | None) -> bool:
    """Head of this unit or of one above it."""
    if unit is None or not isinstance(person, Employee):
        return False
    return Unit.objects.filter(head=person, code__in=unit.ancestor_codes).exists()


@rules.predicate
def picture_is_shown(person: Any, picture: ItemPicture | None) -> bool:
    """The picture is of an item the person's unit may see."""
    return picture is None or _is_shown(picture.item, person)


@rules.predicate
def owns_record(person: Any, record: SkillRecord | None) -> bool:
    """Whose skill it is."""
    return record is not None and isinstance(person, Employee) and record.employee_id == person.pk


@rules.predicate
def is_oneself(person: Any, employee: Employee | None) -> bool:
    """The page is about the person themselves."""
    return employee is not None and isinstance(person, Employee) and employee.pk == person.pk


manages_items = has_role("hr", "union_chair", "organiser") | is_administrator
hands_out = manages_items | has_role("branch_chair")

rules.add_perm("rewards.use_mall", is_employee)
rules.add_perm("rewards.view_item", is_employee & (is_offered | manages_items))
rules.add_perm("rewards.redeem", is_employee & is_offered)
rules.add_perm("rewards.view_wallet", is_employee)
rules.add_perm("rewards.view_redemption", is_employee & (owns_redemption | is_hr | is_auditor | is_administrator))
rules.add_perm("rewards.cancel_redemption", is_employee & owns_redemption)
rules.add_perm("rewards.view_leave", is_hr | is_auditor | is_administrator)
rules.add_perm("rewards.download_leave", is_employee & (owns_grant | is_hr))
rules.add_perm("rewards.decide_leave", is_employee)  # the desk shows what waits for oneself, nothing else
rules.add_perm("rewards.see_leave_desk", is_hr)
rules.add_perm(
    "rewards.view_leave_request",
    is_hr | is_auditor | is_administrator | (is_employee & (asked_for_leave | covers_leave | is_asked_about_leave)),
)
rules.add_perm("rewards.name_cover", is_hr | (is_employee & is_asked_about_leave))
rules.add_perm("rewards.return_leave", is_employee & (owns_grant | is_hr))
rules.add_perm("rewards.hand_over_leave", is_hr | is_administrator)
rules.add_perm("rewards.report_events", is_hr | is_administrator)
rules.add_perm("rewards.set_leave_limits", is_hr | is_administrator)
rules.add_perm("rewards.view_reconciliation", is_hr | is_auditor | is_administrator)
rules.add_perm("rewards.view_transparency", is_employee)
rules.add_perm("rewards.view_points_of_people", is_hr | is_auditor | (is_employee & heads_unit_or_above))
rules.add_perm("rewards.manage_items", manages_items)
rules.add_perm("rewards.hand_out", hands_out)
rules.add_perm("rewards.mark_attendance", manages_items)
rules.add_perm("rewards.view_session", is_employee)
rules.add_perm("rewards.view_picture", is_employee & (picture_is_shown | manages_items))
rules.add_perm("rewards.view_records", is_employee & (is_oneself | is_hr | manages_items | is_auditor))
rules.add_perm("rewards.view_record", is_employee & (owns_record | is_hr | manages_items | is_auditor))
rules.add_perm("rewards.view_budgets", has_role("union_chair", "finance", "organiser") | is_auditor | is_administrator)
rules.add_perm("rewards.manage_funds", has_role("union_chair", "finance") | is_administrator)
rules.add_perm("rewards.grant_budget", has_role("union_chair", "finance"))
rules.add_perm("rewards.ask_top_up", has_role("union_chair", "finance", "organiser"))
rules.add_perm(
    "rewards.view_bulk_awards", has_role("union_chair", "finance", "organiser") | is_auditor | is_administrator
)
rules.add_perm("rewards.propose_bulk_award", has_role("union_chair", "finance", "organiser"))
proposes = has_role("organiser", "union_chair", "branch_chair", "hr") | is_administrator
sees_points = has_role("union_chair", "finance", "organiser") | is_auditor | is_administrator
rules.add_perm("rewards.propose_award", proposes)
rules.add_perm("rewards.propose_draft", proposes & proposed_award)
rules.add_perm("rewards.view_award", is_employee & (proposed_award | sees_points))
rules.add_perm("rewards.view_awards", proposes | sees_points)
rules.add_perm("rewards.view_leaderboard", is_employee)
rules.add_perm("rewards.export_leaderboard", has_role("hr") | sees_points)
rules.add_perm("rewards.view_rules", sees_points)
rules.add_perm("rewards.write_rules", has_role("organiser", "finance", "union_chair") | is_administrator)
rules.add_perm("rewards.view_suspicions", is_auditor | is_administrator)
rules.add_perm("rewards.download_badge", is_employee & owns_badge)
rules.add_perm("rewards.manage_badges", has_role("organiser", "union_chair", "hr") | is_administrator)
