"""contests/queries/hot.py: what every batch of marks reads, equal to what the models say."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contests.domain import marking, panels
from contests.models import PanelMember, Sheet
from contests.pure.marks import Op
from contests.pure.scheme import to_json
from contests.queries import hot, sheets
from tests.factories.contests import AT, make_judging, make_scheme, sheet_of
from tests.factories.people import Company, make_employee


def locked(pk: int) -> tuple[Sheet, dict[str, object]]:
    with transaction.atomic():
        sheet, aspects = hot.locked(pk)
    return sheet, dict(aspects)


def test_at_the_door_a_sheet_is_what_its_row_says(company: Company) -> None:
    held = sheet_of(make_judging(company), company.judge)

    with CaptureQueriesContext(connection) as queries:
        found = hot.at_door(held.pk)

    assert found is not None
    assert len(queries) == 1
    assert (found, found.aspects, found.state, found.version) == (held, held.aspects, "open", 0)
    assert (found.contest, found.contest.code, found.contest.state) == (held.contest, "welding-2026", "judging")
    assert (found.contest.organiser_id, found.contest.chief_judge_id) == (company.organiser.pk, company.chief_judge.pk)
    assert (found.member.employee_id, found.member.role) == (company.judge.pk, "judge")
    assert found.contest.title == held.contest.title  # any other column is read when it is asked for
    assert [hot.at_door(pk) for pk in (held.pk + 999, 0, 10**30)] == [None, None, None]


def test_locked_it_brings_the_aspects_the_judge_marks(company: Company) -> None:
    held = sheet_of(make_judging(company), company.judge)
    Sheet.objects.filter(pk=held.pk).update(aspects=["seam"])

    with CaptureQueriesContext(connection) as queries:
        sheet, aspects = locked(held.pk)

    scheme = held.contest.marking_scheme
    assert len([query for query in queries if "SELECT" in query["sql"]]) == 1
    assert aspects == {aspect.code: aspect for aspect in scheme.aspects if aspect.code == "seam"}
    assert getattr(sheet.member, "replaces", None) is None
    with pytest.raises(Sheet.DoesNotExist), transaction.atomic():
        hot.locked(held.pk + 999)


def test_changed_rules_are_read_anew(company: Company) -> None:
    contest = make_judging(company)
    held = sheet_of(contest, company.judge)
    before = locked(held.pk)[1]
    contest.scheme = to_json(make_scheme(aspect=[make_aspect("seam", most=20)]))
    contest.save(update_fields=["scheme"])

    after = locked(held.pk)[1]

    assert [aspect.maximum for aspect in before.values()] == [100, 10, 10]  # type: ignore[attr-defined]
    assert [aspect.maximum for aspect in after.values()] == [20]  # type: ignore[attr-defined]


def make_aspect(code: str, *, most: int) -> dict[str, object]:
    return {
        "code": code, "group": "practical", "title": code, "kind": "judgement", "min": 0, "max": most, "step": 1,
        "combine": "mean",
    }  # fmt: skip


def test_a_line_of_judges_who_replaced_each_other_is_followed(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    sheet = sheet_of(contest, company.judge)
    people = [company.judge, make_employee(company.other_team, name="二"), make_employee(company.other_team, name="三")]
    for entry, judge, heir in zip(("01", "02"), people, people[1:], strict=False):
        ops = [Op(str(uuid4()), entry, "seam", "8", 0)]
        marking.record(sheet_id=sheet.pk, ops=ops, by=judge, at=AT)
        member = PanelMember.objects.get(contest=contest, employee=judge)
        panels.replace(contest=contest, member=member, employee=heir, reason="急病", by=company.chief_judge, at=AT)
        sheet = sheet_of(contest, heir)

    last, _aspects = locked(sheet.pk)

    codes = dict(contest.entries.values_list("pk", "code"))
    assert {(codes[entry], aspect) for entry, aspect in sheets.marked_before(last)} == {("01", "seam"), ("02", "seam")}
    answers = marking.record(sheet_id=sheet.pk, ops=[Op(str(uuid4()), "01", "seam", "9", 0)], by=people[2], at=AT)
    assert [answer.code for answer in answers] == ["marked_before"]


def test_answered_operations_are_known(company: Company) -> None:
    sheet = sheet_of(make_judging(company), company.judge)
    op = Op(str(uuid4()), "01", "seam", "8", 0)
    marking.record(sheet_id=sheet.pk, ops=[op], by=company.judge, at=AT)

    from uuid import UUID

    assert hot.are_known([uuid4(), UUID(op.op_id)])
    assert not hot.are_known([uuid4()])
    assert not hot.are_known([])
