"""An event in the browser: made, filled, read by a visitor, its units ranked live; and what axe says of its pages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from contests.domain import events
from contests.models import Contest, Event, Registration, Teammate
from engine.approvals.models import Approval
from tests.factories.contests import AT, make_judging
from tests.factories.people import Company
from tests.factories.results import make_noticed, mark
from tests.factories.teams import make_people, make_team_contest, register


def test_an_event_is_made_filled_and_watched_while_marks_are_given(visit: Any, people: Company) -> None:
    running = make_judging(people, contestants=2, is_blind=False, is_public=True, title="第十届职工技能运动会·焊工")
    organiser = visit(people.organiser.number, size=(1360, 900))
    page = organiser.go("/contests/events/new/")
    page.fill("#id_title", "第十届职工技能运动会")
    page.fill("#id_code", "festival-10")
    page.check("#id_is_public")
    page.click("main button.primary")
    expect(page.get_by_role("heading", level=1)).to_have_text("第十届职工技能运动会")
    page.select_option("#id_contest", running.code)
    page.click("text=添加 >> nth=-1")
    expect(page.locator(".discipline h2")).to_have_text("焊工")
    visitor = visit(size=(1280, 720))
    wall = visitor.go("/boards/event_festival-10/wall/")

    mark(running, people, {"01": "70", "02": "90"})

    row = wall.locator(".board-row", has_text="炼钢厂")
    expect(row).to_contain_text("16", timeout=15_000)
    table = visitor.go("/contests/events/festival-10/table/")
    expect(table.locator("tbody tr")).to_have_count(1)
    expect(table.locator("tbody tr")).to_contain_text("16")
    with table.expect_download() as file:
        table.click("text=Excel")
    assert file.value.suggested_filename == "festival-10-units.xlsx"


def test_a_team_registers_and_a_disqualification_takes_two(visit: Any, people: Company) -> None:
    contest = make_team_contest(people)
    Contest.objects.filter(pk=contest.pk).update(registration_closes_at="2099-01-01T00:00Z")
    mate, reserve = make_people(people, "队员", "替补")
    page = visit(people.worker.number).go(f"/contests/{contest.code}/")
    page.click("a.button.primary")
    page.fill("#id_phone", "13800138000")
    page.fill("#id_member-1-number", mate.number)
    page.fill("#id_substitute-0-number", reserve.number)
    page.click(".actions button.primary")
    expect(page.locator("main")).to_contain_text("替补")
    assert Registration.objects.get().team.count() == 3
    running = make_judging(people, contestants=2, code="running")
    chief = visit(people.chief_judge.number, size=(1360, 900)).go(f"/contests/{running.code}/judging/entries/")
    box = chief.locator("tr", has=chief.locator("text='01'")).first
    box.locator("summary").first.click()
    box.locator("#dq-reason-01").fill("替考")
    box.locator("button.danger").click()
    expect(chief.locator("main")).to_contain_text("已提议取消资格")
    row = running.disqualifications.get()

    chair = visit(people.union_chair.number, size=(1360, 900)).go(
        f"/approvals/{Approval.objects.get(subject=row.subject).pk}/"
    )

    expect(chair.locator("main")).to_contain_text("替考")
    row.refresh_from_db()
    assert row.state == "proposed"


@pytest.mark.parametrize(
    ("size", "language", "dark"),
    [((390, 844), "zh-CN", True), ((1360, 900), "en-US", False)],
    ids=["phone-zh-dark", "desk-en-light"],
)
def test_pages_of_events_are_accessible_and_do_not_scroll_sideways(
    visit: Any, people: Company, size: tuple[int, int], language: str, dark: bool
) -> None:
    event: Event = events.create(code="festival-10", title="第十届职工技能运动会", by=people.organiser, at=AT)
    for contest in (make_noticed(people, code="noticed"), make_judging(people, contestants=2, code="running")):
        events.attach(event=event, contest=contest, by=people.organiser, at=AT)
    contest = make_team_contest(people, code="teams")
    Contest.objects.filter(pk=contest.pk).update(registration_closes_at="2099-01-01T00:00Z")
    row = register(contest, people.team, [people.worker, *make_people(people, "队员")], make_people(people, "替补"))
    assert Teammate.objects.count() == 3
    team = f"/contests/registrations/{row.pk}/team/"
    pages = {
        people.worker: ["/contests/events/", "/contests/events/festival-10/", "/contests/events/festival-10/table/", team],
        people.organiser: ["/contests/events/festival-10/", "/contests/events/festival-10/edit/", "/contests/events/new/", team],
        people.leader: ["/contests/teams/registration/team/"],
        people.chief_judge: [
            "/contests/running/judging/entries/", "/contests/running/judging/tables/", "/contests/noticed/statistics/1/",
        ],
    }  # fmt: skip
    problems = []
    for person, paths in pages.items():
        visitor = visit(person.number, size=size, language=language, dark=dark)
        for path in paths:
            page = visitor.go(path)
            for summary in page.locator("main details > summary").all()[:1]:
                summary.click()
            problems += [f"{path} {fault}" for fault in visitor.violations()]
            problems += [f"{path} scrolls sideways"] if visitor.overflows() else []

    assert not problems, "\n".join(problems)
