"""contests/domain/panels.py: who judges, who must not, who marks what."""

from __future__ import annotations

import pytest

from contests.domain import panels, setup
from contests.models import Contest, PanelMember
from contests.queries.panels import aspects_of
from tests.factories.contests import AT, make_contest, make_judging, make_published, make_scheme, register
from tests.factories.people import Company, make_employee
from tests.support import refused


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_published(company)


def assign(contest: Contest, company: Company, **more) -> PanelMember:
    person = more.pop("employee", None) or make_employee(company.root)
    return panels.assign(contest=contest, employee=person, by=company.organiser, at=AT, **more)


def test_members_get_the_next_free_code(contest: Contest, company: Company) -> None:
    second = assign(contest, company)
    technical = assign(contest, company, role="technical")
    panels.release(contest=contest, member=second, by=company.organiser, at=AT)
    third = assign(contest, company)

    assert (second.code, technical.code, third.code) == ("J2", "T1", "J2")
    assert list(contest.panel.values_list("code", flat=True)) == ["C1", "J1", "T1", "J2"]


def test_nobody_sits_twice(contest: Contest, company: Company) -> None:
    with refused(panels.AlreadyOnPanel, code="already-on-panel"):
        assign(contest, company, employee=company.judge)


def test_there_is_one_chief(contest: Contest, company: Company) -> None:
    with refused(panels.AlreadyOnPanel, code="second-chief"):
        assign(contest, company, role="chief")


def test_a_released_chief_leaves_the_chair_empty(contest: Contest, company: Company) -> None:
    panels.release(contest=contest, member=contest.panel.get(role="chief"), by=company.organiser, at=AT)
    contest.refresh_from_db()
    assert contest.chief_judge is None

    assign(contest, company, role="chief", employee=company.auditor)
    contest.refresh_from_db()
    assert contest.chief_judge == company.auditor


def test_who_left_does_not_judge(contest: Contest, company: Company) -> None:
    with refused(panels.NoJudge, code="left"):
        assign(contest, company, employee=make_employee(company.root, is_active=False))


def test_a_contestant_of_the_own_team_is_told(contest: Contest, company: Company) -> None:
    register(contest, company.worker)

    member = assign(contest, company, employee=company.leader)

    assert "赵磊" in member.warning


def test_a_contestant_of_the_own_team_is_refused_where_the_contest_says_so(company: Company) -> None:
    contest = make_published(company, same_unit="refuse")
    register(contest, company.worker)

    with refused(panels.ConflictOfInterest, code="conflict-of-interest"):
        assign(contest, company, employee=company.leader)


def test_the_head_of_the_shop_is_near_its_teams(contest: Contest, company: Company) -> None:
    register(contest, company.worker)

    member = assign(contest, company, employee=company.shop_head)

    assert member.warning


@pytest.mark.parametrize("place", ["other_team", "root"])
def test_another_team_or_the_headquarters_is_no_conflict(contest: Contest, company: Company, place: str) -> None:
    register(contest, company.worker)

    member = assign(contest, company, employee=make_employee(getattr(company, place)))

    assert member.warning == ""


def test_unknown_aspects_are_named(contest: Contest, company: Company) -> None:
    with refused(panels.UnknownAspect, code="unknown-aspect") as caught:
        assign(contest, company, aspects=["seam", "beauty"])

    assert "beauty" in caught.value.messages[0]


def test_the_panel_is_fixed_once_judging_began(company: Company) -> None:
    contest = make_judging(company)

    with refused(setup.WrongState, code="wrong-state"):
        assign(contest, company)
    with refused(setup.WrongState, code="wrong-state"):
        panels.release(contest=contest, member=contest.panel.first(), by=company.organiser, at=AT)


def member(pk: int, role: str, *aspects: str) -> PanelMember:
    return PanelMember(pk=pk, role=role, aspects=list(aspects))


@pytest.mark.parametrize(
    ("panel", "given"),
    [
        ([member(1, "judge"), member(2, "judge")], {1: ["paper", "seam", "safety"], 2: ["seam", "safety"]}),
        ([member(1, "judge"), member(2, "technical")], {1: ["seam", "safety"], 2: ["paper"]}),
        ([member(1, "technical"), member(2, "technical")], {1: ["paper"], 2: []}),
        ([member(1, "chief"), member(2, "judge")], {1: [], 2: ["paper", "seam", "safety"]}),
        ([member(1, "judge", "safety", "paper"), member(2, "judge")], {1: ["paper", "safety"], 2: ["seam", "safety"]}),
        ([member(1, "chief", "paper"), member(2, "judge")], {1: ["paper"], 2: ["seam", "safety"]}),
        ([member(1, "judge", "seam")], {1: ["seam"]}),
    ],
)
def test_who_marks_what(panel: list[PanelMember], given: dict[int, list[str]]) -> None:
    assert aspects_of(make_scheme(), panel) == given


def test_a_draft_without_scheme_has_no_aspects_to_choose(company: Company) -> None:
    contest = setup.create(code="bare", title="bare", by=company.organiser, at=AT)

    with refused(panels.UnknownAspect, code="unknown-aspect"):
        assign(contest, company, aspects=["seam"])


def test_a_draft_may_have_its_panel(company: Company) -> None:
    contest = make_contest(company, code="other")

    assert assign(contest, company).code == "J2"
