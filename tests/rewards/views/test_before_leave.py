"""Before somebody asks for leave: black-out days, what is left of the caps; the cover they suggest, and who confirms it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from engine.approvals.models import Approval
from engine.events.models import Event
from rewards.domain import leave
from rewards.models import BlackOut, Item, LeaveRequest, Redemption, UnitCap
from tests.factories.people import Company, make_employee
from tests.factories.rewards import AT, ask, give_points, make_leave
from tests.rewards.views.test_leave_pages import enter
from tests.support import refused


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands where the tests' does: leave must be taken within a year of being granted."""
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def item(company: Company) -> Item:
    give_points(company.worker, 3000)
    return make_leave(company)


def page_of(client: Client, item: Item) -> tuple[Any, str]:
    answer = client.get(f"/mall/items/{item.pk}/")
    return answer, answer.content.decode()


def wish(client: Client, item: Item, **fields: object) -> Any:
    given = {"hold": str(uuid.uuid4()), "points": item.points, "wanted_on": "", "is_afternoon": "0"} | fields
    return client.post(f"/mall/items/{item.pk}/", given)


def test_black_out_days_to_come_stand_on_the_page_and_beside_the_day(company: Company, client: Client, item: Item) -> None:  # fmt: skip
    today = timezone.localdate()
    for unit, first, reason in (
        (company.plant, 9, "年度检修"), (company.team, 4, "保供会战"), (company.other_team, 4, "别班的事"),
        (company.plant, -9, "过去的事"), (company.plant, 2000, "很久以后"),
    ):  # fmt: skip
        day = today + timedelta(days=first)
        BlackOut.objects.create(unit=unit, from_on=day, until_on=day + timedelta(days=1), reason=reason)

    answer, text = page_of(enter(client, company.worker), item)

    assert [row.reason for row in answer.context["about"].outlook.closed] == ["保供会战", "年度检修"]
    assert "不安排休假的日期" in text
    assert "别班的事" not in text
    assert "过去的事" not in text
    assert "很久以后" not in text
    assert answer.context["form"].fields["wanted_on"].help_text.startswith("不安排休假：")
    assert answer.context["form"].fields["wanted_on"].help_text.count("–") == 2


def test_what_is_left_of_the_caps_is_shown_and_nothing_left_disables(company: Company, client: Client, item: Item) -> None:  # fmt: skip
    leave.save_rule(item=item, person_cap_half_days=2, needs_cover=False, by=company.hr, at=AT)
    UnitCap.objects.create(unit=company.shop, half_days=5)
    enter(client, company.worker)

    texts = []
    for _ in range(2):
        texts.append(page_of(client, item)[1])
        ask(Item.objects.get(pk=item.pk), company.worker, at=timezone.now())  # the page counts the year it is read in
    last, text = page_of(client, item)

    assert ["还可兑换本假期 2 个半天" in texts[0], "还可兑换本假期 1 个半天" in texts[1]] == [True, True]
    assert "转炉车间：今年还剩 5 个半天（上限 5 个）" in texts[0]
    assert "转炉车间：今年还剩 3 个半天（上限 5 个）" in text
    assert len(last.context["why_not"]) == 1
    assert "disabled" in text


def test_other_kinds_show_none_of_it(company: Company, client: Client) -> None:
    from tests.factories.rewards import make_goods

    answer, text = page_of(enter(client, company.worker), make_goods(company))

    assert answer.context["about"] is None
    assert "不安排休假" not in text


