"""Whoever covers a shift hears it: for whom and when, and when it is not so any more; nobody hears anything twice."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from engine.approvals.models import Approval
from engine.notices.models import Notice
from people.models import Employee
from rewards import flows
from rewards.domain import leave
from rewards.domain.handover import marks
from rewards.models import LeaveGrant, LeaveRequest
from tests.factories.approvals import act
from tests.factories.people import Company
from tests.factories.rewards import AT, ask, give_points, make_leave
from tests.rewards.views.test_leave_pages import enter

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
DAY = (AT + timedelta(days=13)).date()  # 2026-12-03, a Thursday


@pytest.fixture
def request_(company: Company) -> LeaveRequest:
    return wish(company)


def wish(company: Company, half_days: int = 1, **fields: object) -> LeaveRequest:
    give_points(company.worker, 3000)
    item = make_leave(company, half_days=half_days)
    return LeaveRequest.objects.get(pk=ask(item, company.worker, wanted_on=DAY, **fields).pk)


def name(request: LeaveRequest, person: Employee, company: Company, minutes: int = 0) -> LeaveRequest:
    at = AT + timedelta(minutes=minutes)
    return leave.name_cover(request=request, number=person.number, by=company.shop_head, at=at)


def heard(person: Employee) -> list[str]:
    with override("zh-hans"):
        return [row.sentence for row in Notice.objects.filter(person=person, kind__startswith="leave.cover").order_by("created_at")]  # fmt: skip


@pytest.mark.parametrize(
    ("half_days", "is_afternoon", "sentence"),
    [
        (1, False, "你替{}顶班：2026-12-03 上午。"),
        (1, True, "你替{}顶班：2026-12-03 下午。"),
        (2, False, "你替{}顶班：2026-12-03。"),
        (3, False, "你替{}顶班：2026-12-03 – 2026-12-04（3 个半天）。"),
    ],
)
def test_who_covers_hears_for_whom_and_when(company: Company, half_days: int, is_afternoon: bool, sentence: str) -> None:  # fmt: skip
    request = wish(company, half_days, is_afternoon=is_afternoon)

    for _twice in range(2):
        name(request, company.stranger, company)

    assert heard(company.stranger) == [sentence.format(company.worker.name)]


def test_the_page_of_the_notice_opens_for_who_covers_and_nobody_else(
    company: Company, client: Client, request_: LeaveRequest
) -> None:
    name(request_, company.stranger, company)
    link = Notice.objects.get(person=company.stranger).link

    pages = [enter(client, person).get(link) for person in (company.stranger, company.leader)]

    assert [page.status_code for page in pages] == [200, 200]
    name(request_, company.judge, company, 1)
    assert enter(Client(), company.stranger).get(link).status_code == 404


def test_somebody_else_named_is_told_to_both(company: Company, request_: LeaveRequest) -> None:
    for minute, person in enumerate((company.stranger, company.judge, company.stranger)):
        name(request_, person, company, minute)

    covers, no_longer = (f"{words}{company.worker.name}顶班：2026-12-03 上午。" for words in ("你替", "你不用再替"))
    assert heard(company.stranger) == [covers, no_longer, covers]
    assert heard(company.judge) == [covers, no_longer]
    assert [bool(row.link) for row in Notice.objects.filter(person=company.stranger).order_by("created_at")] == [False, False, True]  # fmt: skip


@pytest.mark.parametrize("end", ["refused", "withdrawn"])
def test_leave_that_will_not_be_is_told(company: Company, request_: LeaveRequest, end: str) -> None:
    name(request_, company.stranger, company)
    approval = Approval.objects.get(subject=request_.redemption.subject)

    if end == "withdrawn":
        flows.cancel(redemption=request_.redemption, ballot=uuid.uuid4(), by=company.worker, at=LATER)
    else:
        act(approval, company.leader, "refuse", note="检修", at=LATER)

    assert heard(company.stranger)[1:] == [f"你不用再替{company.worker.name}顶班：2026-12-03 上午。"]


def test_returned_leave_tells_who_covered(company: Company) -> None:
    give_points(company.worker, 3000)
    item = make_leave(company, asks_approval=False)
    row = ask(item, company.worker, wanted_on=DAY)
    LeaveRequest.objects.filter(pk=row.pk).update(cover=company.stranger, cover_at=AT)

    marks.ask_return(grant=LeaveGrant.objects.get(redemption=row), by=company.worker, at=AT)

    assert heard(company.stranger) == [f"你不用再替{company.worker.name}顶班：2026-12-03 上午。"]


def test_days_that_are_over_are_told_to_nobody(company: Company, request_: LeaveRequest) -> None:
    name(request_, company.stranger, company)

    leave.let_cover_go(redemption=request_.redemption, at=AT + timedelta(days=30))

    assert len(heard(company.stranger)) == 1


def test_leave_nobody_covers_takes_one_statement(
    company: Company, request_: LeaveRequest, django_assert_num_queries: Any
) -> None:
    row = request_.redemption

    with django_assert_num_queries(1):
        leave.let_cover_go(redemption=row, at=AT)
