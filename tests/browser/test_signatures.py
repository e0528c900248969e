"""Signatures on the tablet: of the sheet, of the round; a sheet opened again while the panel signs."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from contests import flows
from contests.models import Contest, Mark, RoundSigning, Sheet
from tests.browser.test_pad import TABLET, give, states, write
from tests.browser.test_pad_breaks import address, kept
from tests.factories.contests import sheet_of
from tests.factories.people import Company
from tests.factories.round_signing import make_closed, make_marked


def sign_sheet(page: Page) -> None:
    page.locator("[data-review]").click()
    write(page)
    page.locator("[data-sign-off]").click()
    expect(page.get_by_text("已签字，谢谢。")).to_be_visible()
    page.locator("[data-sign] [data-close]").click()


def test_judge_signs_the_sheet_then_the_round_and_sees_whose_turn_it_is(visit: Any, people: Company) -> None:
    contest = make_marked(people, judges=0, leader=False)
    page = visit(people.judge.number, size=TABLET).go(address(sheet_of(contest, people.judge)))
    told = page.locator("[data-signatures]")

    sign_sheet(page)
    expect(told).to_contain_text("裁判组 1 张评分表中已签 1 张")
    expect(page.locator("[data-review]")).to_have_count(0)
    flows.close_judging(contest=contest, by=people.chief_judge, at=timezone.now())
    expect(told).to_contain_text("现在轮到您为本轮成绩签字", timeout=30_000)
    page.locator("[data-sign-round]").click()
    page.locator("canvas.signature").scroll_into_view_if_needed()
    write(page)
    page.get_by_role("button", name="通过", exact=True).first.click()
    expect(page.locator("canvas.signature")).to_have_count(0)
    page.goto(page.url.split("/approvals/")[0] + address(sheet_of(contest, people.judge)))

    expect(told).to_contain_text(f"已签字：{people.judge.name}")
    expect(told).to_contain_text(f"等待签字：{people.chief_judge.name}")
    expect(page.locator("[data-sign-round]")).to_have_count(0)
    assert RoundSigning.objects.get().state == "running"


def test_chief_opens_a_sheet_again_and_the_judge_decides_about_the_mark_that_came_late(
    visit: Any, people: Company
) -> None:
    contest = make_marked(people, judges=0, leader=False)
    sheet = sheet_of(contest, people.judge)
    visitor = visit(people.judge.number, size=TABLET)
    page = visitor.go(address(sheet))
    kept(page)
    visitor.context.set_offline(True)
    give(page, 1, "9.5")
    expect(states(page, "waiting")).to_have_count(1)
    flows.close_judging(contest=contest, by=people.chief_judge, at=timezone.now(), reason="时间到")
    visitor.context.set_offline(False)
    expect(states(page, "late")).to_have_count(1, timeout=30_000)

    desk = visit(people.chief_judge.number, size=(1360, 900)).go(f"/contests/{contest.code}/judging/")
    desk.fill("#reopen-reason", "断网期间的分数要算")
    desk.get_by_role("button", name="重新打开").click()
    expect(desk.locator("#lock-reason")).to_be_visible()

    expect(page.locator("[data-reopened]")).to_contain_text("断网期间的分数要算", timeout=30_000)
    page.locator("[data-review]").click()
    expect(page.locator("[data-sign-off]")).to_be_disabled()
    page.locator("[data-sign] [data-close]").click()
    page.get_by_role("button", name="保留我的：9.5").click()
    expect(states(page, "late")).to_have_count(0)
    sign_sheet(page)

    expect(page.locator("[data-reopened]")).to_have_count(0)
    expect(page.locator("[data-round=void]")).to_be_visible()
    signed = Sheet.objects.get(pk=sheet.pk)
    first = contest.entries.order_by("start_order").first()
    assert (signed.state, signed.reopened_reason) == ("signed", "")
    assert float(Mark.objects.get(sheet=sheet, entry=first, aspect="seam").value or 0) == 9.5
    assert RoundSigning.objects.get().state == "void"


@pytest.mark.parametrize(
    ("size", "language", "dark"),
    [((390, 844), "zh-CN", False), (TABLET, "en-US", True), ((1360, 900), "zh-CN", False)],
    ids=["phone-zh", "tablet-en-dark", "desk-zh"],
)
def test_signed_pad_and_desk_are_accessible_and_fit(
    visit: Any, people: Company, size: tuple[int, int], language: str, dark: bool
) -> None:
    contest: Contest = make_closed(people, closed_at=timezone.now())
    sheet = sheet_of(contest, people.judge)
    judge, chief = (
        visit(one.number, size=size, language=language, dark=dark) for one in (people.judge, people.chief_judge)
    )
    problems = []

    for reopened in (False, True):
        if reopened:
            flows.reopen_sheet(
                contest=contest, sheet_id=sheet.pk, reason="02 号记错", by=people.chief_judge, at=timezone.now()
            )
        for visitor, path in ((judge, address(sheet)), (chief, f"/contests/{contest.code}/judging/")):
            visitor.go(path)
            problems += [f"{path} {fault}" for fault in visitor.violations()]
            problems += [f"{path} scrolls sideways"] if visitor.overflows() else []

    assert not problems, "\n".join(problems)
