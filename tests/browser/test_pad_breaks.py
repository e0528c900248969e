"""The pad broken on purpose: whatever happens to network, server, session or browser, what the judge saw is what the server holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from contests.domain import judging
from contests.models import Contest, Mark, Operation, Sheet, Tablet
from tests.browser.test_pad import TABLET, give, states
from tests.factories.contests import make_judging, sheet_of
from tests.factories.people import PASSWORD, Company
from tests.serving import free_port, served


@pytest.fixture
def sheet(people: Company) -> Sheet:
    return sheet_of(make_judging(people, contestants=3), people.judge)


def address(sheet: Sheet) -> str:
    return f"/contests/sheets/{sheet.pk}/"


def kept(page: Page) -> None:
    """Wait until the tablet says that it works offline."""
    expect(page.locator("[data-kept=kept]")).to_be_visible(timeout=15_000)


def values() -> list[float]:
    return sorted(float(mark.value) for mark in Mark.objects.all() if mark.value is not None)


def test_reloaded_offline_the_sheet_opens_with_its_marks_and_sends_them_later(
    visit: Any, people: Company, sheet: Sheet
) -> None:
    visitor = visit(people.judge.number, size=TABLET)
    page = visitor.go(address(sheet))
    kept(page)

    visitor.context.set_offline(True)
    give(page, 1, "8.5")
    expect(states(page, "waiting")).to_have_count(1)
    page.reload()
    expect(page.locator(".pad-input").nth(1)).to_have_value("8.5")
    give(page, 2, "7")
    expect(states(page, "waiting")).to_have_count(2)
    visitor.context.set_offline(False)

    expect(states(page, "saved")).to_have_count(2, timeout=20_000)
    assert values() == [7.0, 8.5]
    assert Operation.objects.count() == 2


def test_browser_killed_right_after_a_tap_has_lost_nothing(visit: Any, people: Company, sheet: Sheet) -> None:
    visitor = visit(people.judge.number, size=TABLET)
    page = visitor.go(address(sheet))
    kept(page)
    visitor.context.set_offline(True)

    page.locator(".pad-step").nth(3).click()
    expect(states(page, "waiting")).to_have_count(1)
    page.close(run_before_unload=False)
    visitor.context.set_offline(False)
    page = visitor.context.new_page()
    page.goto(visitor.server + address(sheet))

    expect(states(page, "saved")).to_have_count(1, timeout=20_000)
    assert values() == [0.0]


def test_half_typed_number_survives_a_reload_and_is_no_mark(visit: Any, people: Company, sheet: Sheet) -> None:
    page = visit(people.judge.number, size=TABLET).go(address(sheet))

    page.locator(".pad-input").nth(1).press_sequentially("8.")
    expect(states(page, "draft")).to_have_count(1)
    page.wait_for_timeout(200)
    page.reload()

    expect(page.locator(".pad-input").nth(1)).to_have_value("8.")
    assert Operation.objects.count() == 0


def test_server_stopped_and_started_again_gets_every_mark_once(
    browser: Any, people: Company, sheet: Sheet, transactional_db: None
) -> None:
    from tests.browser.conftest import Visitor

    port = free_port()
    with served(port=port) as server:
        visitor = Visitor(browser, server, size=TABLET, language="zh-CN", dark=False).sign_in(people.judge.number)
        page = visitor.go(address(sheet))
        kept(page)
        give(page, 1, "6")
        expect(states(page, "saved")).to_have_count(1)
    give(page, 2, "7")
    expect(states(page, "waiting")).to_have_count(1)
    page.reload()
    expect(page.locator(".pad-input").nth(2)).to_have_value("7")

    with served(port=port):
        expect(states(page, "saved")).to_have_count(2, timeout=40_000)

    visitor.context.close()
    assert values() == [6.0, 7.0]
    assert Operation.objects.count() == 2


def test_every_second_answer_is_lost_and_every_mark_counts_once(visit: Any, people: Company, sheet: Sheet) -> None:
    page = visit(people.judge.number, size=TABLET).go(address(sheet))
    seen = []

    def lossy(route: Any) -> None:
        seen.append(route.request.post_data)
        if len(seen) % 2:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/ops", lossy)
    for text in ("5", "5.5", "6", "6.5"):
        give(page, 1, text)
    give(page, 2, "9")
    expect(states(page, "saved")).to_have_count(2, timeout=40_000)

    assert values() == [6.5, 9.0]
    assert Operation.objects.filter(answer="ok").count() == Operation.objects.count()


def test_expired_session_keeps_the_marks_until_the_judge_signs_in_again(
    visit: Any, people: Company, sheet: Sheet
) -> None:
    visitor = visit(people.judge.number, size=TABLET)
    page = visitor.go(address(sheet))
    Session.objects.all().delete()

    give(page, 1, "8")
    expect(page.locator("[data-net]")).to_contain_text("登录已过期")
    other = visitor.context.new_page()
    other.goto(visitor.server + "/people/sign-in/")
    other.fill("#id_username", people.judge.number)
    other.fill("#id_password", PASSWORD)
    other.click("button.primary")
    other.wait_for_url(visitor.server + "/")

    expect(states(page, "saved")).to_have_count(1, timeout=40_000)
    assert values() == [8.0]


def test_another_judge_on_the_same_tablet_neither_sees_nor_sends_the_waiting_marks(
    visit: Any, people: Company, sheet: Sheet
) -> None:
    visitor = visit(people.judge.number, size=TABLET)
    page = visitor.go(address(sheet))
    kept(page)
    visitor.context.set_offline(True)
    give(page, 1, "8")
    expect(states(page, "waiting")).to_have_count(1)
    visitor.context.set_offline(False)
    visitor.context.clear_cookies()
    visitor.sign_in(people.stranger.number)

    answer = visitor.page.goto(visitor.server + address(sheet))

    assert answer is not None
    assert answer.status in {403, 404}
    assert all(operation.by_id == people.judge.pk for operation in Operation.objects.all())


def test_late_marks_after_the_lock_are_kept_shown_and_not_counted(visit: Any, people: Company, sheet: Sheet) -> None:
    visitor = visit(people.judge.number, size=TABLET)
    page = visitor.go(address(sheet))
    kept(page)
    visitor.context.set_offline(True)
    give(page, 1, "8")
    expect(states(page, "waiting")).to_have_count(1)
    contest = Contest.objects.get()
    judging.close(contest=contest, by=people.chief_judge, at=datetime.now(UTC), reason="时间到")
    visitor.context.set_offline(False)

    expect(states(page, "late")).to_have_count(1, timeout=20_000)
    expect(page.locator("[data-late]")).to_be_visible()
    expect(page.locator(".pad-input").nth(1)).to_have_value("8")
    assert values() == []
    assert Operation.objects.get().answer == "locked"


def test_local_record_holds_every_mark_also_offline(visit: Any, people: Company, sheet: Sheet) -> None:
    visitor = visit(people.judge.number, size=TABLET)
    page = visitor.go(address(sheet))
    visitor.context.set_offline(True)
    give(page, 1, "8.5")
    expect(states(page, "waiting")).to_have_count(1)
    files: list[Any] = []
    page.on("download", lambda file: files.append(file))  # noqa: PLW0108 a method of C takes no attribute

    with page.expect_download(lambda _file: len(files) == 2):
        page.locator("[data-record]").click()

    texts = {Path(file.suggested_filename).suffix: Path(file.path()).read_text("utf-8-sig") for file in files}
    assert set(texts) == {".csv", ".json"}
    assert '"8.5"' in texts[".csv"]
    assert re.search(r'"value": "8.5"', texts[".json"])


def test_another_tablet_of_the_judge_is_seen_without_a_reload(visit: Any, people: Company, sheet: Sheet) -> None:
    first, second = (visit(people.judge.number, size=TABLET).go(address(sheet)) for _ in range(2))

    give(first, 1, "7.5")

    expect(second.locator(".pad-input").nth(1)).to_have_value("7.5", timeout=40_000)
    assert Tablet.objects.count() == 2


def test_plain_http_says_so_and_still_stores_and_sends(browser: Any, people: Company, sheet: Sheet) -> None:
    from tests.browser.conftest import ARGUMENTS, Visitor, executable

    with served() as server:
        plain = server.replace("127.0.0.1", "jinbang.test")
        chromium = browser.browser_type.launch(
            executable_path=executable(), args=[*ARGUMENTS, "--host-resolver-rules=MAP jinbang.test 127.0.0.1"]
        )
        visitor = Visitor(chromium, plain, size=TABLET, language="zh-CN", dark=False).sign_in(people.judge.number)
        page = visitor.go(address(sheet))

        expect(page.locator("[data-insecure]")).to_be_visible()
        give(page, 1, "8")
        expect(states(page, "saved")).to_have_count(1)
        page.reload()
        expect(page.locator(".pad-input").nth(1)).to_have_value("8")

        chromium.close()
    assert values() == [8.0]
