"""The rules of a contest: frozen by the chief judge with worked examples, read by everybody, amended with both results."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from contests.models import RulesVersion
from tests.factories.contests import give, make_contestants, make_published
from tests.factories.contests import register as enter
from tests.factories.people import Company
from tests.factories.teams import begin

DESK = (1360, 900)


def test_chief_freezes_the_rules_and_an_amendment_shows_both_results(visit: Any, people: Company) -> None:
    contest = make_published(people, quota=None)
    chief = visit(people.chief_judge.number, size=DESK)
    page = chief.go(f"/contests/{contest.code}/rules/")

    # Signed by the chief judge with worked examples; a worker reads the digest on a phone.
    page.get_by_role("button", name="以裁判长身份冻结并签署").click()
    expect(page.locator("code.digest")).to_have_count(1)
    contest.refresh_from_db()
    phone = visit(people.worker.number).go(f"/contests/{contest.code}/rules/")
    expect(phone.locator("code.digest")).to_have_text(contest.rules_digest)
    expect(phone.locator("main")).to_contain_text(people.chief_judge.name)
    phone.locator("details summary", has_text="算例").click()
    expect(phone.locator("details tbody tr").first.locator("td")).to_have_text(
        ["满分", "100", "10 · 10 · 10 · 10 · 10", "10 · 10 · 10 · 10 · 10", "120.00"]
    )

    # In mid-round the practical part is to count double: first what it would do, then, with its reason, done.
    for person in make_contestants(people, 2):
        enter(contest, person)
    begin(contest, people)
    give(contest, people.judge, "paper", e01="80", e02="70")
    for aspect in ("seam", "safety"):
        give(contest, people.judge, aspect, e01="5", e02="9.5")
    page = chief.go(f"/contests/{contest.code}/scheme/")
    page.locator(".scheme-head").nth(1).get_by_label("权重").fill("2")
    page.fill("#reason", "实操权重漏写")
    page.get_by_role("button", name="先看影响").click()
    expect(page.locator("tbody tr", has_text="02").locator("td")).to_have_text(["02", "2 → 1", "89.00 → 108.00"])
    assert RulesVersion.objects.count() == 1
    expect(page.locator("#reason")).to_have_value("实操权重漏写")
    page.get_by_role("button", name="发布修正").click()  # the question after it is answered with no
    expect(page.locator("#reason")).to_have_value("实操权重漏写")
    assert RulesVersion.objects.count() == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="发布修正").click()
    page.wait_for_url("**/rules/")

    amended = page.locator("section.card", has_text="实操权重漏写")
    expect(amended.locator("tbody tr", has_text="01").first.locator("td")).to_have_text(
        ["01", "1 → 2", "90.00 → 100.00"]
    )
    expect(amended.locator("tbody tr", has_text="02").first.locator("td")).to_have_text(
        ["02", "2 → 1", "89.00 → 108.00"]
    )
    expect(page.locator("code.digest")).to_have_count(2)
    phone.reload()
    expect(phone.locator("main")).to_contain_text("实操权重漏写")
    expect(phone.locator("main")).not_to_contain_text("108.00")
    assert not chief.overflows()
