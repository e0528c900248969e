"""The result as a page, PDF and Excel: every mark, which were trimmed, how the total came about; to each as much as they may see."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from contests.models import Contest
from engine.flows.tasks import fire_due
from tests.contests.flows.test_contest import fund, noticed
from tests.documents import words_of
from tests.factories.people import Company
from tests.factories.trimmed import MARKS, make_trimmed_notice

DESK = (1360, 900)
TRIMMED = {"01": ["7.25", "9.75"], "02": ["7", "9"], "03": ["1", "6.25"]}
TOTALS = {"01": "12.70", "02": "12.80", "03": "9.60"}


@pytest.fixture
def contest(people: Company) -> Contest:
    return make_trimmed_notice(people)


def taken(page: Page, name: str) -> bytes:
    """Press a link and return the file that was handed out."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def sheets(content: bytes, folder: Path) -> dict[str, list[list[Any]]]:
    path = folder / "result.xlsx"
    path.write_bytes(content)
    return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in load_workbook(path)}


def test_chief_takes_every_mark_away_as_excel_and_pdf(
    visit: Any, people: Company, contest: Contest, tmp_path: Path
) -> None:
    page = visit(people.chief_judge.number, size=DESK).go(f"/contests/{contest.code}/result/")

    book = sheets(taken(page, "Excel"), tmp_path)
    words = words_of(taken(page, "PDF"))

    result, marks, penalties = book.values()
    assert [(row[0], row[1], f"{row[-1]:.2f}") for row in result[1:]] == [
        (1, "02", "12.80"), (2, "01", "12.70"), (3, "03", "9.60")
    ]  # fmt: skip
    for code, given in MARKS.items():
        mine = [row for row in marks[1:] if row[1] == code]
        assert [row[5:7] for row in mine] == [[f"J{n}", float(value)] for n, value in enumerate(given.split(), 1)]
        assert sorted(str(row[6]) for row in mine if row[7].startswith("去掉")) == sorted(TRIMMED[code])
        # Three marks of four are left out or used; the mean of those in between times the factor is the score.
        between = sorted(float(value) for value in given.split())[1:3]
        assert {round(float(row[-1]), 2) for row in mine} == {round(sum(between) / 2 * 1.6, 2)}
    assert penalties[1] == ["01", people.worker.name, 0.5, "超时"]
    for shown in ("J1 8 · J2 (7.25) · J3 (9.75) · J4 8.5", "× 1.6", "实操 13.20 − 扣分 0.5 = 12.70", "扣分 0.5: 超时"):
        assert shown in words
    assert all(total in words for total in TOTALS.values())


def test_page_shows_the_public_nameless_marks_where_the_organiser_chose_so(
    visit: Any, people: Company, contest: Contest, tmp_path: Path
) -> None:
    Contest.objects.filter(pk=contest.pk).update(result_detail="marks")
    page = visit(people.stranger.number, size=DESK).go(f"/contests/{contest.code}/result/")

    row = page.locator("tbody tr", has_text=people.worker.name)
    row.locator("summary").click()
    expect(row.locator(".mark.counted")).to_have_text(["8", "8.5"])
    expect(row.locator(".mark.trimmed")).to_have_text(["7.25", "9.75"])
    expect(row).to_contain_text("8.25 × 1.6 = 13.2")
    expect(row).to_contain_text("−0.5")
    assert all("line-through" in style for style in row.locator(".mark.trimmed").evaluate_all(
        "marks => marks.map((mark) => getComputedStyle(mark).textDecorationLine)"
    ))  # fmt: skip
    book = sheets(taken(page, "Excel"), tmp_path)
    words = words_of(taken(page, "PDF"))

    assert len(book) == 2
    assert "8 · (7.25) · (9.75) · 8.5" in words
    for seen in (page.inner_text("main"), words, str(book)):
        assert "J1" not in seen
        assert "超时" not in seen  # the reason of another's penalty
    assert page.get_by_role("link", name="我的评分表（PDF）").count() == 0


def test_public_sees_ranks_alone_and_the_contestant_their_own_in_full(
    visit: Any, people: Company, contest: Contest, tmp_path: Path
) -> None:
    Contest.objects.filter(pk=contest.pk).update(result_detail="ranks")
    stranger = visit(people.stranger.number).go(f"/contests/{contest.code}/result/")
    (only,) = sheets(taken(stranger, "Excel"), tmp_path).values()
    public = (stranger.inner_text("main"), words_of(taken(stranger, "PDF")), str(only))

    mine = visit(people.worker.number).go(f"/contests/{contest.code}/result/")
    mine.get_by_text("我的总分怎样得来").click()
    own = mine.locator("section.card", has_text="我的成绩").first
    expect(own.locator(".mark.trimmed")).to_have_text(["7.25", "9.75"])
    expect(own.locator(".hero-number")).to_have_text("12.70")
    words = words_of(taken(mine, "我的评分表（PDF）"))

    for seen in public:
        assert "12.7" in seen
        assert not any(hidden in seen for hidden in ("实操", "13.2", "9.75", "0.5"))
    assert "8 · (7.25) · (9.75) · 8.5" in words
    assert "扣分 0.5: 超时" in words
    assert people.worker.name in words
    assert "选手2" not in words
    assert "9.60" not in words


def test_when_the_notice_is_over_the_result_is_final_and_paid_and_takes_no_appeal(visit: Any, people: Company) -> None:
    noticed(people)
    fund(people)
    contest = Contest.objects.get()
    worker = visit(people.worker.number)
    page = worker.go(f"/contests/{contest.code}/result/")
    expect(page.locator(".page-head")).to_contain_text("公示至")
    assert fire_due(at=contest.notice_until - timedelta(seconds=1)) == 0
    expect(worker.go(f"/contests/{contest.code}/result/").locator(".page-head")).to_contain_text("公示至")

    assert fire_due(at=contest.notice_until) == 1

    page = worker.go(f"/contests/{contest.code}/result/")
    expect(page.locator(".page-head")).to_contain_text("最终成绩")
    expect(page.locator(".digest")).to_have_text(contest.result_versions.latest("number").digest)
    assert page.get_by_role("link", name="对本人成绩提出申诉").count() == 0
    expect(worker.go("/mall/wallet/").locator("main")).to_contain_text("300")
