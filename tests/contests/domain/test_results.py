"""contests/domain/results.py: public notice, the final result, who is awarded."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError

from contests.domain import changes, corrections, judging, marking, results, setup
from contests.models import Contest, ResultRow, ResultVersion
from contests.pure import versions
from contests.pure.marks import Op
from engine.events.models import Event
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company, make_company
from tests.support import refused

UNTIL = AT + timedelta(days=5)


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_reviewed(company)


def make_reviewed(company: Company) -> Contest:
    """Entry 02 has 90 points, 01 has 70, 03 none."""
    contest = make_judging(company, contestants=3)
    sheet = sheet_of(contest, company.judge)
    ops = [Op(str(uuid4()), entry, "paper", value, 0) for entry, value in (("01", "70"), ("02", "90"))]
    marking.record(sheet_id=sheet.pk, ops=ops, by=company.judge, at=AT)
    return judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")


def rows(contest: Contest) -> list[tuple[str, int | None, str, int]]:
    return [
        (row.entry.code, row.rank, str(row.total), row.award_points)
        for row in ResultRow.objects.filter(contest=contest).select_related("entry")
    ]


def test_the_notice_shows_the_result_with_names(contest: Contest, company: Company) -> None:
    noticed = results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)

    assert (noticed.state, noticed.notice_until, noticed.names_hidden) == ("notice", UNTIL, False)
    assert rows(contest) == [("02", 1, "90.00", 300), ("01", 2, "70.00", 10), ("03", None, "0.00", 0)]


def penalise(contest: Contest, company: Company) -> None:
    """Take 30 points from entry 02, as after an objection."""
    step = {"kind": "penalty", "entry": "02", "points": "30"}
    change = changes.propose(
        contest=contest, key=uuid4(), steps=[step], reason="异议成立", by=company.chief_judge, at=AT
    )
    changes.apply(change_id=change.pk, by=company.chief_judge, at=AT)


def test_the_final_result_is_what_stands_after_objections(contest: Contest, company: Company) -> None:
    contest = results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)
    penalise(contest, company)

    final = results.publish(contest=contest, by=company.chief_judge, at=UNTIL)

    assert (final.state, final.result_published_at) == ("final", UNTIL)
    assert rows(contest) == [("01", 1, "70.00", 300), ("02", 2, "60.00", 10), ("03", None, "0.00", 0)]
    assert Event.objects.filter(action="contest.result.published").count() == 1


def test_each_time_a_result_is_shown_its_version_is_kept(contest: Contest, company: Company) -> None:
    contest = results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)
    penalise(contest, company)
    results.publish(contest=contest, by=company.chief_judge, at=UNTIL)

    kept = list(ResultVersion.objects.order_by("number"))
    assert [(row.number, row.kind, row.reason) for row in kept] == [
        (1, "notice", ""), (2, "corrected", "异议成立"), (3, "published", "")
    ]  # fmt: skip
    assert [[(line["entry"], line["rank"], line["points"]) for line in row.data["rows"][:2]] for row in kept] == [
        [("02", 1, 300), ("01", 2, 10)], [("01", 1, 300), ("02", 2, 10)], [("01", 1, 300), ("02", 2, 10)]
    ]  # fmt: skip
    assert all(row.digest == versions.digest(row.data) for row in kept)
    assert (kept[0].by, kept[2].at) == (company.union_chair, UNTIL)


@pytest.mark.django_db(transaction=True)
def test_a_kept_version_cannot_be_changed() -> None:
    company = make_company()
    contest = make_reviewed(company)
    results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)

    with pytest.raises(DatabaseError, match="append-only"):
        ResultVersion.objects.update(reason="x")


def test_once_the_result_is_shown_a_correction_is_a_what_if_first(contest: Contest, company: Company) -> None:
    results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)

    with refused(setup.WrongState, code="wrong-state"):
        corrections.penalise(contest=contest, entry="02", points="30", reason="x", by=company.chief_judge, at=AT)


def test_a_result_is_published_once(contest: Contest, company: Company) -> None:
    results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)
    results.publish(contest=contest, by=company.chief_judge, at=UNTIL)

    with refused(setup.WrongState, code="wrong-state"):
        results.publish(contest=contest, by=company.chief_judge, at=UNTIL)


def test_without_its_notice_a_result_is_not_published(contest: Contest, company: Company) -> None:
    with refused(setup.WrongState, code="wrong-state"):
        results.publish(contest=contest, by=company.chief_judge, at=AT)

    assert not ResultRow.objects.exists()


def test_awards_go_to_contestants_with_points(contest: Contest, company: Company) -> None:
    results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)
    results.publish(contest=contest, by=company.chief_judge, at=UNTIL)

    people = dict(contest.entries.values_list("code", "employee"))
    assert [(award.employee.pk, award.points, award.rank) for award in results.awards_of(contest)] == [
        (people["02"], 300, 1),
        (people["01"], 10, 2),
    ]


def test_a_result_that_is_sent_back_stays_in_review(contest: Contest, company: Company) -> None:
    results.send_back(contest=contest, by=company.union_chair, at=AT, reason="核对扣分")

    contest.refresh_from_db()
    assert contest.state == "review"
    assert Event.objects.get(action="contest.result.sent-back").data == {"reason": "核对扣分"}
