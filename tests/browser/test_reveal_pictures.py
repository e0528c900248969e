"""The whole reveal, driven from a phone, recorded as pictures: nothing shown ever contradicts what is revealed already.

`REVEAL_PICTURES=<folder>` keeps the pictures and a sheet of each screen's.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from contests.domain import marking
from contests.models import Contest
from contests.pure.marks import Op
from engine.live import domain as live
from engine.live.models import Board
from engine.live.pure.reducer import ordered
from tests.browser.pictures import Album
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company, make_employee

pytestmark = pytest.mark.xdist_group("browser")
SETTLED_MS = 1300
PATIENCE_MS = 60_000
NAMES = (
    "欧阳建国",
    "李娜",
    "阿卜杜热西提·买买提依明",
    "王小明",
    "张伟",
    "刘洋",
    "买合木提江·吐尔逊尼亚孜",
    "陈静",
    "赵铁柱",
)
MARKS = (
    "9.5",
    "9",
    "8.5",
    "8.5",
    "8",
    "7",
    "7",
    "6",
    "",
)  # two share the third place, two the sixth, one did not start
EARLIER = ("5", "8", "7", "9", "6", "4", "3", "2", "")  # at the freeze another one leads
SEEN = """() => ({
  rows: [...document.querySelectorAll('.board-list .board-row:not(.leaving)')].map((row) => ({
    id: row.dataset.id, top: row.getBoundingClientRect().top,
    rank: row.querySelector('.board-rank').textContent, name: row.querySelector('.board-name').textContent,
    total: row.querySelector('.board-total').textContent,
  })).sort((one, other) => one.top - other.top),
  text: document.querySelector('.wall').innerText,
  stage: document.querySelector('[data-stage]').hidden ? '' : document.querySelector('[data-stage]').innerText,
})"""


@pytest.fixture
def contest(people: Company) -> Contest:
    units = [people.plant, people.shop, people.team]
    crowd = [make_employee(units[place % 3], name=name) for place, name in enumerate(NAMES)]
    contest = make_judging(people, contestants=0, people=crowd, is_blind=False, is_public=True)
    mark(contest, people, dict(zip(NAMES, EARLIER, strict=True)))
    live.publish(contest.code)
    live.freeze(contest.code, by=people.chief_judge)
    mark(contest, people, dict(zip(NAMES, MARKS, strict=True)), version=1)
    return contest


def mark(contest: Contest, people: Company, marks: dict[str, str], version: int = 0) -> None:
    sheet, codes = sheet_of(contest, people.judge), dict(contest.entries.values_list("name", "code"))
    ops = [
        Op(str(uuid4()), codes[name], aspect, value, version)
        for name, value in marks.items()
        if value
        for aspect in sheet.aspects
        if aspect != "paper"
    ]
    answers = marking.record(sheet_id=sheet.pk, ops=ops, by=people.judge, at=AT)
    assert {row.answer for row in answers} == {"ok"}


class Hall:
    """A wall, watched: what it shows is compared with what may be known at the moment."""

    def __init__(self, page: Page, album: Album, contest: Contest) -> None:
        self.page, self.album, self.code = page, album, contest.code

    def check(self, step: str) -> None:
        """Wait for the step, take a picture, and find nothing that is not revealed and nothing that contradicts it."""
        board = Board.objects.get(code=self.code)
        expect(self.page.locator("[data-board]")).to_have_attribute("data-seq", str(board.seq), timeout=PATIENCE_MS)
        known = board.held[len(board.held) - board.revealed :] if board.state == "revealing" else board.rows
        hidden = [row["name"] for row in board.held if row["id"] not in {each["id"] for each in known}]
        as_shown = [
            (row["id"], "–" if row["rank"] is None else str(row["rank"]), row["name"], row["total"]) for row in known
        ]
        rows: list[Any] = []
        # Rows glide and numbers count up, slowly on a busy machine; what is hidden is hidden all the while.
        for _turn in range(20):
            self.page.wait_for_timeout(SETTLED_MS)
            seen = self.page.evaluate(SEEN)
            assert board.state != "revealing" or [name for name in hidden if name in seen["text"]] == []
            assert bool(board.is_called) == ("? ? ?" in seen["stage"])
            rows = [(row["id"], row["rank"], row["name"], row["total"]) for row in seen["rows"]]
            if rows == as_shown:
                break
        self.album.take(self.page, step)
        assert rows == as_shown


def press(phone: Page, name: str) -> None:
    with phone.expect_navigation():
        phone.get_by_role("button", name=name, exact=True).click()


@pytest.mark.timeout(900)
def test_the_whole_reveal_is_recorded_and_contradicts_nothing(
    visit: Any, people: Company, contest: Contest, tmp_path: Path
) -> None:
    screens = {
        "hall": {"size": (1920, 1080)},
        "gallery": {"size": (3840, 2160), "language": "en"},
        "calm": {"size": (1280, 720)},
    }
    halls = []
    for name, device in screens.items():
        visitor = visit(**device)
        if name == "calm":
            visitor.page.emulate_media(reduced_motion="reduce")
        visitor.page.set_default_timeout(PATIENCE_MS)
        halls.append(Hall(visitor.go(f"/boards/{contest.code}/wall/"), Album(tmp_path, name), contest))
    phone = visit(people.chief_judge.number).go(f"/boards/{contest.code}/desk/")
    phone.set_default_timeout(PATIENCE_MS)
    desk = Album(tmp_path, "phone")

    def step(button: str, what: str) -> None:
        press(phone, button)
        desk.take(phone, what)
        for hall in halls:
            hall.check(what)

    for hall in halls:
        hall.check("frozen")
    step("开始揭榜", "begun")
    final = Board.objects.get().held
    assert [row["name"] for row in final] != [row["name"] for row in Board.objects.get().rows]
    for place in range(5):
        step("揭晓下一名", f"place-{place}")
    step("请出名次", "third-called")
    step("撤销", "third-undone")
    step("请出名次", "third-called-again")
    halls[1].page.reload()
    step("亮出姓名", "third-named")
    step("撤销", "third-name-undone")
    step("亮出姓名", "third-named-again")
    for what in ("third-too", "second", "first"):
        step("请出名次", f"{what}-called")
        step("亮出姓名", f"{what}-named")
    for hall in halls:  # who was fifth at the freeze has won: the hall is told
        expect(hall.page.locator("[data-stage]")).to_contain_text(re.compile("封榜时第 5 名|At the freeze: place 5"))
    expect(phone.get_by_text("已全部揭晓。")).to_be_visible()
    live.finish(contest.code)
    for hall in halls:
        expect(hall.page.locator("[data-stage][data-scene=podium]")).to_be_visible(timeout=PATIENCE_MS)
    for hall in halls:
        hall.page.wait_for_timeout(2500)
        hall.album.take(hall.page, "podium")
    for hall in halls:
        hall.check("final")
    board = Board.objects.get()

    assert board.rows == final == ordered(final)
    for album in (*(hall.album for hall in halls), desk):
        with Image.open(album.sheet()) as sheet:
            assert sheet.width > 1900
        assert len({path.read_bytes() for _step, path in album.taken}) > len(album.taken) // 2
