"""Budgets, the mall and a year of redemptions of the demo company."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from config.demo.company import Company
from config.demo.season import agree
from engine.approvals.models import Approval
from people.models import Employee, Unit
from rewards import flows
from rewards.domain import awards, budgets, bulk_awards, mall
from rewards.models import BulkAward, Item
from rewards.queries import balance

ITEMS = (
    {"kind": "leave", "title": "带薪休假半天", "points": 300, "half_days": 1, "yearly_cap": 6,
     "description": "上午或下午任选，经单位负责人和人力资源批准后生效。"},
    {"kind": "leave", "title": "带薪休假一天", "points": 560, "half_days": 2, "yearly_cap": 4,
     "description": "送给家人完整的一天。"},
    {"kind": "leave", "title": "带薪休假三天（疗休养）", "points": 1500, "half_days": 6, "yearly_cap": 1,
     "description": "工会疗养院名额另行安排。"},
    {"kind": "course", "title": "高级焊工技师研修班", "points": 400, "description": "国家级技能大师工作室授课，两天。"},
    {"kind": "course", "title": "PLC 与工业网络实训", "points": 350, "description": "带实物台架，学完即用。"},
    {"kind": "course", "title": "应急救护员取证培训", "points": 150, "description": "红十字会授课，考试合格发证。"},
)  # fmt: skip


class Points:
    """Grants budgets, fills the mall, and lets winners spend."""

    def __init__(self, company: Company, *, seed: int, now: datetime) -> None:
        self.company, self.now, self.random = company, now, Random(seed)  # noqa: S311
        self.hr = company.by_role["hr"][0]
        self.items: list[Item] = []

    def grant_budgets(self) -> None:
        """The union grants a year's points to the company's and the plants' budgets, and adds to them each quarter."""
        chair = self.company.by_role["union_chair"][0]
        units = [(self.company.root, 400_000), *[(plant, 300_000) for plant in self.company.plants]]
        for days, share, reason in ((360, 70, "年度积分预算"), *[(days, 10, "季度追加") for days in (270, 170, 75)]):
            at = self.now - timedelta(days=days)
            for unit, points in units:
                budgets.grant(
                    unit=unit, points=points * share // 100, by=chair, at=at, id=uuid.uuid4(), reason=reason
                )  # fmt: skip

    def welcome(self) -> None:
        """Everybody skilled was thanked once, so that many wallets hold something."""
        thanked = [row for row in self.company.workers if row.skill_level >= 3]
        for number, plant in enumerate(self.company.plants):
            lines = [
                awards.AwardLine(row, 200 + 100 * row.skill_level, "年度岗位练兵达标")
                for row in thanked
                if row.unit is not None and row.unit.path.startswith(plant.path)
            ][:300]
            at = self.now - timedelta(days=300 - number)
            awards.award(event=f"drill-{at:%Y}:{plant.code}", lines=lines, budget_unit=plant, by=None, at=at)

    def for_everybody(self) -> None:
        """One plant was thanked whole, unit by unit; the same for another waits until the chair agrees."""
        organiser = self.company.by_role["organiser"][0]
        whole, waiting = self.company.plants[:2]
        at = self.now - timedelta(days=40)
        paid = self._ask_for_all(whole, "安全生产月全员达标", organiser, at)
        agree(Approval.objects.filter(subject=paid.subject), at=at + timedelta(hours=3))
        while bulk_awards.pay_due(at=at + timedelta(hours=4)):
            pass
        self._ask_for_all(waiting, "设备零故障月", organiser, self.now - timedelta(hours=20))

    def _ask_for_all(self, unit: Unit, reason: str, by: Employee, at: datetime) -> BulkAward:
        return flows.ask_bulk_award(
            key=uuid.uuid4(), unit=unit, points=20, reason=reason, expires_on=None, by=by, at=at
        )  # fmt: skip

    def fill_mall(self) -> None:
        """Leave in three sizes and three courses with sessions to come."""
        at = self.now - timedelta(days=350)
        for fields in ITEMS:
            item = mall.save_item(item=None, by=self.hr, at=at, **fields)
            for week in (2, 5) if item.kind == "course" else ():
                starts = timezone.localtime(self.now + timedelta(weeks=week)).replace(
                    hour=9, minute=0, second=0, microsecond=0
                )
                mall.save_session(
                    item=item, session=None, by=self.hr, at=at, starts_at=starts, ends_at=starts + timedelta(hours=7),
                    place="职工培训中心 302", seats=12,
                )  # fmt: skip
            self.items.append(mall.publish(item=item, is_published=True, by=self.hr, at=at))

    def spend(self, *, count: int) -> None:
        """Let people ask for leave over the year; the newest requests still wait for a decision."""
        rich = [row for row in self.company.workers if row.skill_level >= 4]
        self.random.shuffle(rich)
        leave = [item for item in self.items if item.kind == "leave"]
        done = 0
        for employee in rich:
            if done == count:
                break
            points = balance(employee).available
            wanted = [item for item in leave if item.points <= points]
            if not wanted:
                continue
            done += 1
            is_new = done <= min(16, count // 2)
            days = 2 if is_new else self.random.randint(4, 280)
            self._ask(employee, self.random.choice(wanted), self.now - timedelta(days=days), is_open=is_new)

    def _ask(self, employee: object, item: Item, at: datetime, *, is_open: bool) -> None:
        row = flows.request(
            hold=uuid.uuid4(), item=item, employee=employee, points=item.points, at=at,
            wanted_on=timezone.localdate(at) + timedelta(days=5), is_afternoon=self.random.random() < 0.5,
        )  # fmt: skip
        asked = Approval.objects.filter(subject=row.subject)
        if not is_open:
            agree(asked, at=at + timedelta(hours=5))
        elif self.random.random() < 0.75:
            agree(asked, at=at + timedelta(hours=5), most=1)
