"""An appeal from the phone of the contestant to the corrected result; its pages are accessible and fit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from contests.domain import changes
from contests.models import Appeal, Change, Contest
from tests.contests.flows.test_appeals import hand_in, impartial, loser, name, vote
from tests.contests.flows.test_contest import fund, noticed
from tests.factories.contests import AT
from tests.factories.people import Company
from tests.factories.results import draft, new_mark, penalty


@pytest.fixture
def contest(people: Company) -> Contest:
    """On public notice for another day, whatever the day is."""
    contest = noticed(people)
    fund(people)
    Contest.objects.update(notice_until=timezone.now() + timedelta(days=1))
    contest.refresh_from_db()
    return contest


def test_an_appeal_goes_from_phone_to_phone(visit: Any, people: Company, contest: Contest, tmp_path: Path) -> None:
    second, panel = loser(contest, people), impartial(people)
    photo = tmp_path / "试卷.png"
    Image.new("RGB", (40, 40), "white").save(photo)

    page = visit(second.number).go(f"/contests/{contest.code}/result/")
    page.click(".actions a.primary")
    page.fill("#id_text", "笔试第 3 题漏计 25 分")
    page.set_input_files("#evidence", str(photo))
    page.click(".actions button.primary")
    page.wait_for_url("**/contests/appeals/*/")
    appeal = Appeal.objects.get()

    page = visit(people.organiser.number).go(f"/contests/appeals/{appeal.pk}/")
    for number, person in enumerate(panel, 1):
        page.fill(f"#id_person-{number}", person.number)
    page.click("form[action$='/arbitrators/'] button.primary")
    page.wait_for_selector(".toast")

    chief = visit(people.chief_judge.number)
    page = chief.go(f"/contests/appeals/{appeal.pk}/")
    page.click("a[href*='?appeal=']")
    page.fill("#id_reason", "笔试第 3 题漏计 25 分")
    page.click("main form.card button.primary")
    page.wait_for_url("**/contests/changes/*/")
    page.click("details:has(input[value='mark']) summary")
    page.select_option("#id_mark-entry", appeal.entry.code)
    page.fill("#id_mark-value", "95")
    page.click("details[open] button")
    page.wait_for_selector("table.cards")
    assert "2 → 1" in page.inner_text("table.cards").replace("\n", " ")
    change = Change.objects.get()

    page = visit(panel[0].number).go(f"/contests/appeals/{appeal.pk}/")
    assert "2 → 1" in page.inner_text("table.cards").replace("\n", " ")
    page.click(".actions a.primary")
    page.wait_for_url("**/approvals/*/")
    appeal.refresh_from_db()
    vote(appeal, (panel[0], "approve"), (panel[1], "approve"))

    page = chief.go(f"/contests/changes/{change.pk}/")
    page.click(".actions button.primary")
    page.click("#apply button.primary")
    page.wait_for_selector(".toast")

    change.refresh_from_db()
    assert change.state == "applied"
    assert contest.result_rows.get(rank=1).entry.employee == second


def test_an_objection_is_heard_by_people_without_a_conflict_and_rejected_with_its_reason(
    visit: Any, people: Company, contest: Contest
) -> None:
    panel = impartial(people)
    objector = visit(people.stranger.number)
    page = objector.go(f"/contests/{contest.code}/result/")
    page.get_by_role("link", name="对成绩提出异议").click()
    assert page.locator("#id_kind").count() == 0  # who did not take part does not appeal
    page.select_option("#id_entry", contest.entries.get(result__rank=1).code)
    page.fill("#id_text", "一号选手使用了自带焊条")
    page.locator(".actions button.primary").click()
    page.wait_for_url("**/contests/appeals/*/")
    appeal = Appeal.objects.get()
    expect(objector.go(f"/contests/{contest.code}/result/").locator("main")).to_contain_text("还有 1 件申诉")

    desk = visit(people.organiser.number, size=(1360, 900)).go(f"/contests/{contest.code}/appeals/")
    desk.get_by_role("link", name="钳工孙芳").click()
    for number, person in enumerate((people.judge, *panel[:2]), 1):
        desk.fill(f"#id_person-{number}", person.number)
    desk.click("form[action$='/arbitrators/'] button.primary")
    expect(desk.locator("form[action$='/arbitrators/']")).to_contain_text(people.judge.name)
    assert not appeal.arbitrators.exists()
    desk.fill("#id_person-1", panel[2].number)
    desk.click("form[action$='/arbitrators/'] button.primary")
    panel_card = desk.locator("section.card", has_text="仲裁")
    for person in panel:
        expect(panel_card.first).to_contain_text(person.name)

    for person in panel[:2]:
        page = visit(person.number).go(f"/contests/appeals/{appeal.pk}/")
        page.click(".actions a.primary")
        page.fill("#id_note", "焊条由赛场统一发放，有领用记录")
        with page.expect_navigation():
            page.locator("button[name=verb][value=refuse]").first.click()

    page = objector.go(f"/contests/appeals/{appeal.pk}/")
    expect(page.locator(".page-head .tag")).to_have_text("不成立")
    expect(page.locator("main")).to_contain_text("有领用记录")
    Contest.objects.filter(pk=contest.pk).update(notice_until=timezone.now() - timedelta(minutes=1))
    page = objector.go(f"/contests/{contest.code}/result/")
    assert page.get_by_role("link", name="对成绩提出异议").count() == 0
    expect(page.locator("main")).not_to_contain_text("件申诉")
    page = objector.go(f"/contests/{contest.code}/appeals/new/")
    expect(page.locator(".actions button.primary")).to_be_disabled()
    expect(page.locator(".note.warn")).to_contain_text("工会主席")


@pytest.mark.parametrize(
    ("size", "language", "dark"),
    [((390, 844), "zh-CN", False), ((1360, 900), "en-US", True)],
    ids=["phone-zh-light", "desk-en-dark"],
)
def test_its_pages_are_accessible_and_fit(
    visit: Any, people: Company, contest: Contest, size: tuple[int, int], language: str, dark: bool
) -> None:
    appeal, waiting = hand_in(contest, people.worker), hand_in(contest, people.stranger, kind="objection")
    name(appeal, people)
    one, other = (entry.code for entry in contest.entries.all())
    steps = [new_mark(one, "1"), penalty(other, "2.5"), {"kind": "status", "entry": one, "status": "dq"}]
    open_still, applied = draft(contest, people, *steps), draft(contest, people, penalty(one, "30"))
    changes.apply(change_id=applied.pk, by=people.chief_judge, at=AT)
    pages = {
        people.worker: [f"{contest.code}/result/", f"{contest.code}/appeals/new/", f"appeals/{appeal.pk}/"],
        people.organiser: [f"{contest.code}/appeals/", f"appeals/{waiting.pk}/"],
        people.union_chair: [f"{contest.code}/appeals/late/"],
        people.chief_judge: [
            f"{contest.code}/changes/", f"changes/{open_still.pk}/", f"changes/{applied.pk}/", f"{contest.code}/manage/"
        ],
    }  # fmt: skip

    problems = []
    for person, paths in pages.items():
        visitor = visit(person.number, size=size, language=language, dark=dark)
        for path in paths:
            visitor.go(f"/contests/{path}")
            problems += [f"{path} {fault}" for fault in visitor.violations()]
            problems += [f"{path} scrolls sideways"] if visitor.overflows() else []

    assert not problems, "\n".join(problems)
