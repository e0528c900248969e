"""Every page people use: no axe violation, no sideways scroll, nothing foreign; both languages, light and dark."""

from __future__ import annotations

from typing import Any

import pytest

from contests.models import Contest
from engine.approvals import tasks
from engine.approvals.models import Approval
from engine.live import domain as live
from rewards.domain import rehearsals
from tests.factories.approvals import act
from tests.factories.contests import make_judging, make_published, sheet_of
from tests.factories.people import Company
from tests.factories.proof import grow
from tests.factories.rewards import AT, ask, give_points, make_badge, make_course, make_leave
from tests.factories.rules import FIXED, attend, make_rule, make_season

PAGES: dict[str, list[str]] = {
    "worker": ["/", "/contests/", "/contests/open/", "/contests/open/registration/", "/contests/mine/", "/mall/", "/mall/items/{item}/",
               "/mall/redemptions/", "/mall/redemptions/{redemption}/", "/mall/wallet/", "/mall/wallet/statements/",
               "/mall/transparency/", "/mall/leaderboard/", "/mall/decisions/", "/approvals/", "/people/me/",
               "/people/me/password/", "/preferences/", "/search/?q=焊", "/boards/", "/boards/{board}/", "/source/",
               "/approvals/{approval}/", "/approvals/?tab=drafts&state=overdue", "/notices/", "/notices/preferences/",
               "/people/calendar/2026/", "/people/calendar/2090/", "/people/substitutes/", "/log/", "/log/print/",
               "/mall/badges/"],
    "auditor": ["/log/audit/", "/mall/patterns/?days=1095"],
    "leader": ["/approvals/{approval}/", "/mall/leave/desk/", "/mall/leave/requests/{redemption}/"],
    "organiser": ["/contests/desk/", "/contests/new/", "/contests/{board}/manage/", "/contests/{board}/edit/", "/contests/{board}/scheme/",
                  "/contests/{board}/panel/", "/contests/{board}/awards/", "/contests/{board}/conditions/",
                  "/contests/{board}/registrations/", "/contests/{board}/scores/", "/boards/pair/", "/mall/budgets/",
                  "/mall/awards/", "/mall/awards/new/", "/mall/awards/file/", "/mall/bulk-awards/", "/mall/rules/",
                  "/mall/rules/new/", "/mall/rules/courses/", "/mall/rules/courses/edit/", "/mall/rules/courses/comparison/",
                  "/mall/seasons/", "/mall/rehearsals/{rehearsal}/", "/mall/badges/manage/", "/mall/badges/manage/new/", "/mall/badges/manage/steady/"],
    "hr": ["/mall/leave/", "/mall/leave/limits/", "/mall/leave/hand-overs/", "/mall/leave/hand-overs/columns/",
           "/mall/leave/reconciliation/", "/mall/catalogue/", "/mall/catalogue/{item}/", "/mall/catalogue/new/", "/people/employees/", "/people/roster/",
           "/approvals/policies/", "/approvals/policies/leave-redemption/", "/approvals/policies/leave-redemption/edit/",
           "/approvals/deadlines/", "/approvals/panels/", "/processes/"],
    "administrator": ["/people/employees/1301/", "/people/tokens/", "/approvals/hand-over/?leaver=1001&to=1002",
                      "/approvals/policies/leave-redemption/move/", "/people/calendar/2026/"],
    "chief_judge": ["/boards/{board}/desk/"],
    "judge": ["/contests/sheets/", "/contests/sheets/{sheet}/"],
    "": ["/people/sign-in/", "/boards/screen/", "/boards/{board}/wall/", "/boards/{board}/embed/", "/no-such-page/", "/mall/badges/{badge}/"],
}  # fmt: skip


@pytest.fixture
def names(people: Company) -> dict[str, object]:
    """A company with something on every page, and long names where they hurt."""
    people.worker.name = "欧阳买买提·阿卜杜热合曼江"
    people.worker.save()
    contest = make_judging(people, contestants=5, is_public=True)
    Contest.objects.filter(pk=contest.pk).update(
        title="第十届职工技能运动会·焊工（CO₂气体保护焊及氩弧焊复合项目）总决赛"
    )
    make_published(people, code="open", quota=20)
    while live.publish_next():
        pass
    give_points(people.worker, 900)
    item = make_leave(people)
    make_course(people)
    row = ask(item, people.worker)
    approval = Approval.objects.get(subject=row.subject)
    act(approval, people.leader, "cc", people=["1002"])
    tasks.tell_news(at=AT)
    grow(3)
    badge = make_badge(people)
    version = make_rule(definition={**FIXED, "streak": {"length": 3, "span": "month", "bonus": 50}})
    attend(people.worker)
    tried = rehearsals.run(rehearsals.ask(version=version, season=make_season(), by=people.organiser, at=AT))
    return {
        "rehearsal": tried.pk,
        "approval": approval.pk,
        "badge": badge.key,
        "item": item.pk,
        "redemption": row.pk,
        "board": contest.code,
        "sheet": sheet_of(contest, people.judge).pk,
    }


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("size", "language", "dark"),
    [
        ((390, 844), "zh-CN", False),
        ((1360, 900), "zh-CN", True),
        ((390, 844), "en-US", True),
        ((1360, 900), "en-US", False),
    ],
    ids=["phone-zh-light", "desk-zh-dark", "phone-en-dark", "desk-en-light"],
)
def test_pages_are_accessible_and_fit(
    visit: Any, people: Company, names: dict[str, object], size: tuple[int, int], language: str, dark: bool
) -> None:
    problems = []
    for persona, paths in PAGES.items():
        number = people.personas[persona].number if persona else ""
        visitor = visit(number, size=size, language=language, dark=dark)
        for path in paths:
            visitor.go(path.format(**names))
            problems += [f"{path} {fault}" for fault in visitor.violations()]
            problems += [f"{path} scrolls sideways"] if visitor.overflows() else []

    assert not problems, "\n".join(problems)


def test_narrowest_phone_with_the_largest_text(visit: Any, people: Company, names: dict[str, object]) -> None:
    people.worker.text_size = 2
    people.worker.save()
    visitor = visit(people.worker.number, size=(320, 640))

    wide = []
    for path in PAGES["worker"]:
        visitor.go(path.format(**names))
        wide += [path] if visitor.overflows() else []

    assert wide == []


def test_wall_fits_every_size(visit: Any, people: Company, names: dict[str, object]) -> None:
    for size in ((1280, 720), (1920, 1080), (3840, 2160)):
        visitor = visit(size=size)
        page = visitor.go(f"/boards/{names['board']}/wall/")
        page.wait_for_selector(".board-row")
        box = page.locator(".wall .board-list").bounding_box()
        last = page.locator(".board-row").last.bounding_box()

        assert not visitor.overflows()
        assert box is not None
        assert last is not None
        assert last["y"] + last["height"] <= box["y"] + box["height"] + 1
