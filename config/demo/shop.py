"""The demo's mall beside leave: goods, vouchers, courses with sessions, honours; what waits at its desks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config.demo import drawings
from config.demo.company import Company
from config.demo.season import agree
from engine.approvals.models import Approval
from people.models import Employee
from rewards import flows
from rewards.domain import courses, mall, pictures, stock
from rewards.models import CourseSession, Item, Redemption, Seat
from rewards.queries import balance

UNION = "工会活动室（周二、周四 12:00–13:30）"
GATE = "一号门服务点（工作日 7:30–18:00）"
GOODS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("mug", 24, {"title": "工会纪念马克杯", "points": 80, "category_name": "生活", "pickup_place": UNION,
                 "description": "陶瓷，350 毫升，印有金榜徽标。"}),
    ("thermos", 12, {"title": "保温杯 500ml 工会定制", "points": 160, "category_name": "生活", "pickup_place": UNION, "yearly_cap": 2,
                     "description": "316 不锈钢内胆，保温 12 小时。"}),
    ("umbrella", 3, {"title": "双层防风晴雨伞", "points": 120, "category_name": "生活", "pickup_place": GATE,
                     "description": "十骨加固，伞面 110 厘米。"}),
    ("gloves", 56, {"title": "劳保手套 12 双", "points": 60, "category_name": "劳保", "pickup_place": GATE,
                    "description": "丁腈浸胶，防滑耐磨。", "refund_percent": 80}),
    ("lamp", 0, {"title": "充电护眼台灯", "points": 260, "category_name": "生活", "pickup_place": UNION,
                 "description": "三档色温，续航 8 小时。"}),
)  # fmt: skip
VOUCHERS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("voucher", 120, {"title": "食堂餐券 50 元", "points": 100, "category_name": "餐饮", "pickup_place": GATE, "yearly_cap": 12,
                      "description": "各食堂通用，半年内有效。"}),
    ("film", 40, {"title": "职工影城电影票两张", "points": 140, "category_name": "文娱", "pickup_place": UNION,
                  "description": "周一至周日通兑，节假日除外。"}),
)  # fmt: skip
HONOURS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("lunch", 6, {"title": "与董事长共进午餐", "points": 600, "category_name": "荣誉", "min_service_months": 24, "min_skill_level": 3,
                  "lifetime_cap": 1, "description": "每季度一次，面对面谈生产、谈建议。", "refund_percent": 0}),
    ("medal", 12, {"title": "荣誉墙专属合影", "points": 300, "category_name": "荣誉", "lifetime_cap": 1, "min_earned_points": 400,
                   "description": "专业摄影，展示在厂史馆荣誉墙一年。", "refund_percent": 0}),
)  # fmt: skip
PICTURES = {
    "带薪休假一天": "palm",
    "带薪休假三天（疗休养）": "palm",
    "高级焊工技师研修班": "torch",
    "PLC 与工业网络实训": "circuits",
    "应急救护员取证培训": "cross",
    "带薪休假半天": "palm",
}
BOUGHT = ("工会纪念马克杯", "食堂餐券 50 元", "充电护眼台灯", "职工影城电影票两张", "劳保手套 12 双", "食堂餐券 50 元", "工会纪念马克杯",
          "食堂餐券 50 元", "保温杯 500ml 工会定制", "职工影城电影票两张", "劳保手套 12 双", "双层防风晴雨伞")  # fmt: skip
TEACHERS = ("全国技术能手 刘志强", "首席技师 陈桂芳", "红十字会 培训导师 孙敏")


class Shop:
    """Fills the shelves, lets people buy, and leaves something to do at every desk."""

    def __init__(self, company: Company, *, seed: int, now: datetime) -> None:
        self.company, self.now, self.random = company, now, Random(seed)  # noqa: S311
        self.hr, self.organiser = company.by_role["hr"][0], company.by_role["organiser"][0]
        self.buyers: Iterator[Employee] = iter(())

    def open(self) -> None:
        """Goods, vouchers and honours with stock and pictures; pictures and a past session for the courses."""
        at = self.now - timedelta(days=120)
        for kind, rows in (("goods", GOODS), ("voucher", VOUCHERS), ("honour", HONOURS)):
            for drawing, left, fields in rows:
                item = mall.save_item(
                    item=None,
                    by=self.organiser,
                    at=at,
                    kind=kind,
                    asks_approval=kind == "honour",
                    is_limited=True,
                    **fields,
                )
                self._show(item, drawing, at)
                # One lamp was there and is sold: an item of which nothing is left.
                stock.correct(
                    key=uuid.uuid4(), item=item, change=max(left, 1), reason="首批到货", by=self.organiser, at=at
                )
                mall.publish(item=item, is_published=True, by=self.organiser, at=at)
        for title, drawing in PICTURES.items():
            self._show(Item.objects.get(title=title), drawing, at)

    def _show(self, item: Item, drawing: str, at: datetime) -> None:
        upload = SimpleUploadedFile(f"{drawing}.png", drawings.picture(drawing))
        pictures.add(item=item, upload=upload, alt=item.title, by=self.organiser, at=at)

    def trade(self) -> None:
        """Some have collected, some have not, some wait for a seat; one course is over and marked."""
        rich = [row for row in self.company.workers if row.skill_level >= 4]
        self.random.shuffle(rich)
        self.buyers = (row for row in rich if balance(row).available >= 600)
        for number, title in enumerate(BOUGHT):
            row = self._buy(title, days=20 - number)
            if row is not None and number < 6:
                at = row.asked_at + timedelta(days=1)
                flows.hand_over(redemption=row, place="", by=self.organiser, at=at)
        for title, is_agreed in (
            ("荣誉墙专属合影", True),
            ("与董事长共进午餐", True),
            ("荣誉墙专属合影", True),
            ("荣誉墙专属合影", False),
        ):
            row = self._buy(title, days=9)
            if row is not None and is_agreed:
                agree(Approval.objects.filter(subject=row.subject), at=row.asked_at + timedelta(hours=5))
        self._teach()
        self._queue()

    def serve(self, worker: Employee) -> None:
        """The worker of the demo has a mug to collect when the points allow."""
        self.buyers = iter([worker])
        if balance(worker).available >= 200:
            self._buy("工会纪念马克杯", days=1)

    def _buy(self, title: str, *, days: int, **wish: Any) -> Redemption | None:
        item, person = Item.objects.get(title=title), next(self.buyers, None)
        if person is None or (item.min_service_months and person.joined_on is None):
            return None
        at = self.now - timedelta(days=days)
        return flows.request(hold=uuid.uuid4(), item=item, employee=person, points=item.points, at=at, **wish)

    def _session(self, item: Item, *, days: int, seats: int) -> CourseSession:
        starts = timezone.localtime(self.now + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)
        return mall.save_session(
            item=item, session=None, by=self.hr, at=self.now - timedelta(days=60), starts_at=starts, ends_at=starts + timedelta(hours=7),
            closes_at=starts - timedelta(days=2), place="职工培训中心 201", teacher=self.random.choice(TEACHERS), seats=seats,
        )  # fmt: skip

    def _teach(self) -> None:
        """A course of two weeks ago: three came, one did not."""
        item = Item.objects.get(title="应急救护员取证培训")
        session = self._session(item, days=-14, seats=8)
        for _place in range(4):
            row = self._buy(item.title, days=30, session=session)
            if row is not None:
                agree(Approval.objects.filter(subject=row.subject), at=row.asked_at + timedelta(hours=5))
        seats = list(Seat.objects.filter(session=session).order_by("pk"))
        marks = {seat.pk: "absent" if place == 3 else "attended" for place, seat in enumerate(seats)}
        courses.mark(session=session, marks=marks, by=self.hr, at=session.ends_at)

    def _queue(self) -> None:
        """A small session next week that is full, and two who wait for a seat."""
        item = Item.objects.get(title="PLC 与工业网络实训")
        session = self._session(item, days=9, seats=2)
        for place in range(4):
            row = self._buy(item.title, days=6 - place, session=session, may_wait=True)
            if row is not None and row.state == Redemption.State.RESERVED:
                agree(Approval.objects.filter(subject=row.subject), at=row.asked_at + timedelta(hours=5))
