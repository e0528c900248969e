"""A thousand rows, few of them in the page; one's own place in sight; the desk and its screens; the frame on another page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contests.models import Contest
from engine.live import domain as live
from engine.live.models import Board, Delta, Screen
from tests.factories.contests import make_judging
from tests.factories.people import Company

COUNT = 1000


def rows(count: int = COUNT) -> list[dict[str, Any]]:
    return [
        {
            "id": f"e{place:04}",
            "rank": place + 1,
            "name": f"选手{place + 1}",
            "unit": f"{place % 9 + 1}车间",
            "total": f"{1000 - place}.00",
            "cells": {},
        }
        for place in range(count)
    ]


@pytest.fixture
def board(people: Company) -> Iterator[Board]:
    contest = make_judging(people, contestants=5, is_blind=False, is_public=True)
    live.publish(contest.code)
    Board.objects.filter(code=contest.code).update(rows=rows())
    return Board.objects.get(code=contest.code)


def places(page: Page) -> list[tuple[float, int]]:
    """Return (where it stands, its rank) of every row in the page's list, from top to bottom."""
    script = """() => [...document.querySelectorAll('.board-list .board-row:not(.leaving)')].map((row) =>
        [row.getBoundingClientRect().top, Number(row.querySelector('.board-rank').textContent)])"""
    return sorted((top, rank) for top, rank in page.evaluate(script))


def swap(board: Board) -> None:
    """Let the last become the first, as the publisher would say it."""
    board.refresh_from_db()
    first = {**board.rows[-1], "rank": 1, "total": "1001.00"}
    others = [{**row, "rank": place + 2} for place, row in enumerate(board.rows[:-1])]
    board.rows, board.seq = [first, *others], board.seq + 1
    frame = {
        "type": "delta",
        "epoch": board.epoch,
        "seq": board.seq,
        "at": board.at.isoformat(),
        "state": "live",
        "rows": board.rows,
        "gone": [],
    }
    Delta.objects.create(board=board, seq=board.seq, frame=frame)
    board.save()


def test_a_thousand_rows_keep_the_page_small_and_in_order_on_a_weak_machine(visit: Any, board: Board) -> None:
    wall, phone = visit(size=(1920, 1080)), visit(size=(390, 844))
    for visitor, path in ((wall, "wall"), (phone, "embed")):
        page = visitor.go(f"/boards/{board.code}/{path}/")
        visitor.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        expect(page.locator("[data-status][data-value=live]")).to_be_visible(timeout=15_000)

    swap(board)
    for visitor in (wall, phone):
        expect(visitor.page.locator(".board-list .board-row.gold .board-name")).to_have_text("选手1000", timeout=15_000)
        visitor.page.wait_for_timeout(1500)
        assert visitor.page.locator(".board-row").count() < 40
        found = places(visitor.page)
        assert [rank for _top, rank in found] == sorted(rank for _top, rank in found)
    phone.page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    expect(phone.page.locator(".board-list .board-row .board-rank", has_text="500")).to_have_count(1)
    assert phone.page.locator(".board-row").count() < 40
    assert [rank for _top, rank in places(phone.page)] == list(
        range(min(r for _t, r in places(phone.page)), max(r for _t, r in places(phone.page)) + 1)
    )
    assert phone.page.evaluate("document.body.scrollHeight") > COUNT * 40


CUT = """() => [...document.querySelectorAll('.board-list .board-name, .board-cells > span > span, .board-total')]
  .filter((each) => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 3)
  .map((each) => each.textContent)"""


@pytest.mark.parametrize(("count", "columns"), [(3, 3), (12, 4), (12, 9)])
def test_long_names_and_what_a_hall_can_read_of_the_columns_are_never_cut(
    visit: Any, board: Board, count: int, columns: int
) -> None:
    names = ["阿卜杜热西提·买买提依明·吐尔逊", "欧阳买买提·阿卜杜热合曼江", "Li Xiaoming"]
    told = [{"code": f"c{number}", "title": f"评分组{number}"} for number in range(columns)]
    shown = rows(count)
    for place, row in enumerate(shown):
        row |= {"name": names[place % 3], "cells": {column["code"]: "100.00" for column in told}}
    Board.objects.filter(pk=board.pk).update(rows=shown, columns=told)

    page = visit(size=(1920, 1080)).go(f"/boards/{board.code}/wall/")
    expect(page.locator("[data-status][data-value=live]")).to_be_visible(timeout=15_000)
    expect(page.locator(".board-row").first).to_be_visible()
    page.wait_for_function("() => !document.querySelector('.board-row.entering')")

    assert page.evaluate(CUT) == []
    first = page.locator(".board-row").first
    expect(first.locator(".board-cells > span")).to_have_count(columns if columns <= 4 else 0)


