"""The auditor's patterns cover what rules pay and who agrees to redemptions, with what is behind each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from engine.approvals.models import Approval
from rewards import flows
from rewards.domain import award_rules
from rewards.models import RuleDecision
from tests.factories.approvals import act
from tests.factories.people import Company, make_employee
from tests.factories.rewards import AT, ask, give_points, make_goods
from tests.factories.rules import fill, make_rule
from tests.rewards.views.test_leave_pages import enter

pytestmark = pytest.mark.django_db
ADDRESS = "/mall/patterns/?days=1095"


def decided(company: Company, points: dict[str, list[int]]) -> None:
    """Let a rule pay people, several times each."""
    make_rule(
        "hours", definition={"event": "course.attended", "points": {"fact": "hours", "each": 1}, "approval_from": 900}
    )
    fill(100_000)
    people = {"1301": company.worker} | {name: make_employee(company.team) for name in points if name != "1301"}
    for name, given in points.items():
        for place, hours in enumerate(given):
            award_rules.award_event(
                event="course.attended", key=f"{name}:{place}", employee=people[name], facts={"hours": hours},
                at=AT + timedelta(days=place),
            )  # fmt: skip


def rows_of(client: Client) -> list[tuple[Any, str, str]]:
    return [(row, str(title), text) for row, title, text in client.get(ADDRESS).context["rows"]]


def test_a_rule_that_pays_one_person_far_more(company: Company, client: Client) -> None:
    decided(company, {"1301": [100, 100, 100]} | {f"n{place}": [20] for place in range(5)})

    ((row, title, text),) = rows_of(enter(client, company.auditor))
    page = client.get(ADDRESS).content.decode()

    assert page.count("&amp;pattern=") == 5  # export, three spans, and the one pattern that is found
    assert (row.finding.pattern, row.names, row.about) == ("rule-one-person", ("焊工赵磊",), "规则 hours")
    assert title == "某规则给一人发放明显偏多"
    assert text == "规则“规则 hours”分 3 次给焊工赵磊发放了 300 分；该规则共给 6 人发放，其余人中有一半不超过 20 分。"
    assert len(row.behind) == 3
    assert client.get(row.behind[0].link).status_code == 200
    assert "/mall/decisions/?rule=hours&amp;q=1301" in page


def test_one_approver_of_what_rules_pay_one_worker(company: Company, client: Client) -> None:
    decided(company, {"1301": [900, 900, 900, 900]})
    flows.ask_for_awards(at=AT)
    for row in RuleDecision.objects.order_by("at"):
        act(Approval.objects.get(subject=row.subject), company.union_chair, at=timezone.now())

    ((row_, _title, text),) = rows_of(enter(client, company.auditor))

    assert (row_.finding.pattern, row_.finding.points, len(row_.behind)) == ("rule-approver", 3600, 4)
    assert text.startswith("工会union_chair在 90 天内 4 次同意了焊工赵磊的规则奖励，占该职工须审批奖励的 100%")


@pytest.mark.parametrize("count", [3, 4])
def test_redemptions_agreed_to_within_a_small_unit(company: Company, client: Client, count: int) -> None:
    give_points(company.worker, 3000)
    item = make_goods(company, left=9, asks_approval=True)
    for _ in range(count):
        asked = ask(item, company.worker)
        while (approval := Approval.objects.get(subject=asked.subject)).status == "running":
            person = approval.waiting.first().person
            act(approval, person, at=timezone.now())
        asked.refresh_from_db()
        assert asked.state == "ready"

    found = rows_of(enter(client, company.auditor))

    assert len(found) == (count >= 4)
    if found:
        (row, title, text) = found[0]
        assert (row.finding.count, row.finding.points) == (4, 200)
        assert client.get(row.behind[0].link).status_code == 200
        assert title.startswith("兑换：")
        assert "4 次同意了焊工赵磊的兑换" in text


@pytest.mark.parametrize("count", [1, 3])
def test_statements_for_any_number(company: Company, client: Client, count: int, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    decided(
        company, {f"m{place}": [200, 200, 200] for place in range(count)} | {f"n{place}": [2] for place in range(9)}
    )
    enter(client, company.auditor)
    client.get(ADDRESS)

    with django_assert_max_num_queries(18):
        found = client.get(ADDRESS).context["rows"]

    assert len(found) == count
    assert client.get(f"{ADDRESS}&format=csv").content.decode("utf-8-sig").count("\r\n") == count + 1
