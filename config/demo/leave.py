"""Leave of the demo company: black-out days and quotas, HR's files, one row that needs a look, a night's comparison."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from config.demo.company import Company
from people.models import Employee
from rewards.domain import awards, leave, reconciliation
from rewards.domain.handover import batches, marks
from rewards.models import HandOver, Item, LeaveGrant, LeaveRequest

MONTHS = 11


class Leave:
    """Carries the year's leave to HR, sets the rules of the weeks to come, gives one worker a year of statements."""

    def __init__(self, company: Company, *, now: datetime) -> None:
        self.company, self.now = company, now
        self.hr = company.by_role["hr"][0]

    def work(self, *, worker: Employee) -> None:
        """Do everything once."""
        self._year_of(worker)
        self._hand_over()
        self._limit(worker)
        self._name_covers()
        reconciliation.run(at=self.now, by=self.hr)

    def _year_of(self, worker: Employee) -> None:
        """A few points every month, each ending a year later, so that each month has a statement."""
        plant = next(
            (row for row in self.company.plants if worker.unit and worker.unit.path.startswith(row.path)), None
        )
        for back in range(MONTHS, -1, -1):
            at = self.now - timedelta(days=30 * back, hours=3)
            awards.award(
                event=f"drill-{at:%Y-%m}:{worker.number}", budget_unit=plant, by=None, at=at,
                lines=[awards.AwardLine(worker, 20 + 5 * (back % 4), "班组安全积分")],
                expires_on=timezone.localdate(at) + timedelta(days=365),
            )  # fmt: skip

    def _hand_over(self) -> None:
        """HR has entered all but the newest leave; one more waits after an answer that did not come."""
        if HandOver.objects.filter(status=HandOver.Status.WAITING).exists():
            batch = batches.make(by=self.hr, at=self.now - timedelta(days=3))
            batches.entered(batch=batch, number="HR-2026-118", by=self.hr, at=self.now - timedelta(days=2))
        grant = LeaveGrant.objects.filter(state=LeaveGrant.State.GRANTED).order_by("-granted_at").first()
        if grant is not None:
            marks.ask_return(grant=grant, by=grant.employee, at=self.now - timedelta(hours=6))
            HandOver.objects.filter(grant=grant, verb=HandOver.Verb.REVERSE).update(
                status=HandOver.Status.GIVEN_UP, last_error="HTTP 503", attempts=6, channel="webhook",
            )  # fmt: skip

    def _limit(self, worker: Employee) -> None:
        """An overhaul is planned, every shop keeps people at work, half days need cover."""
        today = timezone.localdate(self.now)
        leave.save_black_out(
            row=None, unit=self.company.plants[1], from_on=today + timedelta(days=30),
            until_on=today + timedelta(days=44), reason="转炉年度检修", by=self.hr, at=self.now,
        )  # fmt: skip
        shops = {row.parent for row in [worker.unit] if row is not None and row.parent is not None}
        for shop in shops:
            leave.save_limit(unit=shop, most_away=2, half_days=400, by=self.hr, at=self.now)
        for item in Item.objects.filter(kind="leave"):
            leave.save_rule(item=item, person_cap_half_days=12, needs_cover=item.half_days > 1, by=self.hr, at=self.now)

    def _name_covers(self) -> None:
        """Unit heads have named who covers some of the shifts that wait."""
        rows = LeaveRequest.objects.filter(redemption__state="reserved").select_related(
            "redemption__employee__unit__head"
        )
        for row in rows[:8]:
            person = row.redemption.employee
            others = Employee.objects.filter(unit=person.unit, is_active=True).exclude(pk=person.pk).order_by("number")
            head = person.unit.head if person.unit else None
            cover = others.last()
            if cover is not None and head is not None and row.wanted_on:
                leave.name_cover(request=row, number=cover.number, by=head, at=self.now - timedelta(hours=2))
