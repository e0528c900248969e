"""Points, items and sessions for tests."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from people.models import Employee
from rewards import flows
from rewards.domain import ledger, mall
from rewards.models import CourseSession, Item, Redemption
from rewards.pure.transfers import Transfer
from tests.factories.people import Company

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


def give_points(employee: Employee, points: int) -> None:
    grant = Transfer(id=str(uuid.uuid4()), debit="mint", credit="budget:tests", kind="grant", amount=points)
    award = Transfer(
        id=str(uuid.uuid4()), debit="budget:tests", credit=f"wallet:{employee.number}", kind="award", amount=points
    )
    ledger.demand([grant, award], at=AT)


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


def ask(item: Item, employee: Employee, *, hold: uuid.UUID | None = None, **wish: object) -> Redemption:
    return flows.request(hold=hold or uuid.uuid4(), item=item, employee=employee, points=item.points, at=AT, **wish)
