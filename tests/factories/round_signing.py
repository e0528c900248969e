"""A round whose panel signs it: closed, marked, signed by some or by all, corrected, opened again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from contests import flows
from contests.domain import corrections, panels
from contests.models import Contest, RoundSigning, Sheet
from contests.queries import gate as gates
from contests.queries import round_signing as rounds
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from people.models import Employee
from tests.factories import contests as made
from tests.factories.contests import AT, PNG, make_contest, mark_everything, register, sheet_of
from tests.factories.people import Company, give_role, make_employee

LATER = AT + timedelta(minutes=5)


def make_closed(
    company: Company, *, judges: int = 2, leader: bool = True, closed_at: datetime = AT, **fields: Any
) -> Contest:
    """A contest through its flow, two more judges beside the one of every contest, closed by its chief."""
    contest = make_marked(company, judges=judges, leader=leader, **fields)
    return flows.close_judging(contest=contest, by=company.chief_judge, at=closed_at, reason="时间到")


def make_marked(company: Company, *, judges: int = 2, leader: bool = True, **fields: Any) -> Contest:
    """A contest through its flow, every mark given and no sheet signed."""
    contest = make_contest(company, quota=None, notice_working_days=0, **fields)
    for number in range(1, judges + 1):
        person = make_employee(company.root, name=f"评委{number}", number=f"88{number}")
        give_role(person, "judge")
        panels.assign(contest=contest, employee=person, by=company.organiser, at=AT)
    if leader:
        panels.set_leader(contest=contest, member=contest.panel.get(code="J2"), by=company.organiser, at=AT)
    contest = flows.submit(contest=contest, by=company.organiser, at=AT)
    agree(Approval.objects.get(subject=contest.subject), company.union_chair)
    for person in made.make_contestants(company, 3):
        register(contest, person)
    flows.close_registration(contest=contest, by=company.organiser, at=AT)
    flows.draw(contest=contest, by=company.organiser, at=AT, seed="open", code_seed="secret")
    flows.start_judging(contest=contest, by=company.organiser, at=AT)
    for member in contest.panel.filter(role="judge").select_related("employee"):
        assert member.employee is not None
        mark_everything(contest, member.employee)
    contest.refresh_from_db()
    return contest


def agree(approval: Approval, person: Employee, *, at: datetime = AT, signature: bytes = b"") -> Approval:
    return approvals.decide(approval.pk, ballot=uuid4(), person=person, verb="approve", at=at, signature=signature)


def running(contest: Contest) -> Approval:
    row = rounds.latest(contest)
    assert row is not None
    return Approval.objects.get(subject=row.subject)


def waiting(contest: Contest) -> list[str]:
    return sorted(row.person.name for row in running(contest).waiting.select_related("person"))


def sign(contest: Contest, *numbers: str, at: datetime = AT) -> None:
    for number in numbers:
        agree(running(contest), Employee.objects.get(number=number), at=at, signature=PNG)


def sign_all(contest: Contest, company: Company, *, at: datetime = AT) -> None:
    """Judges, then the leader among them once more, then the chief judge, then the organiser."""
    sign(
        contest, company.judge.number, "881", "882", "881", company.chief_judge.number, company.organiser.number, at=at
    )


def last(contest: Contest) -> RoundSigning:
    row = rounds.latest(contest)
    assert row is not None
    return row


def findings(contest: Contest, *, at: datetime = AT) -> dict[str, str]:
    return {row.code: row.text for row in gates.look(contest, at=at).findings if row.code.startswith("round")}


def correct(contest: Contest, company: Company, *, value: str = "9", reason: str = "记录抄错") -> None:
    sheet = sheet_of(contest, company.judge)
    corrections.correct(
        sheet_id=sheet.pk, entry="01", aspect="seam", value=value, reason=reason, by=company.chief_judge, at=AT
    )


def reopen(contest: Contest, company: Company, *, reason: str = "02 号重看") -> Sheet:
    sheet = sheet_of(contest, company.judge)
    return flows.reopen_sheet(contest=contest, sheet_id=sheet.pk, reason=reason, by=company.chief_judge, at=AT)
