"""contests/queries/verification.py: what each person may compute again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contests.models import Contest, Entry, Penalty, ResultRow
from contests.queries import verification
from people.models import Employee
from tests.factories.certificates import make_final
from tests.factories.contests import AT, make_judging, mark_everything
from tests.factories.people import Company


@pytest.fixture
def contest(company: Company) -> Contest:
    """A final result of three entries; 01 has a penalty."""
    contest = make_final(company)
    Penalty.objects.create(
        entry=contest.entries.get(code="01"), points="0.5", reason="超时", by=company.chief_judge, at=AT
    )
    return contest


def seen(person: Employee, contest: Contest, detail: str) -> dict[str, Any] | None:
    Contest.objects.filter(pk=contest.pk).update(result_detail=detail)
    return verification.data_for(person, Contest.objects.get(pk=contest.pk))


def own(contest: Contest, person: Employee) -> Entry:
    entry = contest.entries.get(code="01")
    Entry.objects.filter(pk=entry.pk).update(employee=person)
    return entry


@pytest.mark.parametrize("detail", ["ranks", "groups"])
def test_public_sees_no_mark_unless_marks_are_public(contest: Contest, company: Company, detail: str) -> None:
    assert seen(company.stranger, contest, detail) is None


def test_public_marks_carry_neither_judges_nor_reasons(contest: Contest, company: Company) -> None:
    data = seen(company.stranger, contest, "marks")

    assert data is not None
    assert data["scope"] == "all"
    assert {row[2] for row in data["marks"]} == {"J1"}
    assert data["penalties"] == [["01", "0.5", ""]]
    assert company.judge.name not in json.dumps(data, ensure_ascii=False)


@pytest.mark.parametrize("detail", ["ranks", "groups"])
def test_contestant_sees_their_own_marks_with_the_reason_of_a_penalty(
    contest: Contest, company: Company, detail: str
) -> None:
    own(contest, company.worker)

    data = seen(company.worker, contest, detail)

    assert data is not None
    assert data["scope"] == "own"
    assert {row[0] for table in ("entries", "marks", "penalties") for row in data[table]} == {"01"}
    assert data["penalties"] == [["01", "0.5", "超时"]]
    assert [row["entry"] for row in data["rows"]] == ["01"]
    assert len(data["totals"]) == 3  # public, and needed for the rank


def test_contestant_reads_the_reason_of_their_own_penalty_alone(contest: Contest, company: Company) -> None:
    own(contest, company.worker)
    Penalty.objects.create(
        entry=contest.entries.get(code="02"), points="1", reason="别人的", by=company.chief_judge, at=AT
    )

    data = seen(company.worker, contest, "marks")

    assert data is not None
    assert data["penalties"] == [["01", "0.5", "超时"], ["02", "1", ""]]


@pytest.mark.parametrize("who", ["chief_judge", "auditor", "organiser", "union_chair"])
def test_who_may_see_scores_sees_all_by_the_codes_of_judges(contest: Contest, company: Company, who: str) -> None:
    data = seen(getattr(company, who), contest, "ranks")

    assert data is not None
    assert data["panel"] == [["C1", "chief"], ["J1", "judge"]]
    assert data["penalties"] == [["01", "0.5", "超时"]]


def test_rows_are_those_that_were_published(contest: Contest, company: Company) -> None:
    ResultRow.objects.filter(entry__code="02").update(total="99.99", rank=1)

    data = seen(company.chief_judge, contest, "ranks")

    assert data is not None
    assert data["is_public"]
    assert [row["total"] for row in data["rows"] if row["entry"] == "02"] == ["99.99"]
    assert ["02", "99.99"] in data["totals"]


def test_names_stay_hidden_while_the_contest_is_blind(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    mark_everything(contest, company.judge, at=AT)

    data = verification.data_for(company.chief_judge, contest)

    assert data is not None
    assert [row[:3] for row in data["entries"]] == [["01", "", ""], ["02", "", ""]]
    assert "选手" not in json.dumps(data, ensure_ascii=False)
    assert not data["is_public"]
    assert [row["entry"] for row in data["rows"]] == ["02", "01"]


def test_contest_without_rules_has_nothing_to_compute(company: Company) -> None:
    assert verification.data_for(company.chief_judge, Contest()) is None


def test_statements_do_not_grow_with_entries(
    contest: Contest, company: Company, django_assert_max_num_queries: Any
) -> None:
    Contest.objects.filter(pk=contest.pk).update(result_detail="marks")
    contest.refresh_from_db()
    company.stranger.has_perm("contests.view_scores", contest)

    with django_assert_max_num_queries(9):
        verification.data_for(company.stranger, contest)
