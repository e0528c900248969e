"""contests/domain/corrections.py: what the chief judge decides, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from contests.domain import corrections, judging, marking, panels, setup, signing
from contests.models import Contest, Mark, Operation, Penalty, Sheet
from contests.pure.marks import Op
from contests.queries.material import standings_of
from engine.events.models import Event
from tests.factories.contests import AT, make_contest, make_judging, make_scheme, sheet_of
from tests.factories.people import Company, make_employee
from tests.support import refused


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_judging(company, contestants=2)


def mark(sheet: Sheet, entry: str, aspect: str, value: str) -> None:
    ops = [Op(str(uuid4()), entry, aspect, value, 0)]
    assert marking.record(sheet_id=sheet.pk, ops=ops, by=sheet.member.employee, at=AT)[0].answer == "ok"


def totals(contest: Contest) -> dict[str, tuple[int | None, str]]:
    return {row.entry.entry: (row.rank, str(row.total)) for row in standings_of(contest)}


def correct(sheet: Sheet, company: Company, value: str = "9", **changes: str) -> Mark:
    sent = {"entry": "01", "aspect": "seam", "reason": "复核", "value": value} | changes
    return corrections.correct(sheet_id=sheet.pk, by=company.chief_judge, at=AT, **sent)


def test_a_mark_of_a_closed_sheet_is_corrected_and_both_values_stay_readable(
    contest: Contest, company: Company
) -> None:
    sheet = sheet_of(contest, company.judge)
    mark(sheet, "01", "seam", "8")
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")

    corrected = correct(sheet, company)

    assert (str(corrected.value), corrected.version) == ("9", 2)
    assert list(Operation.objects.values_list("value", "by", "note").order_by("server_version")) == [
        ("8", company.judge.pk, ""),
        ("9", company.chief_judge.pk, "复核"),
    ]
    told = Event.objects.get(action="mark.corrected").data
    assert (told["before"], told["after"], told["judge"], told["reason"]) == ("8", "9", "J1", "复核")
    sheet.refresh_from_db()
    assert sheet.version == 2


def test_a_signed_sheet_shows_that_it_was_corrected(contest: Contest, company: Company) -> None:
    sheet = sheet_of(contest, company.judge)
    for entry in ("01", "02"):
        for aspect in ("paper", "seam", "safety"):
            mark(sheet, entry, aspect, "8")
    signing.sign_off(sheet_id=sheet.pk, version=6, by=company.judge, at=AT)

    correct(sheet, company)

    sheet.refresh_from_db()
    assert (sheet.state, sheet.signed_version, sheet.version) == ("signed", 6, 7)


def test_a_mark_can_be_cleared_and_given_where_there_was_none(contest: Contest, company: Company) -> None:
    sheet = sheet_of(contest, company.judge)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")

    given = correct(sheet, company, "7.5")
    cleared = correct(sheet, company, "")
    never = correct(sheet, company, "", entry="02")

    assert (str(given.value), cleared.value, cleared.version, never.pk) == ("7.5", None, 2, None)


def test_an_open_sheet_is_the_judges(contest: Contest, company: Company) -> None:
    with refused(ValidationError, code="open"):
        correct(sheet_of(contest, company.judge), company)


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"value": "8.3"}, corrections.NotAMark, "off-grid"),
        ({"value": "11"}, corrections.NotAMark, "out-of-range"),
        ({"value": "NaN"}, corrections.NotAMark, "not-a-number"),
        ({"reason": " "}, corrections.NoReason, "reason"),
        ({"entry": "77"}, corrections.Unknown, "unknown-entry"),
        ({"aspect": "beauty"}, corrections.Unknown, "unknown-aspect"),
    ],
)
def test_a_correction_keeps_the_rules(
    contest: Contest, company: Company, changes: dict[str, str], kind: type[Exception], code: str
) -> None:
    sheet = sheet_of(contest, company.judge)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")

    with refused(kind, code=code):
        correct(sheet, company, **changes)

    assert not Mark.objects.exists()


def test_a_final_result_takes_no_correction(contest: Contest, company: Company) -> None:
    sheet = sheet_of(contest, company.judge)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    Contest.objects.update(state="final")

    for act in _decisions(contest, company, sheet):
        with refused(setup.WrongState, code="wrong-state"):
            act()


def _decisions(contest: Contest, company: Company, sheet: Sheet) -> list[Callable[[], Any]]:
    common: dict[str, Any] = {"by": company.chief_judge, "at": AT}
    return [
        lambda: correct(sheet, company),
        lambda: corrections.penalise(contest=contest, entry="01", points="1", reason="x", **common),
        lambda: corrections.set_status(contest=contest, entry="01", status="dnf", reason="x", **common),
        lambda: corrections.set_factor(contest=contest, entry="01", aspect="seam", factor="2", **common),
    ]


def test_a_penalty_is_subtracted_until_it_is_cancelled(contest: Contest, company: Company) -> None:
    sheet = sheet_of(contest, company.judge)
    mark(sheet, "01", "paper", "80")
    mark(sheet, "02", "paper", "79")

    penalty = corrections.penalise(
        contest=contest, entry="01", points="2.5", reason="违规", by=company.chief_judge, at=AT
    )
    punished = totals(contest)
    corrections.cancel_penalty(penalty_id=penalty.pk, reason="复议成立", by=company.chief_judge, at=AT)

    assert punished == {"02": (1, "79.00"), "01": (2, "77.50")}
    assert totals(contest) == {"01": (1, "80.00"), "02": (2, "79.00")}
    with refused(ValidationError, code="cancelled"):
        corrections.cancel_penalty(penalty_id=penalty.pk, reason="x", by=company.chief_judge, at=AT)


@pytest.mark.parametrize("points", ["0", "-1", "NaN", "", "1e3", "=1", "两分", "9" * 100])
def test_penalty_points_are_a_number_above_zero(contest: Contest, company: Company, points: str) -> None:
    with refused(corrections.NotAMark, code="points"):
        corrections.penalise(contest=contest, entry="01", points=points, reason="x", by=company.chief_judge, at=AT)

    assert not Penalty.objects.exists()


def test_a_disqualified_entry_has_no_rank_until_it_takes_part_again(contest: Contest, company: Company) -> None:
    sheet = sheet_of(contest, company.judge)
    mark(sheet, "01", "paper", "80")
    mark(sheet, "02", "paper", "79")
    common: dict[str, Any] = {"contest": contest, "entry": "01", "by": company.chief_judge, "at": AT}

    corrections.set_status(status="dnf", reason="受伤", **common)
    without = totals(contest)
    corrections.set_status(status="", reason="查无实据", **common)

    assert without == {"02": (1, "79.00"), "01": (None, "80.00")}
    assert totals(contest)["01"] == (1, "80.00")
    with refused(corrections.Unknown, code="status"):
        corrections.set_status(status="ill", reason="x", **common)


def test_a_factor_replaces_the_aspects(contest: Contest, company: Company) -> None:
    mark(sheet_of(contest, company.judge), "01", "paper", "80")
    common: dict[str, Any] = {"contest": contest, "entry": "01", "by": company.chief_judge, "at": AT}

    corrections.set_factor(aspect="paper", factor="1.1", **common)
    corrections.set_factor(aspect="paper", factor="1.2", **common)

    assert totals(contest)["01"] == (1, "96.00")
    with refused(corrections.NotAMark, code="factor"):
        corrections.set_factor(aspect="paper", factor="0", **common)
    with refused(corrections.Unknown, code="unknown-aspect"):
        corrections.set_factor(aspect="beauty", factor="1", **common)


@pytest.fixture
def worldskills(company: Company) -> Contest:
    contest = make_contest(company)
    aspect = {
        "code": "look", "group": "g", "title": "外观", "kind": "judgement", "max": 9, "combine": "worldskills",
    }  # fmt: skip
    scheme = make_scheme(group=[{"code": "g", "title": "g"}], aspect=[aspect], ranking={"order": ["total"]})
    setup.set_scheme(contest=contest, scheme=scheme, by=company.organiser, at=AT)
    for _ in range(2):
        panels.assign(contest=contest, employee=make_employee(company.root), by=company.organiser, at=AT)
    return make_judging(company, contestants=1, contest=contest)


def give(contest: Contest, *values: str) -> None:
    sheets = contest.sheets.filter(member__role="judge").select_related("contest", "member__employee")
    for sheet, value in zip(sheets.order_by("member__position"), values, strict=True):
        mark(sheet, "01", "look", value)


def settle(contest: Contest, company: Company, value: str = "2") -> Mark:
    return corrections.settle(
        contest=contest, entry="01", aspect="look", value=value, reason="合议", by=company.chief_judge, at=AT
    )


def test_the_chief_settles_three_marks_that_are_far_apart(worldskills: Contest, company: Company) -> None:
    give(worldskills, "0", "2", "3")
    contested = totals(worldskills)

    settle(worldskills, company)

    assert contested == {"01": (1, "0.00")}
    assert totals(worldskills) == {"01": (1, "6.00")}


@pytest.mark.parametrize("value", ["4", "1.5", "-1"])
def test_a_settling_mark_is_a_mark(worldskills: Contest, company: Company, value: str) -> None:
    give(worldskills, "0", "2", "3")

    with refused(corrections.NotAMark):
        settle(worldskills, company, value)


def test_marks_that_agree_need_no_settling(worldskills: Contest, company: Company) -> None:
    give(worldskills, "1", "2", "2")

    with refused(corrections.NotContested, code="not-contested"):
        settle(worldskills, company)


def test_only_worldskills_aspects_are_settled(contest: Contest, company: Company) -> None:
    with refused(corrections.NotContested, code="not-contested"):
        corrections.settle(
            contest=contest, entry="01", aspect="seam", value="2", reason="x", by=company.chief_judge, at=AT
        )
