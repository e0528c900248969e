"""The verifier and the judge statistics in the browser, with a panel of four whose marks are trimmed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from contests.domain import judging, marking, panels, results, setup
from contests.models import Contest, Penalty, ResultRow
from contests.pure.marks import Op
from tests.factories.contests import AT, make_contest, make_judging, make_scheme, sheet_of
from tests.factories.people import Company, make_employee

SEAM = {
    "code": "seam", "group": "practical", "title": "焊缝外观", "kind": "judgement", "min": 0, "max": 10, "step": "0.25",
    "combine": "trimmed-mean", "trim": 1, "trim_from": 4, "factor": "1.6",
}  # fmt: skip
MARKS = {"01": "8 7.25 9.75 8.5", "02": "8 8 7 9", "03": "6 6.25 1 6"}


@pytest.fixture
def contest(people: Company) -> Contest:
    """A contest judged by four, one mark far from the others; entry 01 stands for `people.worker`."""
    draft = make_contest(people, quota=None)
    scheme = make_scheme(group=[{"code": "practical", "title": "实操"}], aspect=[SEAM], ranking={"order": ["total"]})
    setup.set_scheme(contest=draft, scheme=scheme, by=people.organiser, at=AT)
    judges = [people.judge, *(make_employee(people.other_team, name=f"裁判{number}") for number in (2, 3, 4))]
    for judge in judges[1:]:
        panels.assign(contest=draft, employee=judge, by=people.organiser, at=AT)
    contest = make_judging(people, contestants=3, contest=draft)
    for number, judge in enumerate(judges):
        ops = [Op(str(uuid4()), code, "seam", row.split()[number], 0) for code, row in MARKS.items()]
        marking.record(sheet_id=sheet_of(contest, judge).pk, ops=ops, by=judge, at=AT)
    contest.entries.filter(code="01").update(employee=people.worker)
    Penalty.objects.create(
        entry=contest.entries.get(code="01"), points="0.5", reason="超时", by=people.chief_judge, at=AT
    )
    return contest


@pytest.fixture
def published(contest: Contest, people: Company) -> Contest:
    judging.close(contest=contest, by=people.chief_judge, at=AT, reason="x")
    return results.begin_notice(contest=contest, until=AT, by=None, at=AT)


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
