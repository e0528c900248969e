"""A page's id sent again: with the same content it is the same; with another, or by somebody else, it is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from engine.approvals.models import Approval
from rewards import flows
from rewards.domain import bulk_awards, manual_awards
from rewards.domain.keys import Reused
from rewards.domain.manual_awards import Given
from rewards.models import BulkAward, ManualAward, TopUp
from tests.factories.people import Company
from tests.factories.rewards import AT, make_fund
from tests.support import refused

pytestmark = pytest.mark.django_db
KEY = uuid.UUID(int=77)


def top_up(company: Company) -> tuple[Callable[..., Any], dict[str, Any]]:
    fields = {"unit": company.shop, "points": 500, "reason": "下半年", "fund": "default"}
    return partial(flows.ask_top_up, key=KEY, at=AT), fields


def bulk(company: Company) -> tuple[Callable[..., Any], dict[str, Any]]:
    fields = {"unit": company.shop, "points": 5, "reason": "安全月", "fund": "default", "expires_on": date(2027, 6, 30)}
    return partial(flows.ask_bulk_award, key=KEY, at=AT), fields


def manual(company: Company) -> tuple[Callable[..., Any], dict[str, Any]]:
    fields = {
        "budget_unit": company.plant, "lines": [("1301", 50), ("1001", 20)], "reason": "抢修", "fund": "default",
        "season": None,
    }  # fmt: skip
    return partial(flows.propose_award, key=KEY, at=AT), fields


def from_file(company: Company) -> tuple[Callable[..., Any], dict[str, Any]]:
    fields = {
        "budget_unit": company.plant, "given": [Given(2, "1301", 50, reason="抢修")], "reason": "抢修",
        "fund": "default", "season": None,
    }  # fmt: skip
    return partial(manual_awards.keep_draft, key=KEY, file_name="a.xlsx", at=AT), fields


def others(company: Company) -> dict[str, Any]:
    """Another value for each field."""
    return {
        "unit": company.plant, "budget_unit": company.root, "points": 6, "reason": "别的", "fund": "union",
        "expires_on": date(2027, 7, 1), "lines": [("1301", 51), ("1001", 20)],
        "given": [Given(2, "1301", 51, reason="抢修")],
    }  # fmt: skip


@pytest.mark.parametrize("ask", [top_up, bulk, manual, from_file], ids=lambda ask: ask.__name__)
def test_id_sent_again_is_the_same_and_with_another_content_refused(company: Company, ask: Callable[..., Any]) -> None:
    make_fund(company)
    send, fields = ask(company)
    first, again = (send(by=company.organiser, **fields) for _twice in range(2))

    for name, other in others(company).items():
        if name in fields:
            with refused(Reused, code="reused"):
                send(by=company.organiser, **(fields | {name: other}))
    with refused(Reused, code="reused"):
        send(by=company.union_chair, **fields)

    assert (first.pk, again.pk) == (KEY, KEY)
    assert sum(table.objects.count() for table in (TopUp, BulkAward, ManualAward)) == 1
    assert Approval.objects.count() == (0 if ask is from_file else 1)
    first.refresh_from_db()
    assert first.reason == fields["reason"]


def test_last_day_the_fund_gave_is_no_other_content(company: Company) -> None:
    make_fund(company, expiry_months=6)
    fields = {"unit": company.shop, "points": 5, "reason": "安全月", "fund": "union", "expires_on": None}
    row = flows.ask_bulk_award(key=KEY, at=AT, by=company.organiser, **fields)
    bulk_awards.begin(award=row, at=AT)

    again = flows.ask_bulk_award(key=KEY, at=AT, by=company.organiser, **fields)

    assert again.expires_on == date(2027, 5, 20)
