"""Pages of budgets, top-ups and bulk awards."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engine.approvals.models import Approval
from people.models import Employee
from rewards import flows, tasks
from rewards.domain import awards, budgets, ledger
from rewards.models import BulkAward, TopUp
from tests.factories.approvals import act
from tests.factories.people import Company

AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def signed_in(client: Client, person: Employee) -> Client:
    client.force_login(person)
    return client


def fill(unit: object, points: int = 1000) -> None:
    budgets.grant(unit=unit, points=points, by=None, at=AT, id=uuid.uuid4())


def propose(company: Company) -> BulkAward:
    return flows.ask_bulk_award(
        key=uuid.uuid4(),
        unit=company.shop,
        points=10,
        reason="安全生产月",
        expires_on=None,
        by=company.organiser,
        at=AT,
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_budgets_page_takes_the_same_statements_for_any_number(
    company: Company, client: Client, django_assert_num_queries: object, rows: int
) -> None:
    for unit in (company.plant, company.shop, company.team)[:rows]:
        fill(unit)
        flows.ask_top_up(key=uuid.uuid4(), unit=unit, points=5, reason="x", by=company.organiser, at=AT)
    page = signed_in(client, company.union_chair)
    page.get(reverse("rewards:budgets"))

    with django_assert_num_queries(STATEMENTS["budgets"]):
        answer = page.get(reverse("rewards:budgets"))

    assert answer.status_code == 200


def test_budgets_page_says_the_day_each_budget_runs_out(company: Company, client: Client) -> None:
    """The plant gave 450 of 1,350 in the 90 days: 180 more days; what the shop was given it has not touched."""
    now = timezone.now()
    budgets.grant(unit=company.plant, points=1450, by=None, at=now, id=uuid.uuid4())
    for days, points in ((5, 300), (80, 150), (200, 100)):
        line = [awards.AwardLine(company.worker, points, "")]
        awards.award(
            event=f"drill:{days}", lines=line, budget_unit=company.plant, by=None, at=now - timedelta(days=days)
        )
    fill(company.shop)

    rows = signed_in(client, company.union_chair).get(reverse("rewards:budgets")).context["rows"]

    today = timezone.localdate(now)
    assert {row.unit: (row.left, row.awarded, row.runs_out_on) for row in rows} == {
        company.plant.name: (900, 550, today + timedelta(days=180)),
        company.shop.name: (1000, 0, None),
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_bulk_awards_page_takes_the_same_statements_for_any_number(
    company: Company, client: Client, django_assert_num_queries: object, rows: int
) -> None:
    for _ in range(rows):
        propose(company)
    page = signed_in(client, company.union_chair)
    page.get(reverse("rewards:bulk-awards"))

    with django_assert_num_queries(STATEMENTS["bulk-awards"]):
        answer = page.get(reverse("rewards:bulk-awards"))

    assert answer.status_code == 200


STATEMENTS = {"budgets": 16, "bulk-awards": 8}


def test_budgets_page_shows_only_the_chosen_branch(company: Company, client: Client) -> None:
    fill(company.plant, 100)
    budgets.hand_down(unit=company.team, points=30, by=None, at=AT, id=uuid.uuid4())

    rows = (
        signed_in(client, company.auditor).get(reverse("rewards:budgets"), {"unit": company.shop.code}).context["rows"]
    )

    assert [(row.code, row.given, row.depth) for row in rows] == [(company.team.code, 30, 0)]


@pytest.mark.django_db(transaction=True)
def test_points_are_handed_down_by_the_form_once(company: Company, client: Client) -> None:
    fill(company.plant, 100)
    sent = {"id": uuid.uuid4(), "unit": company.shop.pk, "points": 60, "source": "above", "reason": "一季度"}
    page = signed_in(client, company.union_chair)

    answers = [page.post(reverse("rewards:grant-budget"), sent).status_code for _ in range(2)]
    too_much = page.post(reverse("rewards:grant-budget"), {**sent, "id": uuid.uuid4()})

    assert (answers, too_much.status_code) == ([302, 302], 422)
    assert ledger.verify() is None


@pytest.mark.parametrize("points", ["0", "-5", "1.5", "x", ""])
def test_wrong_points_are_refused_beside_the_form(company: Company, client: Client, points: str) -> None:
    sent = {"top-up-id": uuid.uuid4(), "top-up-unit": company.shop.pk, "top-up-points": points, "top-up-reason": "x"}

    answer = signed_in(client, company.organiser).post(reverse("rewards:top-up"), sent)

    assert (answer.status_code, TopUp.objects.count()) == (422, 0)


def test_bulk_award_by_the_pages_from_proposal_to_paid(company: Company, client: Client) -> None:
    fill(company.plant, 1000)
    page = signed_in(client, company.organiser)
    sent = {"id": uuid.uuid4(), "unit": company.shop.pk, "points": 10, "reason": "安全生产月"}
    answers = [page.post(reverse("rewards:propose-bulk-award"), sent) for _ in range(2)]
    award = BulkAward.objects.get()
    act(Approval.objects.get(subject=award.subject), company.union_chair)
    paying = page.get(reverse("rewards:bulk-progress", args=[award.pk])).content.decode()

    tasks.pay_bulk_awards(at=AT)

    paid = page.get(reverse("rewards:bulk-award", args=[award.pk])).content.decode()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert ("every 1s" in paying, "every 1s" in paid) == (True, False)


def test_stopped_bulk_award_goes_on_by_who_may_grant(company: Company, client: Client) -> None:
    award = propose(company)
    act(Approval.objects.get(subject=award.subject), company.union_chair)
    tasks.pay_bulk_awards(at=AT)
    address = reverse("rewards:resume-bulk-award", args=[award.pk])

    refused = signed_in(client, company.organiser).post(address).status_code
    fill(company.plant, 1000)
    done = signed_in(client, company.union_chair).post(address).status_code
    tasks.pay_bulk_awards(at=AT)

    award.refresh_from_db()
    assert (refused, done, award.state) == (403, 302, "paid")
