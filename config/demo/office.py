"""A week at the desks of the demo company: opinions asked for, people added, requests returned, substitutes, proposals."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from config.demo.company import Company
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from people.domain import substitutes
from people.models import Employee
from rewards import flows
from rewards.models import Item
from rewards.queries import balance

TOLD_LONG_AGO = timedelta(days=3)


class Office:
    """Lets people use the verbs of approvals on what still waits."""

    def __init__(self, company: Company, *, now: datetime) -> None:
        self.company, self.now = company, now
        self.hr = company.by_role["hr"]
        self.chair = company.by_role["union_chair"][0]
        self.organiser = company.by_role["organiser"][0]

    def work(self, *, unit_head: Employee | None) -> None:
        """Do everything once."""
        self._ask_the(unit_head)
        self._handle_what_waits()
        self._propose_points()
        substitutes.name(
            person=self.chair, to=self.organiser, from_on=timezone.localdate(self.now) + timedelta(days=7),
            until_on=timezone.localdate(self.now) + timedelta(days=14), policies=["contest-result"], at=self.now,
        )  # fmt: skip
        # Nobody wants to hear today of what ended long ago.
        Approval.objects.filter(created_at__lt=self.now - TOLD_LONG_AGO).update(told_position=F("version"))

    def _ask_the(self, unit_head: Employee | None) -> None:
        """Colleagues ask their unit head for leave, so that something waits there."""
        item = Item.objects.filter(kind="leave").order_by("points").first()
        if unit_head is None or item is None:
            return
        colleagues = (
            Employee.objects.filter(unit__head=unit_head, is_active=True).exclude(pk=unit_head.pk).order_by("number")
        )
        rich = [person for person in colleagues[:40] if balance(person).available >= item.points]
        for number, person in enumerate(rich[-3:], 1):
            flows.request(
                hold=uuid.uuid4(), item=item, employee=person, points=item.points, at=self.now - timedelta(hours=5 * number),
                wanted_on=timezone.localdate(self.now) + timedelta(days=4 + number), is_afternoon=number % 2 == 0,
            )  # fmt: skip

    def _handle_what_waits(self) -> None:
        """HR asks, adds, returns and comments on the newest requests."""
        waiting = Approval.objects.filter(status="running", waiting__person=self.hr[0]).order_by("pk")
        verbs: list[tuple[Employee, dict[str, object]]] = [
            (self.hr[0], {"do": "comment", "note": "请班组确认当天有人顶岗。"}),
            (self.hr[0], {"do": "delegate", "to": self.organiser.number, "note": "请看看是否与竞赛集训冲突。"}),
            (
                self.hr[0],
                {"do": "return", "to": "applicant", "resume": "direct", "note": "希望日期是停产检修日，请改期。"},
            ),
            (
                self.hr[0],
                {"do": "add", "where": "alongside", "people": [self.chair.number], "note": "三天以上请主席一并审批。"},
            ),
            (self.hr[0], {"do": "cc", "people": [self.organiser.number]}),
        ]
        for approval, (person, action) in zip(waiting, verbs, strict=False):
            approvals.act(
                approval.pk, ballot=uuid.uuid4(), person=person, action=action, at=self.now - timedelta(hours=2)
            )

    def _propose_points(self) -> None:
        """One proposal is paid, another waits for the union chair."""
        workers = [row for row in self.company.workers if row.skill_level >= 3][:6]
        for days, reason, people, is_agreed in (
            (6, "高炉抢修立功", workers[:4], True),
            (1, "夜班带徒补贴", workers[4:6], False),
        ):
            at = self.now - timedelta(days=days)
            row = flows.propose_award(
                key=uuid.uuid4(), lines=[(person.number, 80) for person in people], reason=reason, budget_unit=self.company.root,
                by=self.organiser, at=at,
            )  # fmt: skip
            approval = Approval.objects.get(subject=row.subject)
            if is_agreed and approval.waiting.filter(person=self.chair).exists():
                approvals.decide(approval.pk, ballot=uuid.uuid4(), person=self.chair, verb="approve", note="同意",
                                 at=at + timedelta(hours=3))  # fmt: skip
