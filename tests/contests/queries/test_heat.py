"""contests/queries/heat.py: judges × entries, what was passed over, what lies far from the others."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.domain import marking, panels
from contests.models import Contest, PanelMember, Sheet
from contests.pure.marks import Op
from contests.queries import heat
from people.models import Employee
from tests.factories.contests import AT, make_contest, make_judging, sheet_of
from tests.factories.people import Company, give_role, make_employee

ASPECTS = ("paper", "seam", "safety")


def mark(contest: Contest, judge: Employee, entry: str, *aspects: str, value: str = "8") -> None:
    ops = [Op(str(uuid4()), entry, aspect, value, 0) for aspect in aspects]
    answers = marking.record(sheet_id=sheet_of(contest, judge).pk, ops=ops, by=judge, at=AT)
    assert {answer.answer for answer in answers} == {"ok"}


def order(contest: Contest) -> list[str]:
    return list(contest.entries.order_by("start_order").values_list("code", flat=True))


def make_panel(company: Company, *, contestants: int = 3) -> tuple[Contest, list[Employee]]:
    """A contest in judging with three judges; the first marks the paper as well."""
    contest = make_contest(company, quota=None)
    judges = [company.judge]
    for number in (1, 2):
        judges.append(make_employee(company.root, name=f"评委{number}", number=f"88{number}"))
        give_role(judges[-1], "judge")
        panels.assign(contest=contest, employee=judges[-1], by=company.organiser, at=AT)
    return make_judging(company, contest=contest, contestants=contestants), judges


@pytest.mark.parametrize("count", [1, 3])
def test_marks_are_counted_by_judge_and_entry_in_start_order(company: Company, count: int) -> None:
    contest = make_judging(company, contestants=count)
    mark(contest, company.judge, "01", "seam")

    with CaptureQueriesContext(connection) as queries:
        found = heat.heat_map(contest)

    assert found.entries == order(contest)
    counts = [1 if code == "01" else 0 for code in order(contest)]
    assert [(row.code, row.aspects, row.counts, row.marked, row.total) for row in found.rows] == [
        ("J1", 3, counts, 1, 3 * count)
    ]
    assert len(queries) == 5


def test_what_a_judge_does_not_mark_is_no_blank(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    first, second = order(contest)
    sheet = sheet_of(contest, company.judge)
    panels.recuse(sheet_id=sheet.pk, entry=first, reason="师徒", by=company.chief_judge, at=AT)

    found = heat.heat_map(contest)

    assert found.rows[0].counts == [None, 0]
    assert found.rows[0].total == 3
    assert [one.entries for one in found.passed_over(is_closed=True)] == [[(second, 0)]]


def test_marks_of_the_judge_who_left_count_for_the_one_who_came(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    first, second = order(contest)
    mark(contest, company.judge, first, *ASPECTS)
    heir = make_employee(company.other_team, name="接替裁判")
    member = PanelMember.objects.get(employee=company.judge)
    panels.replace(contest=contest, member=member, employee=heir, reason="急病", by=company.chief_judge, at=AT)

    found = heat.heat_map(contest)

    assert [(row.judge, row.has_left, row.counts) for row in found.rows] == [
        (company.judge.name, True, [3, 0]),
        ("接替裁判", False, [3, 0]),
    ]
    assert [(one.row.judge, one.entries) for one in found.passed_over(is_closed=True)] == [("接替裁判", [(second, 0)])]


def test_only_what_lies_before_the_last_mark_is_passed_over_while_judging_lasts(company: Company) -> None:
    contest = make_judging(company, contestants=3)
    first, second, third = order(contest)
    mark(contest, company.judge, first, "seam")
    mark(contest, company.judge, second, *ASPECTS)

    found = heat.heat_map(contest)

    assert [one.entries for one in found.passed_over(is_closed=False)] == [[(first, 1)]]
    assert [one.entries for one in found.passed_over(is_closed=True)] == [[(first, 1), (third, 0)]]
    PanelMember.objects.filter(employee=company.judge).update(role="trainee")
    assert heat.heat_map(contest).passed_over(is_closed=True) == []


def test_a_mark_far_from_the_others_is_named(company: Company) -> None:
    contest, judges = make_panel(company)
    codes = order(contest)
    for judge, values in zip(judges, ("888", "888", "882"), strict=True):
        for code, value in zip(codes, values, strict=True):
            mark(contest, judge, code, "seam", value=value)

    with CaptureQueriesContext(connection) as queries:
        first = heat.first_of(contest, heat.HeatMap([], []), is_closed=False)

    assert first.far == [heat.Far("J3", codes[2], "焊缝外观", "2", "8")]
    assert (first.far_count, first.passed) == (1, [])
    assert len(queries) == 5


def test_without_rules_there_is_nothing_to_look_at(company: Company) -> None:
    contest = make_judging(company, contestants=1)
    contest.scheme = {}

    assert heat.first_of(contest, heat.heat_map(contest), is_closed=True) == heat.First()
    assert Sheet.objects.count() == 2
