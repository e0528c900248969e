"""Boards as screens meet the world: inside another site's page, behind a proxy, a silent server, blind and frozen, of each kind."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from contests.domain import results
from contests.models import Contest
from engine.live import domain as live
from engine.live.models import Board
from rewards.domain import leaderboards
from tests.factories.contests import make_judging
from tests.factories.people import Company
from tests.factories.results import UNTIL, make_noticed, mark

PATIENCE_MS = 30_000
NO_SOCKETS = """window.WebSocket = class extends EventTarget {
  readyState = 3;
  constructor() { super(); setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1006 })), 10); }
  send() {}
  close() {}
};"""


@pytest.fixture
def contest(people: Company) -> Contest:
    contest = make_judging(people, contestants=3, is_blind=False, is_public=True)
    mark(contest, people, {"01": "70", "02": "60"})
    live.publish(contest.code)
    return contest


def shows(page: Page, **totals: str) -> None:
    """Wait until the rows have these totals, from the first to the last; e01="70.00"."""
    for place, total in enumerate(totals.values(), 1):
        row = page.locator(".board-row", has=page.locator(".board-rank", has_text=re.compile(f"^{place}$")))
        expect(row.locator(".board-total").first).to_have_text(total, timeout=PATIENCE_MS)


@contextlib.contextmanager
def other_site(page: str) -> Iterator[str]:
    """Serve one page at another origin; yield its address."""

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args: Any) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{site.server_port}/"
    finally:
        site.shutdown()
        site.server_close()


def test_another_sites_page_shows_the_frame_live_and_no_other_page_of_ours(
    browser: Browser, server: str, people: Company, contest: Contest
) -> None:
    frames = "".join(
        f'<iframe id="{name}" width="400" height="600" src="{server}/boards/{contest.code}/{name}/"></iframe>'
        for name in ("embed", "wall")
    )
    with other_site(frames) as portal, browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        page.goto(portal)
        board = page.frame_locator("#embed")
        expect(board.locator("[data-status][data-value=live]")).to_be_visible(timeout=PATIENCE_MS)
        expect(board.locator(".board-row")).to_have_count(3)

        mark(contest, people, {"02": "95"}, base=1)

        expect(board.locator(".board-row.gold .board-total")).to_have_text("95.00", timeout=PATIENCE_MS)
        assert page.frame_locator("#wall").locator("[data-board]").count() == 0


def test_behind_a_proxy_without_websockets_the_page_asks_for_the_snapshot_and_says_so(
    visit: Any, people: Company, contest: Contest
) -> None:
    visitor = visit(size=(1280, 720))
    answers: list[int] = []
    visitor.page.on("response", lambda answer: answers.append(answer.status) if ".json" in answer.url else None)
    visitor.page.add_init_script(NO_SOCKETS)
    page = visitor.go(f"/boards/{contest.code}/wall/")
    status = page.locator("[data-status]")
    expect(status).to_have_attribute("data-value", "polling", timeout=PATIENCE_MS)
    expect(status).to_contain_text("没有实时连接")
    expect(status).not_to_contain_text("●")

    mark(contest, people, {"02": "95"}, base=1)

    expect(page.locator(".board-row.gold .board-total")).to_have_text("95.00", timeout=PATIENCE_MS)
    with page.expect_response(lambda answer: ".json" in answer.url and answer.status == 304, timeout=PATIENCE_MS):
        pass
    assert answers[0] == 200
    assert set(answers) == {200, 304}


def test_after_twelve_silent_seconds_no_screen_calls_itself_live(visit: Any, contest: Contest) -> None:
    visitor = visit(size=(1280, 720))
    page: Page = visitor.page
    is_cut: list[bool] = []

    def between(route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()
        upstream.on_message(lambda message: None if is_cut else route.send(message))

    page.route_web_socket(re.compile("/ws/boards/"), between)
    page.clock.install()
    visitor.go(f"/boards/{contest.code}/wall/")
    status = page.locator("[data-status]")
    expect(status).to_have_text("● 实时", timeout=PATIENCE_MS)

    is_cut.append(True)
    page.clock.run_for(11_000)
    expect(status).to_have_text("● 实时")
    page.clock.run_for(3_000)

    expect(status).to_have_attribute("data-value", "silent")
    expect(status).to_contain_text("连接已断开")
    expect(page.locator(".board-row")).to_have_count(3)  # the old state stays, and says of when it is


def test_blind_and_frozen_the_hall_sees_codes_and_nothing_that_came_after(visit: Any, people: Company) -> None:
    contest = make_judging(people, contestants=3, is_blind=True, is_public=True)
    mark(contest, people, {"01": "70", "02": "60"})
    live.publish(contest.code)
    wall = visit(size=(1280, 720))
    said: list[str] = []
    wall.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: said.append(str(frame))))
    page = wall.go(f"/boards/{contest.code}/wall/")
    expect(page.locator("[data-status][data-value=live]")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".board-row .board-name")).to_have_text(["01", "02", "03"])
    desk = visit(people.chief_judge.number).go(f"/boards/{contest.code}/desk/")

    desk.get_by_role("button", name="封榜").first.click()
    expect(page.locator("[data-state]")).to_have_text("已封榜", timeout=PATIENCE_MS)
    mark(contest, people, {"02": "95"}, base=1)
    live.publish(contest.code)

    desk.reload()
    expect(desk.locator("main")).to_contain_text("95.00")
    fresh = visit(size=(1280, 720)).go(f"/boards/{contest.code}/wall/")
    shown = [page.content(), fresh.content(), "".join(said)]
    assert said
    assert not any("95.00" in text for text in shown)
    names = list(contest.entries.values_list("employee__name", flat=True))
    assert not any(name in text for text in shown for name in names)
    shows(page, e01="70.00", e02="60.00")


def test_season_units_and_points_have_boards_beside_those_of_contests(visit: Any, people: Company) -> None:
    results.publish(contest=make_noticed(people), by=people.chief_judge, at=UNTIL)
    leaderboards.stir(at=timezone.now())
    while live.publish_next():
        pass
    worker = visit(people.worker.number)
    page = worker.go("/boards/")
    for kind in sorted(set(Board.objects.values_list("kind", flat=True))):
        page = worker.go(f"/boards/?kind={kind}")
        expect(page.locator("main a[href^='/boards/']").first).to_be_visible()
    season = Board.objects.get(kind="season")
    page = worker.go(f"/boards/{season.code}/")

    expect(page.locator(".board-row")).to_contain_text(["炼钢厂"])
    expect(page.locator(".board-row .board-total")).to_have_text(["22"])
    assert {"contest", "season"} <= set(Board.objects.values_list("kind", flat=True))
