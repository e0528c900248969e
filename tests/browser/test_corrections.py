"""A correction is seen before it is: ranks, points and certificates as a difference, applied whole, taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.timezone import localtime
from playwright.sync_api import Page, expect

from contests.domain import certificates, judging, results
from contests.models import Certificate, Change, Contest, Mark, ResultRow
from rewards.queries import balance
from tests.factories.certificates import make_template
from tests.factories.contests import AT, make_judging
from tests.factories.people import Company
from tests.factories.results import UNTIL, make_final, mark

DESK = (1360, 900)


def begin(visit: Any, people: Company, contest: Contest, reason: str) -> Page:
    """Let the chief judge begin a correction at a desk."""
    page: Page = visit(people.chief_judge.number, size=DESK).go(f"/contests/{contest.code}/changes/")
    page.fill("#id_reason", reason)
    page.get_by_role("button", name="开始试算").click()
    page.wait_for_url("**/contests/changes/*/")
    return page


def add(page: Page, kind: str) -> None:
    page.locator(f"details:has(input[value='{kind}']) form").get_by_role("button", name="添加并计算").click()
    page.wait_for_load_state()


def press(page: Page, dialog: str) -> None:
    """Press the button that opens a dialog, and in it the one that does it."""
    page.locator(f"[data-dialog='{dialog}']").click()
    with page.expect_navigation():
        page.locator(f"{dialog} button:not([type=button])").click()


def differences(page: Page) -> dict[str, str]:
    """Return entry code → what the table says of it, in one line."""
    rows = [" ".join(text.split()) for text in page.locator("table.cards").first.locator("tbody tr").all_inner_texts()]
    return {row[:2]: row for row in rows}


def paid(contest: Contest) -> dict[str, int]:
    return {
        entry.code: balance(entry.employee).available
        for entry in contest.entries.select_related("employee")
        if entry.employee is not None
    }


def ranks(contest: Contest) -> dict[str, int | None]:
    return dict(ResultRow.objects.filter(contest=contest).values_list("entry__code", "rank"))


def test_after_the_final_result_ranks_points_and_certificates_change_together_and_go_back(
    visit: Any, server: str, people: Company
) -> None:
    contest = make_final(people)
    certificates.issue(contest=contest, template=make_template(people), by=people.organiser, at=UNTIL)
    first = Certificate.objects.get(entry__code="02")
    stranger = visit()
    page = begin(visit, people, contest, "工件用错材料")
    page.click("details:has(input[value='penalty']) summary")
    page.select_option("#id_penalty-entry", "02")
    page.fill("#id_penalty-points", "30")
    add(page, "penalty")

    expect(page.locator("main")).to_contain_text("由工会主席执行")
    page = visit(people.union_chair.number, size=DESK).go(page.url.removeprefix(server))
    seen = differences(page)
    for told in ("1 → 2", "90.00 → 60.00", "300 → 10", first.number):
        assert told in seen["02"]
    for told in ("2 → 1", "10 → 300"):
        assert told in seen["01"]
    expect(stranger.go(f"/verify/{first.token}/").locator("h1")).to_have_text("证书真实有效")
    assert (ranks(contest)["02"], paid(contest)["02"]) == (1, 300)

    press(page, "#apply")
    assert (ranks(contest), paid(contest)) == ({"01": 1, "02": 2, "03": 3}, {"01": 300, "02": 10, "03": 10})
    old = stranger.go(f"/verify/{first.token}/")
    expect(old.locator("h1")).to_have_text("该证书已被换发")
    assert "工件" not in old.inner_text("main")
    winner = contest.entries.get(code="01").employee
    assert winner is not None
    phone = visit(winner.number)
    card = phone.go("/contests/certificates/mine/").locator("article", has_text="一等奖")
    expect(card.get_by_role("link", name="PDF")).to_be_visible()
    expect(phone.go("/mall/wallet/").locator("main")).to_contain_text("300")
    expect(phone.go(f"/contests/{contest.code}/result/").locator("main")).to_contain_text("工件用错材料")

    expect(page.locator("main")).to_contain_text("撤回更正")
    page.locator("[data-dialog='#take-back']").click()
    page.fill("#take-back-reason", "材料经复验合格")
    with page.expect_navigation():
        page.locator("#take-back button.danger").click()
    assert (ranks(contest), paid(contest)) == ({"02": 1, "01": 2, "03": 3}, {"01": 10, "02": 300, "03": 10})
    now = Certificate.objects.get(entry__code="02", state="valid")
    assert now.pk != first.pk
    expect(stranger.go(f"/verify/{now.token}/").locator("h1")).to_have_text("证书真实有效")
    expect(stranger.go(f"/verify/{first.token}/").locator("h1")).to_have_text("该证书已被换发")


def test_marks_of_a_power_cut_are_set_back_and_given_again(visit: Any, people: Company) -> None:
    contest = make_judging(people, contestants=3)
    mark(contest, people, {"01": "70", "02": "60", "03": "50"})
    dark = AT + timedelta(hours=1)
    mark(contest, people, {"01": "40", "02": "90"}, at=dark, base=1)
    judging.close(contest=contest, by=people.chief_judge, at=AT + timedelta(hours=2), reason="时间到")
    contest = results.begin_notice(contest=contest, until=UNTIL, by=people.union_chair, at=AT + timedelta(hours=3))
    page = begin(visit, people, contest, "13 时停电，打分无效")
    page.click("details:has(input[value='void-span']) summary")
    for field, moment in (("since", dark - timedelta(minutes=1)), ("until", dark + timedelta(minutes=1))):
        page.fill(f"#id_void-span-{field}", localtime(moment).strftime("%Y-%m-%dT%H:%M:%S"))
    add(page, "void-span")

    seen = differences(page)
    assert ("40.00 → 70.00" in seen["01"], "90.00 → 60.00" in seen["02"]) == (True, True)
    assert [str(mark.value) for mark in Mark.objects.order_by("entry__code")] == ["40", "90", "50"]
    press(page, "#apply")
    assert ranks(contest) == {"01": 1, "02": 2, "03": 3}

    page.locator("[data-dialog='#take-back']").click()
    page.fill("#take-back-reason", "备用电源未断")
    with page.expect_navigation():
        page.locator("#take-back button.danger").click()
    assert ranks(contest) == {"02": 1, "03": 2, "01": 3}
    assert Change.objects.get().state == "reverted"


def test_dropped_nothing_has_changed(visit: Any, people: Company) -> None:
    contest = make_final(people)
    page = begin(visit, people, contest, "待查")
    page.click("details:has(input[value='status']) summary")
    page.select_option("#id_status-entry", "02")
    page.select_option("#id_status-status", "dq")
    add(page, "status")
    assert "1 → —" in differences(page)["02"]

    press(page, "#drop")

    assert (Change.objects.get().state, ranks(contest)) == ("dropped", {"02": 1, "01": 2, "03": 3})
    expect(page.locator(".list")).to_contain_text("待查")
