"""Points for many at once: agreed to by another, paid unit by unit, resumed where they stopped."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from engine.approvals.models import Approval
from rewards import flows, tasks
from rewards.domain import budgets, bulk_awards, ledger
from rewards.models import BulkAward, TopUp
from rewards.queries import balance
from rewards.queries.budgets import budget_tree
from tests.factories.approvals import act
from tests.factories.people import Company
from tests.support import refused

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def propose(company: Company, points: int = 10, key: uuid.UUID | None = None) -> BulkAward:
    return flows.ask_bulk_award(
        key=key or uuid.uuid4(),
        unit=company.plant,
        points=points,
        reason="安全生产月",
        expires_on=None,
        by=company.organiser,
        at=AT,
    )


def agree(subject: str, company: Company) -> None:
    act(Approval.objects.get(subject=subject), company.union_chair, "approve")


def fill(company: Company, points: int) -> None:
    budgets.grant(unit=company.plant, points=points, by=None, at=AT, id=uuid.uuid4())


def test_nobody_is_paid_before_somebody_else_agrees(company: Company) -> None:
    fill(company, 10_000)
    award = propose(company)

    assert tasks.pay_bulk_awards(at=AT) == 0
    agree(award.subject, company)
    parts = tasks.pay_bulk_awards(at=AT)

    award.refresh_from_db()
    assert (award.state, award.people_paid, parts) == ("paid", award.people, award.parts.count())
    assert balance(company.worker).available == 10
    assert tasks.pay_bulk_awards(at=AT) == 0
    assert ledger.verify() is None


def test_same_proposal_twice_is_one(company: Company) -> None:
    key = uuid.uuid4()

    rows = [propose(company, key=key) for _ in range(2)]

    assert rows[0].pk == rows[1].pk
    assert Approval.objects.filter(subject=rows[0].subject).count() == 1


def test_empty_budget_stops_between_units_and_goes_on_where_it_stopped(company: Company) -> None:
    award = propose(company)
    agree(award.subject, company)
    first = award.parts.order_by("id").first()
    assert first is not None
    fill(company, 10 * len(first.numbers) + 5)

    tasks.pay_bulk_awards(at=AT)
    award.refresh_from_db()
    stopped = (award.state, award.people_paid, award.parts.filter(paid_at=None).count() > 0)
    fill(company, 10_000)
    bulk_awards.resume(award=award, by=company.union_chair, at=AT)
    tasks.pay_bulk_awards(at=AT)

    award.refresh_from_db()
    assert stopped == ("stopped", len(first.numbers), True)
    assert (award.state, award.people_paid) == ("paid", award.people)
    assert balance(company.worker).available == 10
    assert ledger.verify() is None


def test_unit_without_anybody_is_refused(company: Company) -> None:
    from people.models import Unit

    empty = Unit.objects.create(code="empty", name="空", parent=company.plant)

    with refused(bulk_awards.Nobody):
        flows.ask_bulk_award(
            key=uuid.uuid4(), unit=empty, points=1, reason="x", expires_on=None, by=company.organiser, at=AT
        )


def test_awards_draw_from_the_nearest_budget_above(company: Company) -> None:
    from rewards.domain.awards import payer_of

    none = payer_of(company.team)
    budgets.grant(unit=company.plant, points=100, by=None, at=AT, id=uuid.uuid4())

    assert (none, payer_of(company.team), payer_of(company.plant)) == (company.team, company.plant, company.plant)


def test_points_are_handed_down_the_tree(company: Company) -> None:
    fill(company, 100)

    budgets.hand_down(unit=company.team, points=30, by=None, at=AT, id=uuid.uuid4())
    with refused(ledger.BudgetEmpty):
        budgets.hand_down(unit=company.team, points=71, by=None, at=AT, id=uuid.uuid4())

    rows = {row.code: (row.given, row.handed_on, row.left, row.depth) for row in budget_tree(at=AT)}
    assert rows == {company.plant.code: (100, 30, 70, 0), company.team.code: (30, 0, 30, 1)}


def test_top_up_is_given_when_finance_agrees(company: Company) -> None:
    fill(company, 100)
    asked = flows.ask_top_up(
        key=uuid.uuid4(), unit=company.team, points=40, reason="第四季度", by=company.organiser, at=AT
    )
    before = [row.code for row in budget_tree(at=AT)]

    agree(asked.subject, company)

    rows = {row.code: row.left for row in budget_tree(at=AT)}
    assert before == [company.plant.code]
    assert (TopUp.objects.get().state, rows) == ("granted", {company.plant.code: 60, company.team.code: 40})
