"""The gate before publication: an error blocks, a warning asks for a reason, the review is done piece by piece."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from contests import flows
from contests.models import Contest, EntryReview, GateAnswer
from engine.approvals.models import Approval
from tests.contests.domain.test_gate import closed
from tests.contests.flows.test_contest import agree_registration, mark_all, published
from tests.factories.contests import AT, sign_round
from tests.factories.people import Company, make_employee

DESK = (1360, 900)


def in_review(company: Company) -> Contest:
    """Marked, closed and signed by all; nothing looked at yet."""
    contest = published(company)
    for person in (company.worker, make_employee(company.team, trade=company.trade)):
        agree_registration(flows.apply(contest=contest, employee=person, by=person, at=AT), company)
    flows.close_registration(contest=contest, by=company.organiser, at=AT)
    flows.draw(contest=contest, by=company.secrecy_officer, at=AT)
    flows.start_judging(contest=contest, by=company.organiser, at=AT)
    mark_all(contest, company)
    contest = flows.close_judging(contest=contest, by=company.chief_judge, at=AT)
    sign_round(contest)
    return contest


def test_nothing_is_submitted_before_the_review_is_done_and_each_warning_has_its_reason(
    visit: Any, people: Company
) -> None:
    contest = in_review(people)
    page = visit(people.chief_judge.number, size=DESK).go(f"/contests/{contest.code}/gate/")
    errors, warnings = page.locator("[data-level=error]"), page.locator("[data-level=warning]")
    submit = page.get_by_role("button", name="提交审批")
    expect(errors).to_have_count(1)
    assert errors.locator("input").count() == submit.count() == 0

    warnings.first.get_by_role("button", name="保存理由").click()
    assert page.locator("input[name=reason]:invalid").count() == warnings.count()
    assert not GateAnswer.objects.exists()
    for left in reversed(range(warnings.count())):
        open_still = page.locator("[data-level=warning]:has(input[name=reason])").first
        open_still.locator("input[name=reason]").fill("方案经批准，满分 120 分")
        open_still.get_by_role("button", name="保存理由").click()
        expect(page.locator("[data-level=warning]:has(input[name=reason])")).to_have_count(left)
    expect(warnings.first).to_contain_text("方案经批准")
    assert submit.count() == 0

    page.locator("details[open] button[value=right]").click()
    expect(page.locator("button[value=right]")).to_have_count(1)
    page.locator("details[open] input[name=note]").fill("第 2 项抄写潦草")
    page.locator("details[open] button[value=wrong]").click()
    expect(page.get_by_text("没有阻碍，成绩可以提交。")).to_be_visible()
    expect(page.locator("main")).to_contain_text("第 2 项抄写潦草")
    submit.click()
    page.wait_for_load_state()

    asked = Approval.objects.get(subject=contest.subject, finished_at=None)
    expect(visit(people.union_chair.number).go(f"/approvals/{asked.pk}/").locator("h1")).to_contain_text(contest.title)
    assert sorted(EntryReview.objects.values_list("is_right", "note")) == [(False, "第 2 项抄写潦草"), (True, "")]


def test_a_blank_is_named_and_no_reason_helps_until_it_is_settled(visit: Any, people: Company) -> None:
    contest = closed(people, but=("03",))
    chief = visit(people.chief_judge.number, size=DESK)
    page = chief.go(f"/contests/{contest.code}/gate/")
    blank = page.locator("[data-level=error]", has_text="缺")
    expect(blank.first).to_contain_text("03 · 笔试")
    assert blank.locator("input").count() == 0

    row = chief.go(f"/contests/{contest.code}/judging/entries/").locator("tbody tr", has_text="03").first
    row.locator("summary").first.click()
    row.locator("#status-03").select_option("dns")
    row.locator("#status-reason-03").fill("未到场")
    row.get_by_role("button", name="设定状态").click()
    expect(page.locator("tbody tr", has_text="03").first).to_contain_text("未到场")

    expect(chief.go(f"/contests/{contest.code}/gate/").locator("[data-level]", has_text="03 · 笔试")).to_have_count(0)
