"""The editor of the marking scheme: from an earlier contest, by keyboard and by dragging, through Excel, with photos; then fixed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect

from contests.models import AspectPicture, Contest
from tests.browser.test_pad import TABLET
from tests.factories.contests import make_contest, make_judging, make_published, sheet_of
from tests.factories.people import Company

DESK = (1366, 900)


def order(page: Page) -> list[str | None]:
    return [row.get_attribute("data-code") for row in page.locator(".scheme-aspect").all()]


def save(page: Page) -> None:
    page.get_by_role("button", name="保存并继续").click()
    page.wait_for_url("**/panel/")


def test_scheme_comes_from_an_earlier_contest_is_arranged_by_keyboard_and_mouse_and_goes_through_excel(
    visit: Any, people: Company, tmp_path: Path
) -> None:
    make_published(people, code="earlier", title="去年的焊工赛")
    contest = make_contest(people, code="later")
    Contest.objects.filter(pk=contest.pk).update(scheme={})
    visitor = visit(people.organiser.number, size=DESK)
    page = visitor.go("/contests/later/scheme/")

    # Taken over, nothing stored yet; moved by keyboard alone, the focus stays on the button; moved by dragging.
    page.select_option("select[name=from]", "earlier")
    page.get_by_role("button", name="套用其评分标准").click()
    expect(page.locator(".scheme-total")).to_contain_text("120")
    assert Contest.objects.get(code="later").scheme == {}
    page.locator("[data-code=seam] summary").press("Enter")
    page.locator('[data-code=seam] [data-move="1"]').press("Enter")
    assert order(page) == ["paper", "safety", "seam"]
    expect(page.locator('[data-code=seam] [data-move="1"]')).to_be_focused()
    page.locator("[data-code=seam]").drag_to(page.locator("[data-code=safety]"), source_position={"x": 4, "y": 4})
    assert order(page) == ["paper", "seam", "safety"]
    page.locator("[data-code=seam] textarea").nth(3).fill("可作样板")
    save(page)

    # Out as Excel, the paper worth 80 there, in again: shown first, stored when it is saved.
    page = visitor.go("/contests/later/scheme/")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    full = next(cell.column for cell in book.active[1] if cell.value == "满分")
    book.active.cell(2, full).value = 80
    book.save(tmp_path / "scheme.xlsx")
    page.locator("form[action$='/upload/'] input[type=file]").set_input_files(tmp_path / "scheme.xlsx")
    page.get_by_role("button", name="在编辑器中打开").click()
    expect(page.locator(".scheme-total")).to_contain_text("100 ✓")
    expect(page.locator("[data-code=seam] textarea").nth(3)).to_have_value("可作样板")
    save(page)

    scheme = Contest.objects.get(code="later").marking_scheme
    assert [(aspect.code, aspect.maximum) for aspect in scheme.aspects] == [("paper", 80), ("seam", 10), ("safety", 10)]
    assert Contest.objects.get(code="later").guides == {"seam": {"levels": ["", "", "", "可作样板"]}}


def test_photos_of_a_good_and_a_bad_piece_stand_on_the_pad_and_the_scheme_is_fixed_then(
    visit: Any, people: Company, tmp_path: Path
) -> None:
    contest = make_contest(people, quota=None)
    Image.new("RGB", (320, 240), "#777").save(tmp_path / "piece.png")
    visitor = visit(people.organiser.number, size=DESK)
    for kind in ("good", "bad"):
        page = visitor.go(f"/contests/{contest.code}/scheme/")
        page.select_option("select[name=aspect]", "seam")
        page.select_option("select[name=kind]", kind)
        page.locator("form[action$='/pictures/'] input[type=file]").set_input_files(tmp_path / "piece.png")
        page.get_by_role("button", name="保存（不选文件则删除照片）").click()
        page.wait_for_load_state()
    assert AspectPicture.objects.count() == 2

    contest = make_judging(people, contestants=1, contest=contest)
    pad = visit(people.judge.number, size=TABLET).go(f"/contests/sheets/{sheet_of(contest, people.judge).pk}/")

    expect(pad.locator(".pad-pictures img")).to_have_count(2)
    pad.locator(".pad-pictures").scroll_into_view_if_needed()
    pad.wait_for_function(
        "[...document.querySelectorAll('.pad-pictures img')].every((one) => one.naturalWidth === 320)"
    )
    page = visitor.go(f"/contests/{contest.code}/scheme/")
    expect(page.locator("fieldset.scheme[disabled] .scheme-number").first).to_be_disabled()
    expect(page.locator("main")).to_contain_text("规则已冻结")
