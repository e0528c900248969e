"""The verifier and the judge statistics in the browser, with a panel of four whose marks are trimmed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from contests.domain import bundles, results
from contests.models import Contest, ResultRow
from contests.pure.bundle import Bundle, write
from tests.contests.pure.bundle import test_sports as sports
from tests.factories.contests import AT
from tests.factories.people import Company
from tests.factories.trimmed import make_trimmed, make_trimmed_notice


@pytest.fixture
def contest(people: Company) -> Contest:
    return make_trimmed(people)


@pytest.fixture
def published(contest: Contest, people: Company) -> Contest:
    return make_trimmed_notice(people, contest)


def test_contestant_follows_their_own_total_line_by_line(visit: Any, people: Company, published: Contest) -> None:
    page = visit(people.worker.number).go(f"/contests/{published.code}/verify/")

    expect(page.locator("[data-verify][data-done=right]")).to_be_visible()
    expect(page.locator(".verify-entry")).to_have_count(1)
    expect(page.locator(".verify-line")).to_contain_text("7.25 8 8.5 9.75")
    expect(page.locator(".verify-line")).to_contain_text("8.25 → × 1.6 = 13.2 → 13.20")
    expect(page.locator(".verify-line s")).to_have_text(["7.25", "9.75"])
    expect(page.locator(".verify-sum.strong")).to_contain_text("13.20 − 0.5 = 12.70")
    expect(page.locator(".verify-entry .note.ok")).to_contain_text("✓")


def test_total_that_was_changed_is_shown_in_red(visit: Any, people: Company, published: Contest) -> None:
    ResultRow.objects.filter(entry__code="02").update(total="13.00")
    page = visit(people.chief_judge.number, language="en-US").go(f"/contests/{published.code}/verify/")

    expect(page.locator("[data-verify][data-done=wrong]")).to_be_visible()
    wrong = page.locator(".verify-entry[data-same=false]")
    expect(wrong).to_have_count(1)
    wrong.locator("summary").click()
    expect(wrong.locator(".note.error")).to_contain_text("12.80")
    expect(wrong.locator(".note.error")).to_contain_text("13.00")


def test_data_of_the_verifier_can_be_taken_away(visit: Any, people: Company, published: Contest) -> None:
    page = visit(people.worker.number).go(f"/contests/{published.code}/verify/")

    with page.expect_download() as waiting:
        page.locator('a[href="?format=json"]').click()

    assert '"scope": "own"' in waiting.value.path().read_text(encoding="utf-8")


def test_chief_sees_whether_one_judge_decides_the_podium_and_by_how_much(
    visit: Any, people: Company, contest: Contest
) -> None:
    firm = {"01": "9 9.25 9 9.25", "02": "7 7 7.25 7", "03": "4 4.25 4 4"}
    other = make_trimmed(people, firm, code="firm")
    chief = visit(people.chief_judge.number, size=(1366, 900))
    page = chief.go(f"/contests/{contest.code}/statistics/")

    expect(page.locator("main")).to_contain_text("按当前打分")
    expect(page.locator("main")).not_to_contain_text("随成绩第")
    expect(page.locator(".note.warn")).to_contain_text("去掉其中任一位裁判，前三名就会变化：J1, J2, J4。")
    told = page.locator("#sensitivity")
    for sentence in ("去掉 J1 后，第 1 名与第 2 名互换。", "去掉 J3 后，前三名不变。",
                     "不去掉最高最低分（直接平均）：第 1 名与第 2 名互换。", "改用中位数：前三名不变。"):  # fmt: skip
        expect(told).to_contain_text(sentence)
    first = told.locator(".item").first
    expect(first).to_contain_text("领先 01")
    expect(first).to_contain_text("8 → 8.25")
    page = chief.go(f"/contests/{other.code}/statistics/")
    expect(page.locator(".note.ok")).to_contain_text("没有哪一位裁判能单独决定前三名")
    expect(page.locator("#sensitivity")).to_contain_text("任何一个打分都不足以使两者互换")

    make_trimmed_notice(people, contest)
    page = chief.go(f"/contests/{contest.code}/result/")
    page.get_by_role("link", name="当时的统计").click()
    expect(page.locator("main")).to_contain_text("随成绩第 1 版保存的统计")
    expect(page.locator("#sensitivity")).to_contain_text("去掉 J1 后，第 1 名与第 2 名互换。")


DIVES = ["去掉 7, 8.5 → 平均 47/6 → × 9.6 = 75.2 → 75.20", "75.20 + 90.75 = 165.95"]
BEFORE, AFTER = "平均 43/6 → 取舍后 7.2 → × 31 = 223.2", "平均 22/3 → × 31 = 682/3 → 取舍后 227.3"


@pytest.mark.parametrize(
    ("bundle", "winner", "told"),
    [
        (sports.diving(), ["quan Q", "165.95"], DIVES),
        (sports.aerobatics('["combined"]'), ["extra E", "308.2"], [BEFORE, "223.2 + 85 = 308.2"]),
        (sports.aerobatics('["factor"]'), ["yak Y", "307.3"], [AFTER, "227.3 + 80.0 = 307.3"]),
    ],
    ids=["diving", "aerobatics rounded before the factor", "aerobatics rounded after the factor"],
)
def test_other_sports_come_out_in_the_browser_as_their_rules_say(
    visit: Any, people: Company, bundle: Bundle, winner: list[str], told: list[str]
) -> None:
    contest = bundles.import_bundle(files=write(bundle), by=people.organiser, at=AT)
    Contest.objects.filter(pk=contest.pk).update(result_detail="marks")
    contest.refresh_from_db()
    results.begin_notice(contest=contest, until=AT, by=None, at=AT)

    page = visit(people.stranger.number, size=(1366, 900)).go(f"/contests/{contest.code}/verify/")

    expect(page.locator("[data-verify][data-done=right]")).to_be_visible()
    first = page.locator(".verify-entry").first
    for text in winner:
        expect(first.locator("summary")).to_contain_text(text)
    first.locator("summary").click()
    for text in told:
        expect(first).to_contain_text(text)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(390, 844), (1366, 900)])
def test_pages_are_accessible_and_do_not_scroll_sideways(
    visit: Any, people: Company, contest: Contest, size: tuple[int, int], dark: bool
) -> None:
    visitor = visit(people.chief_judge.number, size=size, dark=dark, language="en-US" if dark else "zh-CN")
    found: list[str] = []

    for name in ("statistics", "scores", "verify"):
        page = visitor.go(f"/contests/{contest.code}/{name}/")
        if name == "verify":
            page.locator(".verify-entry summary").first.click()
            expect(page.locator(".verify-line").first).to_be_visible()
        visitor.page.wait_for_timeout(250)
        found += [f"{name}: {fault}" for fault in visitor.violations()]
        if visitor.overflows():
            found.append(f"{name}: scrolls sideways")

    assert found == []
