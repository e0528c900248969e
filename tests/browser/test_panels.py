"""Who judges: conflicts refused on the page of the panel, trainees measured and never counted, judges compared in the round."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from contests.domain import standings
from contests.models import PanelMember
from people.domain import ties
from people.models import Employee
from tests.browser.test_chief_desk import DESK
from tests.browser.test_pad import TABLET
from tests.browser.test_pad import give as type_mark
from tests.factories.contests import AT, give, make_contestants, make_published, sheet_of
from tests.factories.contests import register as enter
from tests.factories.people import Company, give_role, make_employee
from tests.factories.teams import begin

MANY = 30  # contestants: the chief judge's heat map still fits the desk


def assign(page: Page, person: Employee, role: str) -> None:
    page.fill("#id_number", person.number)
    page.select_option("#id_role", role)
    page.get_by_role("button", name="加入").last.click()
    page.wait_for_load_state()


def test_conflicts_are_refused_and_a_trainee_is_measured_but_never_counts(visit: Any, people: Company) -> None:
    contest = make_published(people, quota=None, same_unit="refuse")
    for person in [people.worker, *make_contestants(people, MANY - 1)]:
        enter(contest, person)
    names = ("选手的姐姐", "选手的师傅", "评委甲", "评委乙", "见习裁判", "观察员")
    sister, master, second, third, trainee, observer = (make_employee(people.root, name=name) for name in names)
    for person in (second, third, trainee):
        give_role(person, "judge")
    ties.declare(employee=sister, other=people.worker, kind="relative", by=people.administrator, at=AT)
    ties.declare(employee=master, other=people.worker, kind="mentor", by=people.administrator, at=AT)

    # The organiser names the panel: relatives, mentors and people of a contestant's unit are refused by name.
    page = visit(people.organiser.number, size=DESK).go(f"/contests/{contest.code}/panel/")
    refusals = ((sister, "亲属"), (master, "师徒"), (people.leader, "同单位"))
    for person, why in refusals:
        assign(page, person, "judge")
        expect(page.locator(".note.error")).to_contain_text(why)
    for person, role in ((second, "judge"), (third, "judge"), (trainee, "trainee"), (observer, "observer")):
        assign(page, person, role)
    expect(page.locator(".list .item")).to_have_count(6)
    codes = PanelMember.objects.filter(contest=contest).order_by("position").values_list("code", flat=True)
    assert list(codes) == ["C1", "J1", "J2", "J3", "P1", "O1"]

    # In the round the chief judge sees how they mark; the trainee's tablet says that it is practice.
    begin(contest, people)
    for judge, marks in ((people.judge, "8 7 5.5"), (second, "8 7 5"), (third, "8 7 2")):
        give(contest, judge, "seam", **dict(zip(("e01", "e02", "e03"), marks.split(), strict=True)))
    before = standings.rows(contest.pk)
    tablet = visit(trainee.number, size=TABLET).go(f"/contests/sheets/{sheet_of(contest, trainee).pk}/")
    expect(tablet.locator("main")).to_contain_text("见习，不计分")
    type_mark(tablet, 0, "10")
    expect(tablet.locator(".pad-state[data-value=saved]")).to_have_count(1)
    give(contest, trainee, "seam", e01="9", e02="9", e03="6")
    chief = visit(people.chief_judge.number, size=DESK)
    page = chief.go(f"/contests/{contest.code}/statistics/")

    expect(page.locator("#judges tbody tr", has_text="J3").locator("td").nth(3)).to_have_text("−0.72")
    expect(page.locator("#agreement tbody tr").nth(1).locator("td").nth(2)).to_have_text("1.000")
    expect(page.locator("#outliers tbody tr")).to_have_count(1)
    expect(page.locator("#outliers tbody tr")).to_contain_text("03")
    practice = page.locator("#practice tbody tr")
    expect(practice).to_contain_text("P1 见习裁判")
    assert standings.rows(contest.pk) == before
    page = chief.go(f"/contests/{contest.code}/judging/")
    expect(page.locator("#heat tbody tr", has_text="见习裁判").locator("td.full, td.part").first).to_be_visible()
    assert page.evaluate("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('#heat .table-box'))")
