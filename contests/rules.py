"""Who may do what with contests. The only place where that is decided."""

from __future__ import annotations

from typing import Any

import rules

from contests.models import Appeal, Certificate, Change, Contest, Entry, Event, PanelMember, Registration, Sheet
from engine.approvals.models import Waiting
from engine.live.models import Board
from people.models import Employee
from people.rules import has_role, is_administrator, is_auditor, is_employee

is_organising = has_role("organiser", "union_chair")
is_secrecy_officer = has_role("secrecy_officer")
is_judge = has_role("judge", "chief_judge")
is_union_chair = has_role("union_chair")

State = Contest.State
# What everybody may see: from the publication on.
PUBLIC_STATES = frozenset(
    {
        State.PUBLISHED,
        State.CLOSED,
        State.DRAWN,
        State.JUDGING,
        State.REVIEW,
        State.NOTICE,
        State.FINAL,
        State.CANCELLED,
    }
)
RESULT_STATES = frozenset({State.NOTICE, State.FINAL})
HELD = (Board.State.FROZEN, Board.State.REVEALING)


@rules.predicate
def is_published(person: Any, contest: Contest | None) -> bool:
    """The contest has been announced; one cancelled as a draft never was."""
    if contest is None or contest.state not in PUBLIC_STATES:
        return False
    return contest.is_imported or contest.published_at is not None


@rules.predicate
def has_result(person: Any, contest: Contest | None) -> bool:
    """The result is public."""
    return contest is not None and contest.state in RESULT_STATES


@rules.predicate
def names_are_open(person: Any, contest: Contest | None) -> bool:
    """Nobody hides who is behind a code (any more)."""
    return contest is not None and not contest.names_hidden


@rules.predicate
def marks_are_held(person: Any, contest: Contest | None) -> bool:
    """The contest's board is frozen or being revealed: until it is not, marks are the chief judge's alone (live-board.md)."""
    return contest is not None and Board.objects.filter(code=contest.code, state__in=HELD).exists()


@rules.predicate
def owns_contest(person: Any, contest: Contest | None) -> bool:
    """The organiser of this contest."""
    return contest is not None and isinstance(person, Employee) and contest.organiser_id == person.pk


@rules.predicate
def chairs_contest(person: Any, contest: Contest | None) -> bool:
    """The chief judge of this contest."""
    return contest is not None and isinstance(person, Employee) and contest.chief_judge_id == person.pk


@rules.predicate
def sits_on_panel(person: Any, contest: Contest | None) -> bool:
    """A member of this contest's panel."""
    if contest is None or not isinstance(person, Employee):
        return False
    return PanelMember.objects.filter(contest=contest, employee=person).exists()


@rules.predicate
def is_under_review(person: Any, contest: Contest | None) -> bool:
    """Every mark is given; the result is not submitted yet. Judges may see each other's marks now."""
    return contest is not None and contest.state == State.REVIEW


@rules.predicate
def signs_round(person: Any, contest: Contest | None) -> bool:
    """Somebody who is, or was, asked to sign the contest's round; a substitute as well."""
    if contest is None or not isinstance(person, Employee):
        return False
    keys = [row.subject for row in contest.signings.all()]
    return bool(keys) and Waiting.asked.filter(person=person, approval__subject__in=keys).exists()


@rules.predicate
def leads_panel(person: Any, contest: Contest | None) -> bool:
    """The group leader of this contest's panel."""
    if contest is None or not isinstance(person, Employee):
        return False
    return PanelMember.objects.filter(contest=contest, employee=person, is_leader=True, left_at=None).exists()


@rules.predicate
def owns_registration(person: Any, registration: Registration | None) -> bool:
    """The applicant."""
    return registration is not None and isinstance(person, Employee) and registration.employee_id == person.pk


@rules.predicate
def is_in_team(person: Any, registration: Registration | None) -> bool:
    """Somebody of the registered team, a substitute too, who has not left it."""
    if registration is None or not isinstance(person, Employee) or not registration.team_name:
        return False
    return registration.team.filter(employee=person, left_at=None).exists()


@rules.predicate
def organises_registration(person: Any, registration: Registration | None) -> bool:
    """The organiser of the contest that was applied for."""
    return registration is not None and may_manage(person, registration.contest)


@rules.predicate
def owns_sheet(person: Any, sheet: Sheet | None) -> bool:
    """The judge whose sheet it is."""
    return sheet is not None and isinstance(person, Employee) and sheet.member.employee_id == person.pk


