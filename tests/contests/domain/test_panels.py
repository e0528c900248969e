"""contests/domain/panels.py: who judges, who must not, who marks what."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from contests.domain import draw, judging, marking, panels, registration, setup, signing
from contests.domain.setup import NotReady
from contests.models import Contest, PanelMember, Sheet
from contests.pure.marks import Op
from contests.queries import sheets
from contests.queries.panels import aspects_of, panel_conflicts
from people.domain import ties
from people.models import Tie
from tests.factories.contests import AT, make_contest, make_judging, make_published, make_scheme, register, sheet_of
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


def test_a_new_contest_refuses_judges_of_a_contestants_unit(company: Company) -> None:
    contest = setup.create(code="new", title="新赛", by=company.organiser, at=AT)

    assert contest.same_unit == Contest.SameUnit.REFUSE


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


def test_replaced_judge_keeps_their_marks_and_the_new_one_marks_the_rest(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    sheet = sheet_of(contest, company.judge)
    marking.record(sheet_id=sheet.pk, ops=[Op(str(uuid4()), "01", "seam", "8", 0)], by=company.judge, at=AT)
    heir = make_employee(company.other_team, name="接替裁判")

    fresh = panels.replace(
        contest=contest, member=sheet.member, employee=heir, reason="突发疾病", by=company.chief_judge, at=AT
    )

    new_sheet = sheet_of(contest, heir)
    answers = marking.record(
        sheet_id=new_sheet.pk, by=heir, at=AT,
        ops=[Op(str(uuid4()), "01", "seam", "9", 0), Op(str(uuid4()), "02", "seam", "7", 0)],
    )  # fmt: skip
    assert fresh.code == "J2"
    assert [(answer.answer, answer.code) for answer in answers] == [("invalid", "marked_before"), ("ok", "")]
    assert ("01", "seam") not in signing.blanks_of(new_sheet)
    assert ("01", "safety") in signing.blanks_of(new_sheet)
    assert sheet_of(contest, company.judge).state == Sheet.State.CLOSED


def test_replacing_needs_a_reason_and_a_free_judge(company: Company) -> None:
    contest = make_judging(company)
    member = sheet_of(contest, company.judge).member

    for reason, person, kind in (
        (" ", company.stranger, panels.NoReason),
        ("病", company.chief_judge, panels.AlreadyOnPanel),
    ):
        with refused(kind):
            panels.replace(
                contest=contest, member=member, employee=person, reason=reason, by=company.chief_judge, at=AT
            )


def test_recused_judge_gives_no_mark_and_needs_none_to_sign(company: Company) -> None:
    contest = make_judging(company, contestants=1)
    sheet = sheet_of(contest, company.judge)
    marking.record(sheet_id=sheet.pk, ops=[Op(str(uuid4()), "01", "seam", "8", 0)], by=company.judge, at=AT)

    panels.recuse(sheet_id=sheet.pk, entry="01", reason="同门师兄弟", by=company.chief_judge, at=AT)

    answer = marking.record(
        sheet_id=sheet.pk, ops=[Op(str(uuid4()), "01", "seam", "9", 2)], by=company.judge, at=AT
    )[0]  # fmt: skip
    assert (answer.answer, answer.code, answer.value) == ("invalid", "recused", None)
    assert signing.blanks_of(sheet_of(contest, company.judge)) == []


def test_one_leader_a_panel(company: Company) -> None:
    contest = make_contest(company)
    chief, judge = contest.panel.order_by("position")
    panels.set_leader(contest=contest, member=chief, by=company.organiser, at=AT)

    panels.set_leader(contest=contest, member=judge, by=company.organiser, at=AT)

    assert list(contest.panel.filter(is_leader=True)) == [judge]


@pytest.mark.parametrize("kind", ["relative", "mentor"])
def test_judge_with_a_declared_tie_to_a_contestant_is_refused(company: Company, kind: str) -> None:
    contest = make_published(company)
    register(contest, company.worker)
    far = make_employee(company.root, name="远方裁判")
    ties.declare(employee=company.worker, other=far, kind=kind, by=company.worker, at=AT)

    with refused(panels.ConflictOfInterest, code="conflict-of-interest"):
        panels.assign(contest=contest, employee=far, by=company.organiser, at=AT)


def test_entries_are_shared_evenly_and_each_judge_sees_their_own(company: Company) -> None:
    draft = make_contest(company, quota=None)
    for number in range(3):
        person = make_employee(company.other_team, name=f"裁判{number}")
        panels.assign(contest=draft, employee=person, by=company.organiser, at=AT)
    contest = make_judging(company, contestants=8, contest=draft)

    plan = panels.distribute(contest=contest, per_entry=2, by=company.chief_judge, at=AT)

    loads = Counter(judge for panel in plan.values() for judge in panel)
    assert loads == {"J1": 4, "J2": 4, "J3": 4, "J4": 4}
    sheet = sheet_of(contest, company.judge)
    mine = {entry for entry, panel in plan.items() if "J1" in panel}
    assert {entry.code for entry in sheets.pad(sheet).entries} == mine
    assert {entry for entry, _aspect in signing.blanks_of(sheet)} == mine
    stranger = next(entry for entry in plan if entry not in mine)
    answer = marking.record(
        sheet_id=sheet.pk, ops=[Op(str(uuid4()), stranger, "seam", "5", 0)], by=company.judge, at=AT
    )
    assert answer[0].code == "recused"

    assert panels.distribute(contest=contest, per_entry=0, by=company.chief_judge, at=AT)["01"] == (
        "J1",
        "J2",
        "J3",
        "J4",
    )
    assert len(sheets.pad(sheet).entries) == 8
    with refused(panels.NoJudge, code="too-few"):
        panels.distribute(contest=contest, per_entry=5, by=company.chief_judge, at=AT)


def test_entries_are_shared_before_the_first_mark_only(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    sheet = sheet_of(contest, company.judge)
    marking.record(sheet_id=sheet.pk, ops=[Op(str(uuid4()), "01", "seam", "8", 0)], by=company.judge, at=AT)

    with refused(panels.NoJudge, code="marked"):
        panels.distribute(contest=contest, per_entry=1, by=company.chief_judge, at=AT)


def test_a_tie_with_somebody_who_registered_after_the_panel_was_named_keeps_judging_from_starting(
    company: Company,
) -> None:
    contest = make_published(company)
    register(contest, company.worker)
    Tie.objects.create(
        employee=company.worker, other=company.judge, kind=Tie.Kind.MENTOR, declared_by=company.hr, declared_at=AT
    )
    registration.close(contest=contest, by=company.organiser, at=AT)
    contest = draw.draw(contest=contest, seed="open", code_seed="secret", by=company.organiser, at=AT)

    with refused(NotReady) as caught:
        judging.start(contest=contest, by=company.organiser, at=AT)

    assert [check.name for check in caught.value.checks] == ["conflicts"]  # type: ignore[attr-defined]
    assert company.worker.name in caught.value.messages[0]  # type: ignore[attr-defined]
    panels.release(contest=contest, member=contest.panel.get(employee=company.judge), by=company.organiser, at=AT)
    panels.assign(contest=contest, employee=make_employee(company.other_team), by=company.organiser, at=AT)
    assert judging.start(contest=contest, by=company.organiser, at=AT).state == "judging"


def test_members_of_the_panel_of_a_contestants_team_are_named_only_where_the_contest_refuses_them(
    company: Company,
) -> None:
    contest = make_published(company, same_unit="warn")
    register(contest, make_employee(company.other_team, trade=company.trade, name="同班选手"))
    assert panel_conflicts(contest) == []

    contest.same_unit = "refuse"

    assert {conflict.kind for conflict in panel_conflicts(contest)} == {"same_unit"}
