"""contests/views/statistics.py, contests/queries/statistics.py: judges compared, the podium tested, totals recomputed."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contests.models import Contest
from contests.queries import statistics
from tests.factories.contests import make_judging, mark_everything
from tests.factories.people import Company


def enter(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


def public(contest: Contest, **fields: object) -> Contest:
    Contest.objects.filter(pk=contest.pk).update(state=Contest.State.FINAL, **fields)
    return Contest.objects.get(pk=contest.pk)


@pytest.mark.parametrize("contestants", [1, 5])
def test_the_page_costs_the_same_for_any_size(company: Company, contestants: int) -> None:
    contest = make_judging(company, contestants=contestants)
    mark_everything(contest, company.judge)
    chief = enter(company.chief_judge)
    chief.get(f"/contests/{contest.code}/statistics/")

    with CaptureQueriesContext(connection) as queries:
        answer = chief.get(f"/contests/{contest.code}/statistics/")

    assert answer.status_code == 200
    assert len(queries) == 10


def test_organiser_sees_judges_compared_only_once_the_result_is_public(company: Company) -> None:
    contest = make_judging(company)
    mark_everything(contest, company.judge)
    organiser = enter(company.organiser)

    before = organiser.get(f"/contests/{contest.code}/statistics/")
    public(contest)

    assert (before.status_code, organiser.get(f"/contests/{contest.code}/statistics/").status_code) == (403, 200)


def test_report_is_plain_data(company: Company) -> None:
    contest = make_judging(company, contestants=4)
    mark_everything(contest, company.judge)

    report = statistics.report_of(contest)

    assert json.loads(json.dumps(report)) == report
    assert [row["judge"] for row in report["judges"]] == ["J1"]
    assert [row["rank"] for row in report["sensitivity"]["margins"]] == [1, 2, 3]


def test_stranger_recomputes_only_what_the_organiser_made_public(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    mark_everything(contest, company.judge)
    public(contest)
    address = f"/contests/{contest.code}/verify/?format=json"

    hidden = enter(company.stranger).get(address).json()
    Contest.objects.update(result_detail="marks")
    shown = enter(company.stranger).get(address).json()

    assert hidden == {}
    assert len(shown["marks"]) == 6
    assert shown["panel"] == [["J1", "judge"]]  # labels made for each cell, not the codes of the panel
    assert company.judge.name not in json.dumps(shown, ensure_ascii=False)


def test_contestant_recomputes_their_own_marks_alone(company: Company) -> None:
    contest = make_judging(company, contestants=2, people=[company.worker])
    mark_everything(contest, company.judge)
    public(contest)
    own = contest.entries.get(employee=company.worker)

    data = enter(company.worker).get(f"/contests/{contest.code}/verify/?format=json").json()

    assert {row[0] for row in data["marks"]} == {own.code}
    assert [row[0] for row in data["entries"]] == [own.code]
    assert [row["entry"] for row in data["rows"]] == [own.code]
