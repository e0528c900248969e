"""Judging in the browser: worldskills panels, the scheme editor, the verifier; and what axe says of these pages."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contests.models import Contest, Mark, Unveiling
from people.models import Employee
from tests.browser.test_pad import TABLET, give
from tests.factories.contests import (
    AT,
    clear_gate,
    make_contest,
    make_judging,
    make_worldskills,
    mark_everything,
    sheet_of,
)
from tests.factories.people import Company, make_employee


@pytest.fixture
def judges(people: Company) -> list[Employee]:
    return [people.judge, *(make_employee(people.other_team, name=name) for name in ("裁判乙", "裁判丙"))]


@pytest.fixture
def contest(people: Company, judges: list[Employee]) -> Contest:
    return make_worldskills(people, judges, guides={"seam": {"levels": ["有裂纹", "合格", "成形美观", "可作样板"]}})


def level(page: Page, number: int) -> Any:
    return page.locator(".pad-level").nth(number)


def test_three_tablets_commit_unseen_are_shown_at_once_and_mark_again(
    visit: Any, contest: Contest, judges: list[Employee]
) -> None:
    pages = [
        visit(judge.number, size=TABLET).go(f"/contests/sheets/{sheet_of(contest, judge).pk}/") for judge in judges
    ]
    expect(level(pages[0], 3)).to_contain_text("可作样板")

    level(pages[0], 0).click()
    level(pages[1], 3).click()
    expect(pages[0].locator(".pad-state[data-value=saved]")).to_have_count(1)
    expect(pages[0].locator(".pad-shown")).to_have_count(0)
    level(pages[2], 2).click()
    for page in pages:
        expect(page.locator(".pad-shown span")).to_have_count(3, timeout=15_000)
        expect(page.locator("[data-contested]")).to_be_visible()
    expect(level(pages[0], 1)).to_be_disabled()
    expect(pages[0].get_by_role("button", name="重新评分")).to_have_count(0)

    pages[1].get_by_role("button", name="重新评分").first.click()
    pages[1].fill("#again-reason", "J1 看的是另一条焊缝")
    pages[1].locator("[data-again] button.primary").click()
    # A slow network: who gives the same level as before, at once, gives it in the new turn.
    pages[2].route("**/api/v1/contests/sheets/*", lambda route: (time.sleep(1.5), route.continue_()))
    for page in reversed(pages):
        expect(level(page, 2)).to_be_enabled(timeout=15_000)
        level(page, 2).click()
    for page in pages:
        expect(page.locator(".pad-shown span")).to_have_count(3, timeout=15_000)

    assert list(Unveiling.objects.order_by("turn").values_list("turn", "marks")) == [
        (1, {"J1": 0, "J2": 3, "J3": 2}),
        (2, {"J1": 2, "J2": 2, "J3": 2}),
    ]
    assert {float(mark.value or -1) for mark in Mark.objects.all()} == {2.0}


def test_scheme_editor_sums_live_moves_and_undoes(visit: Any, people: Company) -> None:
    contest = make_contest(people)
    page = visit(people.organiser.number, size=(1366, 900)).go(f"/contests/{contest.code}/scheme/")
    total = page.locator(".scheme-total")
    expect(total).to_contain_text("120")

    page.locator("[data-code=paper] .scheme-number").first.fill("80")
    expect(total).to_contain_text("100 ✓")
    page.locator("[data-code=safety] summary").click()
    page.locator('[data-code=safety] [data-move="-1"]').click()
    page.locator("[data-code=seam] summary").click()
    page.locator("[data-code=seam]").get_by_role("button", name="删除").click()
    expect(total).to_contain_text("90")
    page.get_by_role("button", name="撤销").click()
    expect(total).to_contain_text("100 ✓")
    page.get_by_role("button", name="保存并继续").click()
    page.wait_for_url("**/panel/")

    stored = Contest.objects.get().marking_scheme
    assert [aspect.code for aspect in stored.aspects] == ["paper", "safety", "seam"]
    assert stored.aspects[0].maximum == 80


def test_scheme_editor_shows_where_it_is_wrong_and_stores_nothing(visit: Any, people: Company) -> None:
    contest = make_contest(people)
    page = visit(people.organiser.number, size=(1366, 900)).go(f"/contests/{contest.code}/scheme/")

    page.locator("[data-code=paper] .scheme-number").first.fill("很多")
    page.get_by_role("button", name="保存并继续").click()

    expect(page.locator(".note.error")).to_be_visible()
    expect(page.locator("[data-code=paper] [aria-invalid=true]")).to_have_count(1)
    assert Contest.objects.get().scheme == contest.scheme


def test_browser_computes_the_published_totals_again(visit: Any, people: Company) -> None:
    contest = make_judging(people, contestants=3)
    mark_everything(contest, people.judge)
    Contest.objects.filter(pk=contest.pk).update(state="final", result_detail="marks")

    page = visit(people.worker.number).go(f"/contests/{contest.code}/verify/")

    expect(page.locator("[data-verify][data-done=right]")).to_be_visible()
    expect(page.locator(".verify-entry")).to_have_count(3)


def test_chief_sees_first_what_was_passed_over_without_a_reload(visit: Any, people: Company) -> None:
    contest = make_judging(people, contestants=3)
    first, second = contest.entries.order_by("start_order").values_list("code", flat=True)[:2]
    desk = visit(people.chief_judge.number, size=(1360, 900)).go(f"/contests/{contest.code}/judging/")
    expect(desk.locator("#first")).to_contain_text("没有异常")
    tablet = visit(people.judge.number, size=TABLET).go(f"/contests/sheets/{sheet_of(contest, people.judge).pk}/")

    give(tablet, 0, "88")
    tablet.get_by_role("button", name="下一位").click()
    give(tablet, 0, "70")

    expect(desk.locator("#first")).to_contain_text(f"漏打: {first} 1/3, {second} 1/3", timeout=30_000)
    expect(desk.locator("#heat td.part")).to_have_count(2, timeout=10_000)
    expect(desk.locator("#heat tbody tr").first.locator("td").first).to_contain_text("分钟")

    # What waits on the tablet is counted on the desk until it has arrived.
    tablet.route("**/ops", lambda route: route.abort())
    give(tablet, 1, "8")
    expect(tablet.locator(".pad-state[data-value=waiting]")).to_have_count(1)
    tablet.reload()  # a tablet that wakes up says at once what it holds
    expect(desk.locator("#heat")).to_contain_text("1 个未发送", timeout=60_000)
    tablet.unroute("**/ops")
    expect(desk.locator("#heat")).not_to_contain_text("未发送", timeout=60_000)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(390, 844), (1366, 900)])
def test_pages_of_judging_are_accessible_and_do_not_scroll_sideways(
    visit: Any, people: Company, size: tuple[int, int], dark: bool
) -> None:
    contest = make_judging(people, contestants=3)
    mark_everything(contest, people.judge)
    visitor = visit(people.chief_judge.number, size=size, dark=dark, language="en-US" if dark else "zh-CN")
    found: list[str] = []

    for page in ("judging", "gate", "statistics", "rules", "draw", "scheme"):
        visitor.go(f"/contests/{contest.code}/{page}/")
        visitor.page.wait_for_timeout(250)
        found += [f"{page}: {fault}" for fault in visitor.violations()]
        if visitor.overflows():
            found.append(f"{page}: scrolls sideways")

    assert found == []


def test_gate_lets_the_result_through_when_everything_is_settled(visit: Any, people: Company) -> None:
    from contests.domain import judging

    contest = make_judging(people, contestants=3)
    mark_everything(contest, people.judge)
    judging.close(contest=contest, by=people.chief_judge, at=AT, reason="时间到")
    page = visit(people.chief_judge.number).go(f"/contests/{contest.code}/gate/")
    expect(page.locator("[data-level=error]").first).to_be_visible()

    clear_gate(contest, people.chief_judge)
    page.reload()

    expect(page.get_by_text("没有阻碍，成绩可以提交。")).to_be_visible()
