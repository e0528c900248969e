"""The chief judge's desk while judges mark: contested marks decided as they come, judges recused, replaced and shared out."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from contests.domain import panels, standings
from contests.models import Mark, PanelMember, Recusal, Unveiling
from people.domain import ties
from tests.browser.test_pad import TABLET
from tests.factories.contests import AT, give, make_contest, make_judging, make_worldskills, sheet_of
from tests.factories.people import Company, give_role, make_employee

DESK = (1360, 900)
SOON = 30_000  # the desk looks again by itself; a busy machine needs a while


def test_contested_marks_come_to_the_desk_by_themselves_and_are_decided_there(visit: Any, people: Company) -> None:
    judges = [people.judge, *(make_employee(people.other_team, name=name) for name in ("裁判乙", "裁判丙"))]
    contest = make_worldskills(people, judges)
    page = visit(people.chief_judge.number, size=DESK).go(f"/contests/{contest.code}/judging/")
    box = page.locator("#contested")
    expect(box).to_be_hidden()

    for judge, mark in zip(judges, ("0", "3", "2"), strict=True):
        give(contest, judge, "seam", e01=mark, e02="2")
    expect(box).to_contain_text("J1 0", timeout=SOON)
    box.get_by_label("理由").first.fill("两人看的是另一条焊缝")
    box.get_by_role("button", name="重新评分").click()
    expect(page.locator("#contested")).to_be_hidden()
    for judge, mark in zip(judges, ("1", "3", "3"), strict=True):
        give(contest, judge, "seam", e01=mark)
    expect(box).to_contain_text("J1 1", timeout=SOON)
    box.locator("select").select_option("2")
    box.get_by_label("理由").last.fill("裁判长复核实物")
    box.get_by_role("button", name="裁定").click()
    expect(page.locator("#contested")).to_be_hidden()

    turns = Unveiling.objects.filter(entry__code="01").order_by("turn").values_list("marks", "again_reason")
    assert list(turns) == [({"J1": 0, "J2": 3, "J3": 2}, "两人看的是另一条焊缝"), ({"J1": 1, "J2": 3, "J3": 3}, "")]
    rows = {row["name"]: row["total"] for row in standings.rows(contest.pk).rows}
    assert rows["01"] == rows["02"] == "6.67"
    settled = Mark.objects.get(sheet__member__role="chief")
    assert (settled.entry.code, settled.value) == ("01", 2)


def test_judges_are_shared_out_recused_and_replaced_in_mid_round_from_the_desk(visit: Any, people: Company) -> None:
    draft = make_contest(people, quota=None)
    judges = [people.judge]
    for number in (1, 2):
        judges.append(make_employee(people.root, name=f"评委{number}", number=f"88{number}"))
        give_role(judges[-1], "judge")
        panels.assign(contest=draft, employee=judges[-1], by=people.organiser, at=AT)
    heir, relative = (make_employee(people.root, name=name) for name in ("接替裁判", "选手的姐姐"))
    contest = make_judging(people, contestants=2, people=[people.worker], contest=draft)
    ties.declare(employee=relative, other=people.worker, kind="relative", by=people.administrator, at=AT)
    page = visit(people.chief_judge.number, size=DESK).go(f"/contests/{contest.code}/judging/")

    # Two judges an entry, evenly: each of the three marks two of the three.
    page.fill("#per-entry", "2")
    page.get_by_role("button", name="分配").click()
    for line in page.locator("#heat tbody tr").all():
        expect(line.locator("td", has_text="0/")).to_have_count(2)
    page.fill("#per-entry", "0")
    page.get_by_role("button", name="分配").click()
    expect(page.locator("#heat td", has_text="0/")).to_have_count(9)

    # A judge is recused from one entry: the desk and the tablet say so.
    page.select_option("#recuse-member", label="J2 评委1")
    page.select_option("#recuse-entry", "02")
    page.fill("#recuse-reason", "同一师傅")
    page.get_by_role("button", name="登记回避").click()
    expect(page.locator("#heat tbody tr", has_text="评委1").locator("td", has_text="0/2")).to_have_count(2)
    tablet = visit("881", size=TABLET).go(f"/contests/sheets/{sheet_of(contest, judges[1]).pk}/")
    expect(tablet.get_by_role("button", name="02").first).to_contain_text("回避")
    expect(page.locator("#heat tbody tr", has_text="评委1").locator("td.full")).to_have_count(1, timeout=SOON)

    # One falls ill: a relative of a contestant is refused, another comes; what was given stays, the rest is theirs.
    give(contest, judges[2], "seam", e01="8")
    page.select_option("#replace-member", label="J3 评委2")
    page.fill("#replace-number", relative.number)
    page.fill("#replace-reason", "急病")
    page.get_by_role("button", name="更换").click()
    expect(page.locator("#toasts")).to_contain_text("有登记的利害关系（亲属）")
    page.select_option("#replace-member", label="J3 评委2")
    page.fill("#replace-number", heir.number)
    page.fill("#replace-reason", "急病")
    page.get_by_role("button", name="更换").click()
    line = page.locator("#heat tbody tr", has_text="接替裁判")
    expect(line.locator("td.part")).to_have_text("1/2")
    page.select_option("#lead-member", label="J4 接替裁判")
    page.get_by_role("button", name="任命为组长").click()
    expect(line).to_contain_text("★")
    fresh = visit(heir.number, size=TABLET).go(f"/contests/sheets/{sheet_of(contest, heir).pk}/")

    expect(fresh.get_by_role("button", name="01").first).to_contain_text("0/1")
    assert Recusal.objects.get().reason == "同一师傅"
    gone = PanelMember.objects.get(employee=judges[2])
    assert (gone.left_reason, gone.replaced_by.name) == ("急病", "接替裁判")
    assert Mark.objects.get().value == 8
