"""The whole path in a browser, in Chinese: registration, approval, marks, the wall, the result, points, a day off."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from contests import flows
from contests.domain import setup
from contests.models import Contest, Sheet
from contests.pure.bundle import read_scheme
from engine.approvals.models import Approval
from people.models import Employee
from rewards.domain import budgets, mall
from rewards.models import LeaveGrant, Redemption
from rewards.queries import balance
from tests.factories.people import Company, give_role, make_employee

SCHEME = {
    "contest": {"code": "welding", "title": "焊工", "places": 2},
    "group": [{"code": "practical", "title": "实操"}],
    "aspect": [
        {"code": "seam", "group": "practical", "title": "焊缝外观", "kind": "judgement", "min": 0, "max": 60, "step": "0.5",
         "combine": "mean"},
        {"code": "safety", "group": "practical", "title": "安全文明", "kind": "judgement", "min": 0, "max": 40, "step": "0.5",
         "combine": "mean"},
    ],
    "ranking": {"order": ["total"]},
}  # fmt: skip


def decide(visit: Any, number: str) -> None:
    """Sign in on a phone and approve the one thing that waits."""
    phone = visit(number)
    approval = Approval.objects.get(status="running")
    page = phone.go(f"/approvals/{approval.pk}/")
    if page.locator("canvas.signature").count():
        write_name(page)
    page.locator("button[name=verb][value=approve]").first.click()
    page.wait_for_load_state()
    before = approval.version
    expect_change(lambda: Approval.objects.get(pk=approval.pk).version > before, page)


def write_name(page: Page) -> None:
    """Sign with a finger: one stroke across the field."""
    field = page.locator("canvas.signature")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=6)
    page.mouse.up()


def expect_change(holds: Any, page: Page) -> None:
    """Wait at most five seconds for the database to say so."""
    for _ in range(50):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing changed")


def make_contest(company: Company) -> Contest:
    """A draft through the verbs, published by its approval; the browser takes it from there."""
    now = timezone.now()
    contest = setup.create(
        code="welding", title="第十届职工技能运动会·焊工", by=company.organiser, at=now, trade=company.trade, quota=10,
        registration_opens_at=now - timedelta(days=1), registration_closes_at=now + timedelta(days=2),
        held_from_on=timezone.localdate(now) + timedelta(days=3), is_public=True, is_blind=False, notice_working_days=0,
        award_table={"rows": [{"rank_from": 1, "rank_to": 1, "points": 800}], "participation_points": 50},
        budget_unit=company.plant, same_unit="warn",
    )  # fmt: skip
    return setup.set_scheme(contest=contest, scheme=read_scheme(SCHEME), by=company.organiser, at=now)


def test_main_job(visit: Any, server: str, people: Company) -> None:
    company, now = people, timezone.now()
    give_role(company.organiser, "branch_chair")
    other = make_employee(company.other_team, number="1401", name="欧阳龘", trade=company.trade)
    budgets.grant(unit=company.plant, points=5000, by=None, at=now, id=uuid.uuid4())
    half_day = mall.save_item(
        item=None, by=company.hr, at=now, kind="leave", title="带薪休假半天", points=300, half_days=1
    )
    mall.publish(item=half_day, is_published=True, by=company.hr, at=now)
    contest = make_contest(company)

    # The organiser assigns the panel at a desk and hands the contest in; the union chair agrees on a phone.
    desk = visit(company.organiser.number, size=(1360, 900))
    for number, role in ((company.chief_judge.number, "chief"), (company.judge.number, "judge")):
        page = desk.go(f"/contests/{contest.code}/panel/")
        page.fill("#id_number", number)
        page.select_option("#id_role", role)
        page.get_by_role("button", name="加入").last.click()
        page.wait_for_load_state()
    page = desk.go(f"/contests/{contest.code}/manage/")
    page.get_by_role("button", name="提交").click()
    page.wait_for_load_state()
    decide(visit, company.union_chair.number)
    contest.refresh_from_db()
    assert contest.state == Contest.State.PUBLISHED

    # Two workers register on phones; their heads and the union agree.
    for worker in (company.worker, other):
        phone = visit(worker.number)
        page = phone.go("/contests/")
        page.get_by_role("link", name="第十届职工技能运动会·焊工").click()
        page.get_by_role("link", name="我要报名").click()
        page.fill("#id_phone", "13800138000")
        page.get_by_role("button", name="提交报名").click()
        page.wait_for_url(f"{server}/contests/{contest.code}/")
        _agree_everything()
    assert contest.registrations.filter(state="confirmed").count() == 2

    # Registration closes, lots are drawn, judging begins.
    for label in ("立即截止报名", "抽签", "开始评分"):
        page = desk.go(f"/contests/{contest.code}/manage/")
        page.get_by_role("button", name=label).click()
        page.wait_for_load_state()
    contest.refresh_from_db()
    assert contest.state == Contest.State.JUDGING

    _mark_beside_the_wall(visit, contest, company)

    # The chief judge closes; all sign the round in order; the union chair agrees; the notice ends; the points are there.
    chief = visit(company.chief_judge.number, size=(1360, 900))
    page = chief.go(f"/contests/{contest.code}/manage/")
    page.get_by_role("button", name="结束评分").click()
    page.wait_for_load_state()
    for signer in (company.judge, company.chief_judge, company.organiser):
        decide(visit, signer.number)
    page = chief.go(f"/contests/{contest.code}/gate/")
    for left in (1, 0):
        page.locator("details[open] button[value=right]").first.click()
        expect(page.locator("button[value=right]")).to_have_count(left)
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_load_state()
    decide(visit, company.union_chair.number)
    contest.refresh_from_db()
    if contest.state == Contest.State.NOTICE:
        flows.end_notice(contest=contest, by=company.administrator, at=timezone.now())
        contest.refresh_from_db()
    assert contest.state == Contest.State.FINAL
    winner = Employee.objects.get(contest_entries__contest=contest, contest_entries__result__rank=1)
    assert balance(winner).available == 800

    _redeem_half_a_day(visit, winner, company)


def _mark_beside_the_wall(visit: Any, contest: Contest, company: Company) -> None:
    """The judge marks on a tablet; the wall moves by itself; the sheet is signed."""
    wall = visit(size=(1920, 1080))
    hall = wall.go(f"/boards/{contest.code}/wall/")
    expect(hall.locator("[data-status]")).to_have_text("● 实时", timeout=10_000)
    sheet = Sheet.objects.get(member__employee=company.judge)
    tablet = visit(company.judge.number, size=(1024, 768))
    page = tablet.go(f"/contests/sheets/{sheet.pk}/")
    for marks in (("50", "35"), ("41.5", "30")):
        for number, mark in enumerate(marks):
            page.locator(".pad-input").nth(number).fill(mark)
            page.locator(".pad-input").nth(number).press("Tab")
        expect(page.locator(".pad-state[data-value=saved]")).to_have_count(2)
        page.get_by_role("button", name="下一位").click()
    expect(hall.locator('.board-row[aria-posinset="1"] .board-total')).to_have_text("85.00", timeout=10_000)
    expect(hall.locator(".board-row.gold")).to_have_count(1)
    page.get_by_role("button", name="核对并签字").click()
    page.locator("[data-signature-name]").fill(company.judge.name)
    page.get_by_role("button", name="已全部核对，签字确认").click()
    expect(page.get_by_text("已签字，谢谢。")).to_be_visible()


def _redeem_half_a_day(visit: Any, winner: Employee, company: Company) -> None:
    """The winner asks for half a day on a phone; unit head and HR agree; the leave is granted."""
    phone = visit(winner.number)
    page = phone.go("/mall/")
    page.get_by_role("link", name="带薪休假半天").click()
    page.wait_for_url("**/mall/items/*/")
    page.get_by_role("button", name="用 300 积分兑换").click()
    page.get_by_role("button", name="确认，300 积分").click()
    page.wait_for_url("**/mall/redemptions/*/")
    assert (balance(winner).available, balance(winner).reserved) == (500, 300)
    decide(visit, winner.unit.head.number if winner.unit.head else company.shop_head.number)
    decide(visit, company.hr.number)
    page.reload()
    expect(page.get_by_text("休假已批准。")).to_be_visible()
    assert LeaveGrant.objects.get(employee=winner).half_days == 1
    assert Redemption.objects.get(employee=winner).state == Redemption.State.FULFILLED
    assert (balance(winner).available, balance(winner).reserved) == (500, 0)
    with page.expect_download() as download:
        page.get_by_role("link", name="加入我的日历").click()
    assert "BEGIN:VEVENT" in download.value.path().read_text(encoding="utf-8")


def _agree_everything() -> None:
    """Let everybody who is asked about a registration agree; the inbox itself has its own tests."""
    from engine.approvals.domain import approvals

    for approval in Approval.objects.filter(status="running"):
        row = approval
        while row.status == "running":
            person = Employee.objects.get(pk=row.waiting.values_list("person", flat=True)[0])
            row = approvals.decide(row.pk, ballot=uuid.uuid4(), person=person, verb="approve", at=timezone.now())
