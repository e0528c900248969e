"""Points, items and sessions for tests."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from people.models import Employee
from rewards import flows
from rewards.domain import badges, funds, ledger, mall, stock
from rewards.models import BadgeAward, CourseSession, Fund, Item, LeaveGrant, Redemption
from rewards.pure.transfers import Transfer, in_fund
from rewards.queries.stock import left_of
from tests.factories.people import Company

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


def give_points(employee: Employee, points: int, *, fund: str = "") -> None:
    mint, budget, wallet = (in_fund(code, fund) for code in ("mint", "budget:tests", f"wallet:{employee.number}"))
    grant = Transfer(id=str(uuid.uuid4()), debit=mint, credit=budget, kind="grant", amount=points)
    award = Transfer(id=str(uuid.uuid4()), debit=budget, credit=wallet, kind="award", amount=points)
    ledger.demand([grant, award], at=AT)


def make_fund(company: Company, code: str = "union", **fields: object) -> Fund:
    named = {"name": "工会经费", "name_en": "Union fund"} | fields
    return funds.save(code=code, is_new=True, by=company.union_chair, at=AT, **named)


def make_leave(company: Company, *, points: int = 300, half_days: int = 1, **fields: object) -> Item:
    item = mall.save_item(
        item=None,
        by=company.hr,
        at=AT,
        kind="leave",
        title="带薪休假半天",
        points=points,
        half_days=half_days,
        **fields,
    )
    return mall.publish(item=item, is_published=True, by=company.hr, at=AT)


def make_course(company: Company, *, seats: int = 2, points: int = 100) -> tuple[Item, CourseSession]:
    item = mall.save_item(item=None, by=company.hr, at=AT, kind="course", title="PLC 实训", points=points)
    starts = AT + timedelta(days=10)
    session = mall.save_session(
        item=item, session=None, by=company.hr, at=AT, starts_at=starts, ends_at=starts + timedelta(hours=6),
        place="302", seats=seats,
    )  # fmt: skip
    return mall.publish(item=item, is_published=True, by=company.hr, at=AT), session


def ask(item: Item, employee: Employee, *, hold: uuid.UUID | None = None, at: datetime = AT, **wish: object) -> Redemption:  # fmt: skip
    return flows.request(hold=hold or uuid.uuid4(), item=item, employee=employee, points=item.points, at=at, **wish)


def make_goods(company: Company, *, left: int = 5, points: int = 50, kind: str = "goods", **fields: object) -> Item:
    defaults = {"title": "工会保温杯", "pickup_place": "工会活动室", "asks_approval": False}
    item = mall.save_item(item=None, by=company.hr, at=AT, kind=kind, points=points, **(defaults | fields))
    if left:
        stock.correct(key=uuid.uuid4(), item=item, change=left, reason="到货", by=company.hr, at=AT)
    return mall.publish(item=item, is_published=True, by=company.hr, at=AT)


def seats_left(session: CourseSession) -> int:
    return left_of([session.seats_account])[session.seats_account]


def pieces_left(item: Item) -> int:
    return left_of([item.stock_account])[item.stock_account]


def grant_leave(company: Company, employee: Employee, *, item: Item | None = None, **wish: object) -> LeaveGrant:
    """Give granted leave to somebody who has the points, without anybody asked: half a day unless the item says more."""
    half_days = wish.pop("half_days", 1)
    item = item or make_leave(company, half_days=half_days, asks_approval=False)
    return LeaveGrant.objects.get(redemption=ask(item, employee, **wish))


def make_badge(company: Company, *, code: str = "steady", title: str = "稳手") -> BadgeAward:
    """A badge the worker has earned."""
    fields = {"title": title, "description": "三个月无返工", "criteria": "连续三个月零返工", "is_active": True}
    badges.save_class(badge=None, by=company.organiser, at=AT, code=code, **fields)
    return badges.give(badge=code, employee=company.worker, at=AT, cause="rule:1", reason="三个月零返工")
