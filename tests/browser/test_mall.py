"""The mall in a browser: a mug from the shelf to the hand, and every page of the mall for everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import expect

from engine.approvals.models import Approval
from rewards import flows
from rewards.domain import courses, mall, pictures
from rewards.models import CourseSession, Redemption, Seat
from rewards.queries import balance
from tests.browser.test_main_job import decide
from tests.factories.people import Company, make_employee
from tests.factories.rewards import AT, ask, give_points, make_course, make_goods, make_leave, pieces_left
from tests.rewards.domain.test_pictures import photo


def test_mug_is_asked_for_agreed_on_and_collected_once(visit: Any, server: str, people: Company) -> None:
    mug = make_goods(people, left=2, points=80, asks_approval=True, title="工会纪念马克杯", category_name="生活")
    give_points(people.worker, 200)

    # A worker on a phone sees the balance after it, confirms, and waits for the unit head.
    phone = visit(people.worker.number)
    page = phone.go("/mall/?chip=affordable")
    page.get_by_role("link", name="工会纪念马克杯").click()
    page.wait_for_url("**/mall/items/*/")  # with its scripts: the dialog is theirs
    page.get_by_role("button", name="用 80 积分兑换").click()
    expect(page.locator("#confirm")).to_contain_text("120")
    page.get_by_role("button", name="确认，80 积分").click()
    page.wait_for_url("**/mall/redemptions/*/")
    expect(page.locator(".rail .now")).to_have_text("审批")
    assert (balance(people.worker).reserved, pieces_left(mug)) == (80, 1)
    decide(visit, people.leader.number)

    # The code is on the phone; the desk types it and hands out, once.
    page.reload()
    row = Redemption.objects.get()
    expect(page.locator(".pickup .code")).to_have_text(f"{(row.pickup_code or '')[:4]} {(row.pickup_code or '')[4:]}")
    expect(page.locator("svg.qr")).to_be_visible()
    desk = visit(people.organiser.number, size=(1280, 900))
    counter = desk.go("/mall/hand-out/")
    counter.fill("#code", (row.pickup_code or "").lower())
    counter.keyboard.press("Enter")
    expect(counter.get_by_role("heading", name="工会纪念马克杯")).to_be_visible()
    counter.get_by_role("button", name="确认发放").click()
    counter.wait_for_url(f"{server}/mall/hand-out/")
    counter.goto(f"{server}/mall/hand-out/{row.pickup_code}/")
    expect(counter.get_by_text("请勿重复发放")).to_be_visible()

    page.reload()
    expect(page.locator(".pickup")).to_have_count(0)
    row.refresh_from_db()
    assert (row.state, row.handed_by) == (Redemption.State.FULFILLED, people.organiser)


def test_leave_desk_is_worked_through_with_the_keyboard(visit: Any, server: str, people: Company) -> None:
    item = make_leave(people)
    day = timezone.localdate() + timedelta(days=21)
    rows = []
    for _ in range(3):
        person = make_employee(people.team)
        give_points(person, 500)
        rows.append(ask(item, person, at=timezone.now(), wanted_on=day))

    page = visit(people.leader.number, size=(1360, 900)).go("/mall/leave/desk/")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-picked]")).to_contain_text("2")
    page.keyboard.press("Enter")
    expect(page.locator("#item")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-bulk]").click()
    with page.expect_navigation():
        page.get_by_role("button", name="通过 2 项").click()

    left = [
        row
        for row in Approval.objects.filter(subject__in=[row.subject for row in rows])
        if row.waiting.filter(person=people.leader).exists()
    ]
    assert len(left) == 1


PAGES = {
    "worker": ["/mall/", "/mall/?chip=honour&sort=popular", "/mall/?q=没有这种东西", "/mall/items/{goods}/", "/mall/items/{course}/", "/mall/items/{honour}/",
               "/mall/redemptions/", "/mall/redemptions/?state=over", "/mall/redemptions/{ready}/", "/mall/redemptions/{waiting}/",
               "/mall/redemptions/{seated}/", "/mall/honours/", "/mall/records/"],
    "organiser": ["/mall/catalogue/", "/mall/catalogue/new/", "/mall/catalogue/new/?kind=course", "/mall/catalogue/{goods}/",
                  "/mall/catalogue/{course}/", "/mall/hand-out/", "/mall/hand-out/?tab=done", "/mall/hand-out/pick-list/",
                  "/mall/hand-out/stock/", "/mall/hand-out/{code}/", "/mall/sessions/", "/mall/sessions/{session}/",
                  "/mall/sessions/{session}/edit/", "/mall/sessions/{past}/"],
    "hr": ["/mall/records/of/1301/"],
}  # fmt: skip


@pytest.fixture
def names(people: Company) -> dict[str, object]:
    """A mall with something on every page, and long names where they hurt."""
    people.worker.name = "欧阳买买提·阿卜杜热合曼江"
    people.worker.save()
    give_points(people.worker, 5000)
    goods = make_goods(
        people, title="双层防风晴雨伞（十骨加固，工会三十五周年纪念款）", category_name="生活", refund_percent=80
    )
    for colour in ("red", "blue"):
        upload = SimpleUploadedFile("a.jpg", photo((600, 400), colour=colour))
        pictures.add(item=goods, upload=upload, alt="雨伞", by=people.hr, at=AT)
    make_goods(people, title="充电台灯", left=0)
    honour = make_goods(people, kind="honour", title="与董事长共进午餐", min_skill_level=5, min_service_months=600)
    wall = ask(make_goods(people, kind="honour", title="荣誉墙合影"), people.worker)
    ready, handed = ask(goods, people.worker), ask(goods, people.worker)
    flows.hand_over(redemption=handed, place="", by=people.hr, at=AT)
    flows.refund(redemption=ask(goods, people.worker), reason="", by=people.worker, at=AT)
    course, session = make_course(people, seats=1)
    course = mall.save_item(item=course, by=people.hr, at=AT, asks_approval=False, no_show_days=30)
    colleague = make_employee(people.team)
    give_points(colleague, 100)
    ask(course, colleague, session=session)
    waiting = ask(course, people.worker, session=session, may_wait=True)
    other, past = make_course(people)
    mall.save_item(item=other, by=people.hr, at=AT, asks_approval=False)
    seated = ask(other, people.worker, session=past)
    begun = timezone.now() - timedelta(hours=5)
    CourseSession.objects.filter(pk=past.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=4))
    courses.mark(session=past, marks={Seat.objects.get(session=past).pk: "attended"}, by=people.hr, at=timezone.now())
    assert wall.state == Redemption.State.FULFILLED
    assert not Approval.objects.exists()
    return {
        "goods": goods.pk, "course": course.pk, "honour": honour.pk, "ready": ready.pk, "code": ready.pickup_code, "waiting": waiting.pk,
        "seated": seated.pk, "session": session.pk, "past": past.pk,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("size", "language", "dark"),
    [((390, 844), "zh-CN", False), ((1360, 900), "zh-CN", True), ((320, 640), "en-US", True)],
    ids=["phone-zh-light", "desk-zh-dark", "small-phone-en-dark"],
)
def test_pages_of_the_mall_are_accessible_and_fit(
    visit: Any, people: Company, names: dict[str, object], size: tuple[int, int], language: str, dark: bool
) -> None:
    problems = []
    for persona, paths in PAGES.items():
        visitor = visit(people.personas[persona].number, size=size, language=language, dark=dark)
        for path in paths:
            visitor.go(path.format(**names))
            problems += [f"{path} {fault}" for fault in visitor.violations()]
            problems += [f"{path} scrolls sideways"] if visitor.overflows() else []

    assert not problems, "\n".join(problems)
