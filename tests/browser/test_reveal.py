"""The reveal in a hall: driven from a phone, in step on every screen, undone, ended in the final order."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from contests.models import Contest
from engine.live import domain as live
from tests.factories.contests import make_judging, mark_everything
from tests.factories.people import Company


@pytest.fixture
def contest(people: Company) -> Contest:
    contest = make_judging(people, contestants=5, is_blind=False, is_public=True)
    mark_everything(contest, people.judge)
    live.publish(contest.code)
    live.freeze(contest.code, by=people.chief_judge)
    return contest


def test_a_medal_is_called_then_named_on_every_screen_and_undone(visit: Any, people: Company, contest: Contest) -> None:
    walls = [visit(size=size).go(f"/boards/{contest.code}/wall/") for size in ((1920, 1080), (1280, 720))]
    phone = visit(people.chief_judge.number).go(f"/boards/{contest.code}/desk/")
    phone.get_by_role("button", name="开始揭榜").click()
    script = phone.locator(".script")

    for place in (5, 4):
        expect(script).to_contain_text(re.compile(rf"^第 {place} 名：选手\d，.+ 分"))
        phone.locator(".show-next").click()
    expect(script).to_have_text("下面揭晓第 3 名……")
    for wall in walls:
        expect(wall.locator(".board-row")).to_have_count(2)
        expect(wall.locator("[data-stage]")).to_be_hidden()
    phone.locator(".show-next").click()
    for wall in walls:
        expect(wall.locator("[data-stage][data-scene=call] [data-stage-place]")).to_have_text("第三名")
        expect(wall.locator(".board-row")).to_have_count(2)
    phone.get_by_role("button", name="撤销").click()
    for wall in walls:
        expect(wall.locator("[data-stage]")).to_be_hidden()
    phone.locator(".show-next").click()
    expect(script).to_contain_text(contest.entries.get(code="03").name)
    phone.locator(".show-next").click()
    name = contest.entries.get(code="03").name
    for wall in walls:
        expect(wall.locator("[data-stage][data-scene=card] [data-stage-name]")).to_have_text(name)
        expect(wall.locator(".board-row")).to_have_count(3)
    for _turn in range(4):
        phone.locator(".show-next").click()
    for wall in walls:
        expect(wall.locator("[data-stage][data-medal=gold][data-scene=card]")).to_be_visible()
    live.finish(contest.code)
    for wall in walls:
        expect(wall.locator("[data-stage][data-scene=podium]")).to_be_visible(timeout=10_000)

    late = visit(size=(1920, 1080)).go(f"/boards/{contest.code}/wall/")
    expect(late.locator(".board-row")).to_have_count(5)
    names = [late.locator(".board-row .board-name").nth(number).inner_text() for number in range(5)]
    assert set(names) == set(contest.entries.values_list("name", flat=True))