@rules.predicate
def chairs_sheet(person: Any, sheet: Sheet | None) -> bool:
    """The chief judge of the sheet's contest."""
    return sheet is not None and chairs_contest(person, sheet.contest)


@rules.predicate
def audits_sheet(person: Any, sheet: Sheet | None) -> bool:
    """An auditor, while marks are not held back."""
    return sheet is not None and is_auditor(person) and not marks_are_held(person, sheet.contest)


@rules.predicate
def is_own_entry(person: Any, entry: Entry | None) -> bool:
    """The contestant behind the entry, or one of its team."""
    if entry is None or not isinstance(person, Employee):
        return False
    return entry.employee_id == person.pk or entry.team.filter(employee=person, left_at=None).exists()


@rules.predicate
def entry_is_public(person: Any, entry: Entry | None) -> bool:
    """The entry's contest has a public result."""
    return entry is not None and has_result(person, entry.contest)


@rules.predicate
def is_final(person: Any, contest: Contest | None) -> bool:
    """The result is final."""
    return contest is not None and contest.state == State.FINAL


@rules.predicate
def owns_certificate(person: Any, certificate: Certificate | None) -> bool:
    """The person the certificate was issued to."""
    return certificate is not None and isinstance(person, Employee) and certificate.employee_id == person.pk


@rules.predicate
def manages_certificate(person: Any, certificate: Certificate | None) -> bool:
    """Who runs the contest the certificate is of."""
    return certificate is not None and may_manage(person, certificate.contest)


@rules.predicate
def owns_appeal(person: Any, appeal: Appeal | None) -> bool:
    """Who handed it in."""
    return appeal is not None and isinstance(person, Employee) and appeal.by_id == person.pk


@rules.predicate
def arbitrates(person: Any, appeal: Appeal | None) -> bool:
    """A member of its arbitration panel."""
    if appeal is None or not isinstance(person, Employee):
        return False
    return appeal.arbitrators.filter(employee=person).exists()


@rules.predicate
def runs_contest_of_appeal(person: Any, appeal: Appeal | None) -> bool:
    """Who runs or chairs the contest."""
    return appeal is not None and (may_manage | chairs_contest)(person, appeal.contest)


@rules.predicate
def organises_appeal(person: Any, appeal: Appeal | None) -> bool:
    """Who runs the contest of the appeal; the chief judge, whose judging it is about, does not name its panel."""
    return appeal is not None and may_manage(person, appeal.contest)


@rules.predicate
def corrects_contest_of_appeal(person: Any, appeal: Appeal | None) -> bool:
    """Who may correct the result the appeal is about."""
    return appeal is not None and may_correct(person, appeal.contest)


@rules.predicate
def sees_change(person: Any, change: Change | None) -> bool:
    """Who sees the marks of the contest, arbitrators of the appeal it was prepared for, and its appellant."""
    if change is None:
        return False
    if may_see_scores(person, change.contest):
        return True
    return any(arbitrates(person, row) or owns_appeal(person, row) for row in change.appeals.all())


@rules.predicate
def drafts_change(person: Any, change: Change | None) -> bool:
    """Who may correct the contest may work on a draft of it."""
    return change is not None and may_correct(person, change.contest)


@rules.predicate
def corrects_change(person: Any, change: Change | None) -> bool:
    """Who may correct the contest; a final result only for an upheld appeal, or by the union chair."""
    if change is None or not may_correct(person, change.contest):
        return False
    if change.contest.state != State.FINAL or is_union_chair(person):
        return True
    return change.appeals.filter(state=Appeal.State.UPHELD).exists()


@rules.predicate
def owns_event(person: Any, event: Event | None) -> bool:
    """The organiser of this event."""
    return event is not None and isinstance(person, Employee) and event.organiser_id == person.pk


# An organiser runs the contests they own; the union chair runs all.
may_manage = is_employee & ((has_role("organiser") & owns_contest) | has_role("union_chair") | is_administrator)
# Before the result is public it is the chief judge's alone to correct.
may_correct = is_employee & (chairs_contest | (may_manage & has_result))
may_see_scores = chairs_contest | ((may_manage | is_auditor) & ~marks_are_held)