LAYOUT = """() => [...document.querySelectorAll('.wall, .wall *')].filter((each) => each.checkVisibility() && !each.matches('[data-clock]')).map((each) => {
  const box = each.getBoundingClientRect();
  return [each.className, each.childElementCount ? '' : each.textContent, [box.left, box.top, box.right, box.bottom, parseFloat(getComputedStyle(each).fontSize)]];
})"""


@pytest.mark.parametrize("size", [(3840, 2160), (1280, 720)])
def test_any_hall_sees_the_same_picture_as_1080p(visit: Any, board: Board, size: tuple[int, int]) -> None:
    drawn = []
    for width, height in ((1920, 1080), size):
        page = visit(size=(width, height)).go(f"/boards/{board.code}/wall/")
        expect(page.locator("[data-status][data-value=live]")).to_be_visible(timeout=15_000)
        page.wait_for_timeout(1200)
        drawn.append(page.evaluate(LAYOUT))
    scale = size[0] / 1920

    usual, other = drawn

    assert [row[:2] for row in other] == [row[:2] for row in usual]
    # A row begins on a whole pixel and letters are as wide as their hinting says; ten rows add up to a few pixels.
    far = [
        (here[0], mine, theirs * scale)
        for here, there in zip(other, usual, strict=True)
        for mine, theirs in zip(here[2], there[2], strict=True)
        if abs(mine - theirs * scale) > 6 * scale
    ]
    assert far == []


def test_a_change_of_every_row_is_drawn_in_one_picture_and_rests_afterwards(visit: Any, board: Board) -> None:
    page = visit(size=(1920, 1080)).go(f"/boards/{board.code}/wall/")
    expect(page.locator("[data-status][data-value=live]")).to_be_visible(timeout=15_000)
    page.wait_for_timeout(1500)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def metrics() -> dict[str, float]:
        return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}

    before = metrics()
    swap(board)
    expect(page.locator(".board-list .board-row.gold .board-name")).to_have_text("选手1000", timeout=15_000)
    page.wait_for_timeout(1500)
    after = metrics()

    # The row that came in, the clock's seconds, the steps of a number, the chart: never a layout in each of the ninety pictures.
    assert after["LayoutCount"] - before["LayoutCount"] < 30
    assert after["Nodes"] - before["Nodes"] < 200
    # Four times slower it still is a tenth of the glide: 1,000 rows read, ordered and the ones in sight written.
    assert (after["TaskDuration"] - before["TaskDuration"]) * 4 < 1.0


def test_own_place_is_pinned_while_its_row_is_out_of_sight(visit: Any, people: Company, board: Board) -> None:
    entry = Contest.objects.get(code=board.code).entries.order_by("position")[3]
    entry.employee = people.worker
    entry.save()
    mine = rows()
    mine[700]["id"] = live.own_row(board, people.worker)
    assert mine[700]["id"]
    Board.objects.filter(pk=board.pk).update(rows=mine)

    page = visit(people.worker.number).go(f"/boards/{board.code}/")

    own = page.locator("[data-own]")
    expect(own).to_contain_text("701")
    page.evaluate(
        "document.querySelector('[data-rows]').scrollIntoView(); scrollBy(0, document.querySelector('[data-rows]').clientHeight * 0.699)"
    )
    expect(page.locator(".board-list .board-row.mine")).to_be_visible()
    expect(own).to_be_hidden()


def test_screen_is_paired_seen_in_step_and_cut_off_from_the_desk(visit: Any, people: Company, board: Board) -> None:
    hall = visit(size=(1280, 720)).go("/boards/screen/")
    digits = hall.locator(".screen-code").inner_text().strip()
    desk = visit(people.administrator.number, size=(1280, 900)).go(f"/boards/{board.code}/desk/")

    desk.fill("#code", digits)
    desk.fill("#name", "一号大厅")
    desk.get_by_role("button", name="配对").click()
    hall.wait_for_url(f"**/boards/{board.code}/wall/", timeout=15_000)
    line = desk.locator(".screen-line", has_text="一号大厅")
    expect(line.locator(".tag.ok")).to_be_visible(timeout=15_000)
    line.locator("summary").click()
    line.get_by_role("button", name="解除").click()

    hall.wait_for_url("**/boards/screen/", timeout=15_000)
    assert Screen.objects.filter(ended_at=None, paired_at__isnull=False).count() == 0
