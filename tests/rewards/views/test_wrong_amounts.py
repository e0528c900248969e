"""Every form that takes points: negative, zero, huge, fractional and other nonsense is named beside its field; nothing moves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from rewards.models import AwardRule, BulkAward, Item, ManualAward, TopUp
from rewards.models.ledger import Transfer
from tests.factories.people import Company
from tests.rewards.test_manual_awards import as_
from tests.rewards.views.test_rules import FORM as RULE

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = ["0", "-5", "1.5", "9" * 30, "1e3", "五十", "NaN", ""]
Sent = tuple[str, dict[str, Any], str]


def grant(company: Company, points: str) -> Sent:
    fields = {"id": uuid.uuid4(), "unit": company.plant.pk, "points": points, "reason": "全年", "source": "new"}
    return "/mall/budgets/grants/", fields, "points"


def hand_down(company: Company, points: str) -> Sent:
    address, fields, field = grant(company, points)
    return address, fields | {"source": "above"}, field


def top_up(company: Company, points: str) -> Sent:
    fields = {"id": uuid.uuid4(), "unit": company.plant.pk, "points": points, "reason": "下半年"}
    return "/mall/budgets/top-ups/", {f"top-up-{name}": value for name, value in fields.items()}, "points"


def bulk(company: Company, points: str) -> Sent:
    fields = {"id": uuid.uuid4(), "unit": company.shop.pk, "points": points, "reason": "安全月"}
    return "/mall/bulk-awards/proposals/", fields, "points"


def manual(company: Company, points: str) -> Sent:
    fields = {"key": uuid.uuid4(), "reason": "抢修", "budget_unit": company.plant.pk, "lines": f"1301 {points}"}
    return "/mall/awards/new/", fields, "lines"


def price(company: Company, points: str) -> Sent:
    fields = {"kind": "goods", "title": "雨伞", "points": points, "pickup_place": "活动室", "refund_percent": "0",
              "refund_days_before": "0", "pickup_days": "0", "min_service_months": "0", "min_skill_level": "0", "min_earned_points": "0"}  # fmt: skip
    return "/mall/catalogue/new/", fields, "points"


def rule(company: Company, points: str) -> Sent:
    return "/mall/rules/new/", RULE | {"points_kind": "fixed", "fixed": points}, "fixed"


FORMS = (grant, hand_down, top_up, bulk, manual, price, rule)
# A rule of 0 points is one that gives a badge only.
CASES = [pytest.param(form, points, id=f"{form.__name__} {points}") for form in FORMS for points in WRONG if (form, points) != (rule, "0")]  # fmt: skip


@pytest.mark.parametrize(("form", "points"), CASES)
def test_amount_that_is_none_is_named_beside_its_field(
    company: Company, form: Callable[[Company, str], Sent], points: str
) -> None:
    client: Client = as_(company.hr if form is price else company.union_chair)
    address, fields, field = form(company, points)

    answer = client.post(address, fields)

    assert answer.status_code == 422
    named = {name for form in forms_of(answer.context) for name in form.errors}
    assert named == {field}
    assert not any(table.objects.exists() for table in (Transfer, TopUp, BulkAward, ManualAward, AwardRule, Item))


def forms_of(context: Any) -> list[Any]:
    """The forms of a page that were sent."""
    values = {id(value): value for layer in context for value in layer.flatten().values()}
    return [value for value in values.values() if getattr(value, "is_bound", False) and hasattr(value, "errors")]
