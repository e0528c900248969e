"""The judge's pad: nothing typed is lost, nothing overwritten, refusals are said."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contests.domain import signing
from contests.models import Mark, Operation, Sheet
from tests.factories.contests import make_judging, sheet_of
from tests.factories.people import Company

TABLET = (1024, 768)


@pytest.fixture
def address(people: Company) -> str:
    contest = make_judging(people, contestants=3)
    return f"/contests/sheets/{sheet_of(contest, people.judge).pk}/"


def give(page: Page, number: int, text: str) -> None:
    field = page.locator(".pad-input").nth(number)
    field.fill(text)
    field.press("Tab")


def write(page: Page) -> None:
    """Sign by hand."""
    box = page.locator("canvas.signature").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 60, steps=5)
    page.mouse.up()


def states(page: Page, value: str) -> Any:
    return page.locator(f".pad-state[data-value={value}]")


def test_mark_is_saved_and_survives_a_reload(visit: Any, people: Company, address: str) -> None:
    page = visit(people.judge.number, size=TABLET).go(address)

    give(page, 1, "8.5")
    expect(states(page, "saved")).to_have_count(1)
    page.reload()

    expect(page.locator(".pad-input").nth(1)).to_have_value("8.5")
    assert str(Mark.objects.get().value.normalize()) == "8.5"


def test_buttons_step_on_the_grid(visit: Any, people: Company, address: str) -> None:
    page = visit(people.judge.number, size=TABLET).go(address)

    give(page, 1, "8.5")
    for _ in range(3):
        page.locator(".pad-aspect").nth(1).get_by_role("button").last.click()
    expect(page.locator(".pad-input").nth(1)).to_have_value("10")
    expect(states(page, "saved")).to_have_count(1)

    assert Mark.objects.get().value == 10


def test_mark_off_the_grid_or_no_number_is_refused_with_its_reason(visit: Any, people: Company, address: str) -> None:
    page = visit(people.judge.number, size=TABLET).go(address)

    for text in ("8.3", "99", "八分", "=1+1"):
        give(page, 1, text)
        expect(states(page, "refused")).to_have_count(1)
        assert len(states(page, "refused").inner_text()) > 4

    assert Mark.objects.count() == 0
    assert set(Operation.objects.values_list("answer", flat=True)) == {"invalid"}


def test_two_tablets_of_one_judge_show_both_values_and_the_judge_chooses(
    visit: Any, people: Company, address: str
) -> None:
    first, second = (visit(people.judge.number, size=TABLET).go(address) for _ in range(2))

    give(first, 1, "7")
    expect(states(first, "saved")).to_have_count(1)
    give(second, 1, "9")
    expect(states(second, "conflict")).to_have_count(1)
    expect(second.get_by_role("button", name="采用服务器的：7")).to_be_visible()
    second.get_by_role("button", name="保留我的：9").click()
    expect(states(second, "saved")).to_have_count(1)

    assert Mark.objects.get().value == 9


def test_server_away_keeps_the_mark_and_sends_it_later(visit: Any, people: Company, address: str) -> None:
    visitor = visit(people.judge.number, size=TABLET)
    page = visitor.go(address)

    visitor.context.set_offline(True)
    give(page, 1, "6.5")
    expect(page.locator("[data-net]")).to_contain_text("连接不上服务器")
    expect(states(page, "waiting")).to_have_count(1)
    visitor.context.set_offline(False)

    expect(states(page, "saved")).to_have_count(1, timeout=20_000)
    assert Operation.objects.count() == 1


def test_lost_answer_is_sent_again_and_counts_once(visit: Any, people: Company, address: str) -> None:
    visitor = visit(people.judge.number, size=TABLET)
    page = visitor.go(address)
    lost = []

    def lose_the_first(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/ops", lose_the_first)
    give(page, 1, "5.5")
    expect(states(page, "saved")).to_have_count(1, timeout=20_000)

    assert lost == [200]
    assert Operation.objects.count() == 1
    assert float(Mark.objects.get().value) == 5.5


def test_half_typed_number_is_left_alone_while_an_answer_arrives(visit: Any, people: Company, address: str) -> None:
    page = visit(people.judge.number, size=TABLET).go(address)

    give(page, 1, "7")
    page.locator(".pad-input").nth(2).press_sequentially("1")
    expect(states(page, "saved")).to_have_count(1)
    page.locator(".pad-input").nth(2).press_sequentially("0")

    expect(page.locator(".pad-input").nth(2)).to_have_value("10")


def test_sign_off_shows_what_is_missing_and_then_locks(visit: Any, people: Company, address: str) -> None:
    page = visit(people.judge.number, size=TABLET).go(address)

    page.get_by_role("button", name="核对并签字").click()
    expect(page.locator("[data-sign-off]")).to_be_disabled()
    page.locator("[data-close]").click()
    fields = page.locator(".pad-input").count()
    for _ in range(3):
        for number in range(fields):
            give(page, number, "7")
        expect(states(page, "saved")).to_have_count(fields)
        page.get_by_role("button", name="下一位").click()
    page.get_by_role("button", name="核对并签字").click()
    page.locator("[data-sign-off]").click()
    expect(page.get_by_text("请手写签名")).to_be_visible()
    write(page)
    page.locator("[data-sign-off]").click()

    expect(page.get_by_text("已签字，谢谢。")).to_be_visible()
    sheet = Sheet.objects.get(member__employee=people.judge)
    assert sheet.signature.startswith("data:image/png;base64,")
    assert sheet.digest == signing.digest_of(sheet)
    page.reload()
    expect(page.locator(".pad-input").first).to_be_disabled()
