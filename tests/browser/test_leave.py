"""Leave in a browser, from the phone to HR's file and back: asked for, covered, agreed to, handed over, returned; sixty
before lunch by keyboard.
"""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from engine.approvals.models import Approval
from rewards.domain import leave
from rewards.models import BlackOut, CoverQuota, HandOver, LeaveGrant, LeaveRequest, Redemption
from rewards.queries import balance
from tests.browser.test_main_job import decide
from tests.factories.people import Company, make_employee
from tests.factories.rewards import AT, ask, give_points, make_leave

CLOSED = 14  # days from now on which nobody takes leave
WANTED = 21


def ask_on_the_page(page: Page, *, day: str) -> None:
    page.fill("#id_wanted_on", day)
    page.get_by_text("下午", exact=True).click()
    page.get_by_role("button", name="用 300 积分兑换").click()
    expect(page.locator("#confirm")).to_contain_text("500")
    page.get_by_role("button", name="确认，300 积分").click()


def enter_by_file(desk: Any, number: str) -> list[str]:
    """Take the file of what waits for HR, say under which number it was entered; return the file's cells."""
    page = desk.go("/mall/leave/hand-overs/")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出待移交文件").click()
    rows = load_workbook(io.BytesIO(download.value.path().read_bytes())).active.values
    page = desk.go("/mall/leave/hand-overs/")
    page.get_by_label("人力资源系统编号").first.fill(number)
    page.get_by_role("button", name="已录入").first.click()
    expect(page.locator(".tag.ok").first).to_contain_text(number)
    return [str(cell) for row in rows for cell in row]


def test_half_a_day_from_the_phone_to_hr_and_back(visit: Any, server: str, people: Company) -> None:
    item = make_leave(people)
    leave.save_rule(item=item, person_cap_half_days=4, needs_cover=True, by=people.hr, at=AT)
    today = timezone.localdate()
    closed, wanted = today + timedelta(days=CLOSED), today + timedelta(days=WANTED)
    BlackOut.objects.create(unit=people.plant, from_on=closed, until_on=closed, reason="年度检修")
    CoverQuota.objects.create(unit=people.shop, most_away=2)
    give_points(people.worker, 800)

    # On a phone: a black-out day is refused with its reason and the next free day; the other day is reserved at once.
    phone = visit(people.worker.number)
    page = phone.go(f"/mall/items/{item.pk}/")
    expect(page.get_by_text("年度检修").first).to_be_visible()
    ask_on_the_page(page, day=closed.isoformat())
    expect(page.locator(".note.error, .wrong-text").first).to_contain_text("年度检修")
    assert not Redemption.objects.exists()
    ask_on_the_page(page, day=wanted.isoformat())
    page.wait_for_url("**/mall/redemptions/*/")
    assert (balance(people.worker).available, balance(people.worker).reserved) == (500, 300)
    assert not phone.overflows()

    # The unit head cannot agree before somebody covers; names a colleague, then agrees.
    request = LeaveRequest.objects.get()
    approval = Approval.objects.get(subject=request.redemption.subject)
    head = visit(people.leader.number)
    page = head.go(f"/approvals/{approval.pk}/")
    page.locator("button[name=verb][value=approve]").first.click()
    expect(page.locator(".note.error, .wrong-text").first).to_contain_text("请先确定顶班人员")
    page = head.go(f"/mall/leave/requests/{request.pk}/")
    page.select_option("#cover", people.stranger.number)
    page.get_by_role("button", name="确定").click()
    expect(page.locator("dl.pairs")).to_contain_text(people.stranger.name)
    decide(visit, people.leader.number)

    # HR sees day, cover and quota before the one press, and agrees.
    desk = visit(people.hr.number, size=(1360, 900))
    page = desk.go("/mall/leave/desk/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("[data-bulk]").click()
    line = page.locator("li.item", has_text=people.worker.name)
    expect(line).to_contain_text(f"{wanted:%m-%d} 下午")
    expect(line).to_contain_text(f"顶班人员 {people.stranger.name}")
    expect(line).to_contain_text("已有 0 人休假，上限 2 人")
    page.get_by_role("button", name="通过 1 项").click()
    expect(page.locator(".ok-icon")).to_have_count(1)
    grant = LeaveGrant.objects.get()
    assert (grant.wanted_on, grant.is_afternoon, balance(people.worker).reserved) == (wanted, True, 0)

    # The file in HR's columns holds the line; HR writes the number under which it was entered.
    assert people.worker.number in enter_by_file(desk, "HR-2026-17")
    assert HandOver.objects.get().external_id.startswith("HR-2026-17")

    # The worker reads it on the phone and returns the leave: the points wait until HR has taken the days back.
    page = phone.go(f"/mall/redemptions/{grant.redemption_id}/")
    expect(page.get_by_text("休假已批准。")).to_be_visible()
    page.get_by_role("button", name="退回假期").click()
    page.get_by_role("button", name="退回", exact=True).click()
    expect(page.get_by_role("button", name="退回假期")).to_have_count(0)
    assert balance(people.worker).available == 500
    assert people.worker.number in enter_by_file(desk, "HR-2026-18")
    grant.refresh_from_db()
    assert (grant.state, balance(people.worker).available) == ("reversed", 800)


def test_a_request_is_taken_back_on_the_phone_before_anybody_decides(visit: Any, people: Company) -> None:
    item = make_leave(people)
    give_points(people.worker, 300)
    row = ask(item, people.worker, at=timezone.now(), wanted_on=timezone.localdate() + timedelta(days=WANTED))

    phone = visit(people.worker.number)
    page = phone.go(f"/mall/redemptions/{row.pk}/")
    page.get_by_role("button", name="撤回申请").first.click()
    page.locator("#cancel").get_by_role("button", name="撤回申请").click()
    expect(page.get_by_role("button", name="撤回申请")).to_have_count(0)

    row.refresh_from_db()
    assert (row.state, balance(people.worker).available) == (Redemption.State.CANCELLED, 300)
    assert not visit(people.leader.number).go("/mall/leave/desk/").locator("tr[data-row]").count()


@pytest.mark.parametrize(
    ("size", "language", "dark"),
    [((390, 844), "zh-CN", False), ((1360, 900), "zh-CN", True), ((320, 640), "en-US", True)],
    ids=["phone-zh-light", "desk-zh-dark", "small-phone-en-dark"],
)
def test_summary_of_many_fits_and_is_accessible(
    visit: Any, people: Company, size: tuple[int, int], language: str, dark: bool
) -> None:
    item, day = make_leave(people), timezone.localdate() + timedelta(days=WANTED)
    leave.save_rule(item=item, person_cap_half_days=None, needs_cover=True, by=people.hr, at=AT)
    for name in ("欧阳买买提·阿卜杜热合曼江", "赵磊", "钱多多"):
        person = make_employee(people.team, name=name)
        give_points(person, 500)
        ask(item, person, at=timezone.now(), wanted_on=day, cover=people.stranger.number if name == "赵磊" else "")
    CoverQuota.objects.create(unit=people.shop, most_away=2)
    picks = "&".join(f"pick={row.pk}" for row in Approval.objects.all())

    desk = visit(people.leader.number, size=size, language=language, dark=dark)
    page = desk.go(f"/approvals/bulk/?{picks}")

    expect(page.locator(".tag.warn")).to_have_count(6)  # nobody covers for each yet, and the quota is used up
    assert desk.violations() == []
    assert not desk.overflows()