rules.add_perm(
    "contests.view_contest", is_employee & (is_published | may_manage | chairs_contest | sits_on_panel | is_auditor)
)
rules.add_perm(
    "contests.use_desk",
    is_employee & has_role("organiser", "union_chair", "administrator", "chief_judge", "secrecy_officer"),
)
rules.add_perm(
    "contests.view_desk", is_employee & (may_manage | chairs_contest | is_auditor | (is_secrecy_officer & is_published))
)
rules.add_perm("contests.create_contest", is_organising | is_administrator)
rules.add_perm("contests.manage_contest", may_manage)
rules.add_perm("contests.create_event", is_employee & (is_organising | is_administrator))
rules.add_perm("contests.view_event", is_employee)
rules.add_perm(
    "contests.manage_event",
    is_employee & ((has_role("organiser") & owns_event) | has_role("union_chair") | is_administrator),
)
rules.add_perm("contests.edit_scheme", may_manage | (is_employee & chairs_contest))
rules.add_perm("contests.publish_contest", may_manage)
rules.add_perm("contests.register", is_employee & is_published)
rules.add_perm(
    "contests.view_registration", is_employee & (owns_registration | is_in_team | organises_registration | is_auditor)
)
rules.add_perm("contests.change_team", is_employee & (owns_registration | organises_registration))
rules.add_perm("contests.withdraw_registration", is_employee & (owns_registration | organises_registration))
rules.add_perm("contests.list_registrations", may_manage | is_auditor)
rules.add_perm("contests.draw_contest", may_manage | (is_secrecy_officer & is_published))
rules.add_perm("contests.view_codes", is_employee & (is_secrecy_officer | names_are_open))
rules.add_perm("contests.open_seal", is_employee & is_secrecy_officer & is_published)
rules.add_perm(
    "contests.confirm_seal", is_employee & has_role("auditor", "union_chair") & ~owns_contest & ~sits_on_panel
)
rules.add_perm(
    "contests.view_seals",
    is_employee & ((is_secrecy_officer & is_published) | is_auditor | may_manage | chairs_contest),
)
rules.add_perm("contests.judge", is_judge)
rules.add_perm("contests.import_marks", is_employee & (chairs_contest | sits_on_panel))
rules.add_perm("contests.view_sheet", is_employee & (owns_sheet | chairs_sheet | audits_sheet))
rules.add_perm("contests.mark_sheet", is_employee & owns_sheet)
rules.add_perm("contests.sign_sheet", is_employee & owns_sheet)
rules.add_perm("contests.chair_contest", is_employee & chairs_contest)
rules.add_perm("contests.lead_panel", is_employee & (chairs_contest | leads_panel))
rules.add_perm(
    "contests.review_result", is_employee & (chairs_contest | (sits_on_panel & is_under_review & ~marks_are_held))
)
rules.add_perm("contests.view_round", is_employee & (may_see_scores | signs_round))
rules.add_perm("contests.chair_sheet", is_employee & chairs_sheet)
rules.add_perm("contests.view_scores", is_employee & may_see_scores)
rules.add_perm(
    "contests.view_statistics", is_employee & (chairs_contest | (may_see_scores & (is_auditor | has_result)))
)
rules.add_perm("contests.publish_result", is_employee & chairs_contest)
rules.add_perm("contests.view_results", is_employee & ((is_published & has_result) | may_see_scores))
rules.add_perm("contests.view_entry", is_employee & (is_own_entry | entry_is_public))
rules.add_perm("contests.export_contest", is_employee & may_see_scores)
rules.add_perm("contests.import_contest", is_organising | is_administrator)
rules.add_perm("contests.end_notice", is_administrator)
rules.add_perm("contests.manage_certificates", may_manage & is_final)
rules.add_perm("contests.view_certificate", is_employee & (owns_certificate | manages_certificate))
rules.add_perm("contests.manage_certificate_templates", is_organising | is_administrator)
rules.add_perm("contests.list_appeals", is_employee & (may_manage | chairs_contest | is_auditor))
rules.add_perm("contests.file_appeal", is_employee & is_published & has_result)
rules.add_perm("contests.accept_late_appeal", is_employee & is_union_chair & has_result)
rules.add_perm("contests.view_appeal", is_employee & (owns_appeal | arbitrates | runs_contest_of_appeal | is_auditor))
rules.add_perm("contests.withdraw_appeal", is_employee & owns_appeal)
rules.add_perm("contests.name_arbitrators", is_employee & organises_appeal & ~owns_appeal)
rules.add_perm("contests.settle_appeal", is_employee & corrects_contest_of_appeal & ~owns_appeal)
rules.add_perm("contests.list_changes", is_employee & may_see_scores)
rules.add_perm("contests.propose_change", may_correct)
rules.add_perm("contests.view_change", is_employee & sees_change)
rules.add_perm("contests.draft_change", is_employee & drafts_change)
rules.add_perm("contests.apply_change", is_employee & corrects_change)
