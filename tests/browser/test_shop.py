"""The shop in a browser: an item is made with its picture and bought at the price that was seen; a seat in a course goes down
the line, is attended and leaves a certificate.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from rewards import flows
from rewards.domain import mall
from rewards.models import CourseSession, Item, Redemption
from rewards.queries import balance
from tests.factories.people import Company
from tests.factories.rewards import AT, give_points, make_course, pieces_left
from tests.rewards.domain.test_pictures import photo

LOADED = "picture => picture.complete && picture.naturalWidth > 0"


def test_item_is_made_with_a_picture_and_bought_at_the_price_that_was_seen(
    visit: Any, server: str, people: Company
) -> None:
    give_points(people.worker, 300)

    # At the desk: the item, a file that is no picture, a picture, three pieces, into the mall.
    desk = visit(people.organiser.number, size=(1360, 900))
    page = desk.go("/mall/catalogue/new/?kind=goods")
    for name, value in (("title", "双层防风晴雨伞"), ("points", "120"), ("pickup_place", "工会活动室")):
        page.fill(f"#id_{name}", value)
    page.locator("#id_asks_approval").uncheck()
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/mall/catalogue/*/")
    item = Item.objects.get(title="双层防风晴雨伞")
    fake = {"name": "umbrella.png", "mimeType": "image/png", "buffer": b"<svg onload='alert(1)'/>"}
    page.set_input_files("#id_picture", fake)
    page.get_by_role("button", name="上传图片").click()
    expect(page.locator("#id_picture_wrong")).to_be_visible()
    assert not item.pictures.exists()
    page.set_input_files("#id_picture", fake | {"buffer": photo((1600, 1200), form="PNG")})
    page.fill("#id_alt", "一把红伞")
    page.get_by_role("button", name="上传图片").click()
    expect(page.locator("ul.pictures img")).to_have_attribute("alt", "一把红伞")
    page.fill("#id_change", "3")
    page.fill("#id_reason", "到货")
    page.get_by_role("button", name="调整库存").click()
    expect(page.get_by_text("到货", exact=True)).to_be_visible()
    page.get_by_role("button", name="上架").click()
    expect(page.get_by_role("button", name="下架")).to_be_visible()
    assert pieces_left(item) == 3

    # On the phone: the picture is there; while the sheet is open the price changes, and nothing is taken unseen.
    phone = visit(people.worker.number)
    page = phone.go("/mall/")
    picture = page.get_by_role("img", name="一把红伞").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    page.wait_for_function(f"() => ({LOADED})(document.querySelector('img.mall-photo'))")
    page.get_by_role("link", name="双层防风晴雨伞").click()
    page.wait_for_url("**/mall/items/*/")
    page.get_by_role("button", name="用 120 积分兑换").click()
    mall.save_item(item=item, by=people.hr, at=AT, points=150)
    page.get_by_role("button", name="确认，120 积分").click()
    expect(page.locator(".note.error")).to_contain_text("150")
    assert (Redemption.objects.count(), balance(people.worker).available) == (0, 300)
    page.get_by_role("button", name="用 150 积分兑换").click()
    page.get_by_role("button", name="确认，150 积分").click()
    page.wait_for_url("**/mall/redemptions/*/")
    assert (balance(people.worker).available, pieces_left(item)) == (150, 2)
    assert not phone.overflows()


def test_seat_goes_down_the_line_is_attended_and_leaves_a_certificate(visit: Any, server: str, people: Company) -> None:
    course, session = make_course(people, seats=1)
    course = mall.save_item(item=course, by=people.hr, at=AT, asks_approval=False)
    starts = timezone.now() + timedelta(days=9)
    CourseSession.objects.filter(pk=session.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=6))
    for person in (people.worker, people.stranger):
        give_points(person, 100)

    # The first has the only seat; the second stands in line, points reserved.
    first, second = visit(people.worker.number), visit(people.stranger.number)
    for phone in (first, second):
        page = phone.go(f"/mall/items/{course.pk}/")
        page.locator("input[name=session]").first.check()
        if phone is second:
            page.locator("#id_may_wait").check()
        page.get_by_role("button", name="用 100 积分兑换").click()
        page.get_by_role("button", name="确认，100 积分").click()
        page.wait_for_url("**/mall/redemptions/*/")
    expect(second.page.get_by_text("您在候补名单第 1 位")).to_be_visible()
    assert balance(people.stranger).reserved == 100

    # The first gives it up and has the points back; the second moves up and has a code.
    page = first.page
    page.get_by_role("button", name="退兑").first.click()
    page.locator("#refund").get_by_role("button", name="退兑").click()
    expect(page.get_by_role("button", name="退兑")).to_have_count(0)
    assert balance(people.worker).available == 100
    assert flows.move_up_waiting(at=timezone.now()) == 1
    second.page.reload()
    expect(second.page.locator("svg.qr")).to_be_visible()
    row = Redemption.objects.get(employee=people.stranger)

    # On the day the code is scanned at the door; the certificate is on the phone.
    begun = timezone.now() - timedelta(minutes=5)
    CourseSession.objects.filter(pk=session.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=4))
    door = visit(people.hr.number, size=(1024, 768)).go(f"/mall/sessions/{session.pk}/")
    door.fill("#code", (row.pickup_code or "").lower())
    door.keyboard.press("Enter")
    door.get_by_role("button", name="确认到课").click()
    expect(door.locator(".tag.ok, .note.ok").first).to_be_visible()
    record = people.stranger.skill_records.get()
    page = second.go("/mall/records/")
    expect(page.get_by_text(record.number)).to_be_visible()
    address = page.get_by_role("link", name="证书").get_attribute("href")
    assert page.request.get(f"{server}{address}").body().startswith(b"%PDF-")
