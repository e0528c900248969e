"""contests/domain/unveiling.py: committed unseen, shown at once, given again with a reason."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contests.domain import corrections, marking, panels, setup, signing, unveiling
from contests.models import Contest, Mark, Operation, PanelMember, Sheet, Unveiling
from contests.pure.marks import Op
from contests.queries import sheets
from people.models import Employee
from tests.factories.contests import AT, make_contest, make_judging, make_scheme, sheet_of
from tests.factories.people import Company, make_employee
from tests.support import refused

SEAM = {
    "code": "seam", "group": "practical", "title": "焊缝外观", "kind": "judgement",
    "min": 0, "max": 10, "step": 1, "combine": "worldskills",
}  # fmt: skip


@pytest.fixture
def judges(company: Company) -> list[Employee]:
    others = [make_employee(company.other_team, name=name) for name in ("裁判乙", "裁判丙")]
    return [company.judge, *others]


@pytest.fixture
def contest(company: Company, judges: list[Employee]) -> Contest:
    draft = make_contest(company, quota=None)
    scheme = make_scheme(group=[{"code": "practical", "title": "实操"}], aspect=[SEAM], ranking={"order": ["total"]})
    setup.set_scheme(contest=draft, scheme=scheme, by=company.organiser, at=AT)
    for judge in judges[1:]:
        panels.assign(contest=draft, employee=judge, by=company.organiser, at=AT)
    return make_judging(company, contestants=2, contest=draft)


def give(contest: Contest, judge: Employee, value: str, *, entry: str = "01") -> marking.Answer:
    sheet = sheet_of(contest, judge)
    held = Mark.objects.filter(sheet=sheet, entry__code=entry, aspect="seam").first()
    op = Op(str(uuid4()), entry, "seam", value, held.version if held else 0)
    return marking.record(sheet_id=sheet.pk, ops=[op], by=judge, at=AT)[0]


def test_marks_are_shown_with_the_third_and_not_before(contest: Contest, judges: list[Employee]) -> None:
    give(contest, judges[0], "2")
    give(contest, judges[1], "3")
    assert sheets.shown(sheet_of(contest, judges[0])) == []

    give(contest, judges[2], "2")

    assert [(row.turn, row.marks, row.spread) for row in sheets.shown(sheet_of(contest, judges[0]))] == [
        (1, {"J1": 2, "J2": 3, "J3": 2}, 1)
    ]


def test_mark_may_change_before_it_is_shown_and_not_after(contest: Contest, judges: list[Employee]) -> None:
    give(contest, judges[0], "2")
    assert give(contest, judges[0], "1").answer == "ok"
    give(contest, judges[1], "1")
    give(contest, judges[2], "1")

    late = give(contest, judges[0], "3")

    assert (late.answer, late.code, late.value) == ("locked", "unveiled", "1")
    assert give(contest, judges[0], "1").answer == "ok"  # the same value is no change


def test_contested_marks_are_given_again_and_both_turns_survive(
    contest: Contest, judges: list[Employee], company: Company
) -> None:
    for judge, value in zip(judges, ("0", "3", "2"), strict=True):
        give(contest, judge, value)

    unveiling.ask_again(
        contest=contest, entry="01", aspect="seam", reason="J1 在看另一条焊缝", by=company.chief_judge, at=AT
    )
    assert Mark.objects.filter(value__isnull=False).count() == 0
    for judge, value in zip(judges, ("2", "3", "2"), strict=True):
        assert give(contest, judge, value).answer == "ok"

    turns = list(Unveiling.objects.order_by("turn").values_list("turn", "marks", "again_reason"))
    assert turns == [(1, {"J1": 0, "J2": 3, "J3": 2}, "J1 在看另一条焊缝"), (2, {"J1": 2, "J2": 3, "J3": 2}, "")]
    assert Operation.objects.filter(answer="ok").count() == 6
    assert unveiling.contested(contest) == []


def test_marks_that_agree_are_not_given_again(contest: Contest, judges: list[Employee], company: Company) -> None:
    for judge in judges:
        give(contest, judge, "2")

    def again(reason: str = "再看") -> None:
        unveiling.ask_again(contest=contest, entry="01", aspect="seam", reason=reason, by=company.chief_judge, at=AT)

    with refused(unveiling.NotContested, code="not-contested"):
        again()
    with refused(unveiling.NoReason, code="reason"):
        again(" ")


def test_sheet_is_not_signed_while_marks_are_contested(
    contest: Contest, judges: list[Employee], company: Company
) -> None:
    for entry in ("01", "02"):
        for judge, value in zip(judges, ("0", "3", "2"), strict=True):
            give(contest, judge, value, entry=entry)
    sheet = sheet_of(contest, judges[0])

    def sign() -> None:
        signing.sign_off(sheet_id=sheet.pk, version=Sheet.objects.get(pk=sheet.pk).version, by=judges[0], at=AT)

    with refused(signing.IsContested, code="contested"):
        sign()
    for entry in ("01", "02"):
        corrections.settle(
            contest=contest, entry=entry, aspect="seam", value="2", reason="复核实物", by=company.chief_judge, at=AT
        )
    sign()
    assert Sheet.objects.get(pk=sheet.pk).state == Sheet.State.SIGNED


def test_trainee_marks_for_practice_and_counts_for_nothing(company: Company, judges: list[Employee]) -> None:
    draft = make_contest(company, quota=None)
    scheme = make_scheme(group=[{"code": "practical", "title": "实操"}], aspect=[SEAM], ranking={"order": ["total"]})
    setup.set_scheme(contest=draft, scheme=scheme, by=company.organiser, at=AT)
    for judge in judges[1:]:
        panels.assign(contest=draft, employee=judge, by=company.organiser, at=AT)
    trainee = make_employee(company.other_team, name="见习裁判")
    observer = make_employee(company.other_team, name="观察员")
    panels.assign(contest=draft, employee=trainee, role="trainee", by=company.organiser, at=AT)
    panels.assign(contest=draft, employee=observer, role="observer", by=company.organiser, at=AT)
    contest = make_judging(company, contestants=1, contest=draft)

    give(contest, trainee, "0")
    give(contest, judges[0], "2")
    give(contest, judges[1], "2")
    assert Unveiling.objects.count() == 0
    give(contest, judges[2], "2")

    assert Unveiling.objects.get().marks == {"J1": 2, "J2": 2, "J3": 2}
    assert sheet_of(contest, observer).aspects == []
    assert PanelMember.objects.get(employee=trainee).code == "P1"