@pytest.mark.django_db(transaction=True)
def test_a_suggestion_waits_for_the_unit_head(company: Company, client: Client, item: Item) -> None:
    leave.save_rule(item=item, person_cap_half_days=None, needs_cover=True, by=company.hr, at=AT)
    day = timezone.localdate() + timedelta(days=14)
    asked = wish(enter(client, company.worker), item, wanted_on=day.isoformat(), cover=company.leader.number)
    request = LeaveRequest.objects.get()
    mine = client.get(f"/mall/leave/requests/{request.pk}/").content.decode()
    by_oneself = client.post(f"/mall/leave/requests/{request.pk}/cover/", {"cover": company.leader.number})
    enter(client, company.leader)
    desk = client.get("/mall/leave/desk/")
    approval = Approval.objects.get(subject=request.redemption.subject)
    summary = client.get("/approvals/bulk/", {"pick": [approval.pk], "next": "/mall/leave/desk/"})
    early = client.post(
        "/approvals/bulk/", {"line": [line for _row, line, _briefs in summary.context["rows"]], "note": ""}
    )
    request.refresh_from_db()
    before = request.cover
    confirmed = client.post(
        f"/mall/leave/requests/{request.pk}/cover/", {"cover": company.leader.number, "back": "desk"}
    )

    request.refresh_from_db()
    row = desk.context["rows"][0]
    assert (asked.status_code, by_oneself.status_code) == (302, 403)
    assert ("申请人建议" in mine, "待确认" in mine) == (True, True)
    assert (row.suggested, row.suggested_number, row.misses_cover) == (company.leader.name, "1001", True)
    assert "建议：班长王建国" in desk.content.decode()
    assert (early.context["done"], early.context["failed"]) == (0, 1)
    assert (before, request.cover, request.cover_by) == (None, company.leader, company.leader)
    assert (confirmed.status_code, confirmed["Location"]) == (302, "/mall/leave/desk/")
    assert Event.objects.get(action="leave.cover-named").data["is_suggested"] is True
    assert client.get("/mall/leave/desk/").context["rows"][0].suggested == ""


def test_the_unit_head_names_somebody_else(company: Company, client: Client, item: Item) -> None:
    day = timezone.localdate() + timedelta(days=14)
    row = ask(item, company.worker, wanted_on=day, cover=company.stranger.number)
    enter(client, company.leader)
    address = f"/mall/leave/requests/{row.pk}/"
    first = client.get(address).content.decode()

    client.post(f"{address}cover/", {"cover": company.judge.number})

    request = LeaveRequest.objects.get()
    assert f"确认由{company.stranger.name}顶班" in first
    assert (request.suggested, request.cover) == (company.stranger, company.judge)
    assert "已另行指定" in client.get(address).content.decode()
    assert Event.objects.get(action="leave.cover-named").data["is_suggested"] is False


@pytest.mark.parametrize("whom", ["oneself", "another-shop", "gone", "nobody", "away"])
@pytest.mark.django_db(transaction=True)
def test_who_cannot_cover_cannot_be_suggested(company: Company, client: Client, item: Item, whom: str) -> None:
    day = timezone.localdate() + timedelta(days=14)
    numbers = {
        "oneself": company.worker.number, "another-shop": company.hr.number, "nobody": "x" * 300,
        "gone": make_employee(company.team, is_active=False).number, "away": company.leader.number,
    }  # fmt: skip
    if whom == "away":
        give_points(company.leader, 3000)
        ask(item, company.leader, wanted_on=day)
    count = Redemption.objects.count()

    answer = wish(enter(client, company.worker), item, wanted_on=day.isoformat(), cover=numbers[whom])

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["cover"]
    assert Redemption.objects.count() == count


def test_who_covers_another_is_refused_by_the_verb(company: Company, item: Item) -> None:
    day = timezone.localdate() + timedelta(days=14)
    give_points(company.leader, 3000)
    held = LeaveRequest.objects.get(pk=ask(item, company.leader, wanted_on=day).pk)
    leave.name_cover(request=held, number=company.stranger.number, by=company.shop_head, at=AT)

    with refused(leave.NoCover) as refusal:
        ask(item, company.worker, wanted_on=day, cover=company.stranger.number)

    assert [fault.code for fault in refusal.value.error_dict["cover"]] == ["covers-another"]


def test_own_team_comes_first_in_the_choice(company: Company, client: Client, item: Item) -> None:
    answer, _text = page_of(enter(client, company.worker), item)

    numbers = [value for value, _label in answer.context["form"].fields["cover"].choices]
    assert numbers == ["", "1001", "1002", "1201", "1202", "1302"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_leave_takes_as_many_statements_for_any_number(company: Company, client: Client, item: Item, count: int, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    day = timezone.localdate() + timedelta(days=3)
    for _ in range(count):
        BlackOut.objects.create(unit=company.plant, from_on=day, until_on=day, reason="检修")
        UnitCap.objects.create(unit=company.plant, item=make_leave(company), half_days=9)
        ask(item, company.worker)
    enter(client, company.worker)
    page_of(client, item)

    with django_assert_max_num_queries(24):
        answer, _text = page_of(client, item)

    assert len(answer.context["about"].outlook.closed) == count
