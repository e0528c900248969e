"""contests/views/statistics.py, contests/queries/statistics.py: judges compared, the podium tested, totals recomputed."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contests.domain import changes, marking, panels
from contests.models import Contest
from contests.pure.marks import Op
from contests.queries import statistics
from engine.live.models import Board
from tests.factories.contests import AT, give, make_contest, make_judging, mark_everything, sheet_of
from tests.factories.people import Company, give_role, make_employee
from tests.factories.results import draft, make_noticed, new_mark


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
    assert len(queries) == 12


def test_the_page_of_now_does_not_claim_to_be_a_kept_version(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    mark_everything(contest, company.judge)

    page = enter(company.chief_judge).get(f"/contests/{contest.code}/statistics/", headers={"Accept-Language": "en"})

    assert "As the marks are now:" in page.text
    assert "As kept with version" not in page.text


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


@pytest.fixture
def panel(company: Company) -> Contest:
    """Four entries before three judges; the third gives the first entry far less than the others do."""
    contest = make_contest(company, quota=None)
    others = [make_employee(company.other_team, name=f"裁判{number}") for number in (2, 3)]
    for person in others:
        give_role(person, "judge")
        panels.assign(contest=contest, employee=person, by=company.organiser, at=AT)
    contest = make_judging(company, contestants=4, contest=contest)
    for number, person in enumerate([company.judge, *others]):
        sheet = sheet_of(contest, person)
        ops = [
            Op(str(uuid4()), code, "seam", "2" if (number, code) == (2, "01") else str(9 - place), 0)
            for place, code in enumerate(("01", "02", "03", "04"))
        ]
        marking.record(sheet_id=sheet.pk, ops=ops, by=person, at=AT)
    return contest


def test_page_links_each_far_mark_to_its_entry(company: Company, panel: Contest) -> None:
    page = enter(company.chief_judge).get(f"/contests/{panel.code}/statistics/").content.decode()
    scores = enter(company.chief_judge).get(f"/contests/{panel.code}/scores/").content.decode()

    assert f'href="/contests/{panel.code}/scores/#entry-01"' in page
    assert 'id="entry-01"' in scores
    assert f'href="/contests/{panel.code}/statistics/"' in scores
    assert '<span class="mark far">J3 2</span>' in page


def test_page_names_judges_and_hides_contestants_while_blind(company: Company, panel: Contest) -> None:
    page = enter(company.chief_judge).get(f"/contests/{panel.code}/statistics/").content.decode()

    assert f"J1 {company.judge.name}" in page
    assert "选手" not in page


def test_report_can_be_taken_away(company: Company, panel: Contest) -> None:
    answer = enter(company.chief_judge).get(f"/contests/{panel.code}/statistics/?format=json")

    assert answer.json() == statistics.report_of(panel)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("attachment")


def test_auditor_compares_judges_before_the_result_and_others_do_not(company: Company, panel: Contest) -> None:
    address = f"/contests/{panel.code}/statistics/"
    answers = {name: enter(person).get(address).status_code for name, person in company.personas.items()}

    assert {name for name, status in answers.items() if status == 200} == {"chief_judge", "auditor"}
    assert enter(company.organiser).get(f"/contests/{panel.code}/scores/").content.decode().count("/statistics/") == 0


def test_auditor_waits_while_the_board_is_frozen(company: Company, panel: Contest) -> None:
    Board.objects.filter(code=panel.code).update(state=Board.State.FROZEN)
    address = f"/contests/{panel.code}/statistics/"

    assert enter(company.auditor).get(address).status_code == 403
    assert enter(company.chief_judge).get(address).status_code == 200


def test_statistics_without_a_judgement_say_so(company: Company) -> None:
    contest = make_judging(company, contestants=2)

    answer = enter(company.chief_judge).get(f"/contests/{contest.code}/statistics/")

    assert answer.status_code == 200
    assert 'id="judges"' not in answer.content.decode()


def test_the_report_kept_with_a_version_is_shown_as_it_was(company: Company) -> None:
    contest = make_noticed(company)
    chief = enter(company.chief_judge)
    change = draft(contest, company, new_mark("02", "10"))
    changes.apply(change_id=change.pk, by=company.chief_judge, at=AT)

    first, second = (chief.get(f"/contests/{contest.code}/statistics/{number}/").content.decode() for number in (1, 2))

    assert first != second
    kept = chief.get(f"/contests/{contest.code}/statistics/1/?format=json").json()
    assert kept == contest.result_versions.get(number=1).report != contest.result_versions.get(number=2).report
    assert f"/contests/{contest.code}/statistics/1/" in chief.get(f"/contests/{contest.code}/result/").content.decode()
    assert "/statistics/1/" not in enter(company.worker).get(f"/contests/{contest.code}/result/").content.decode()
    assert enter(company.worker).get(f"/contests/{contest.code}/statistics/1/").status_code == 403
    assert chief.get(f"/contests/{contest.code}/statistics/9/").status_code == 404


def test_trainees_are_measured_against_the_panel_and_kept_with_the_report(company: Company) -> None:
    contest = make_contest(company, quota=None)
    trainee = make_employee(company.other_team, name="见习裁判")
    panels.assign(contest=contest, employee=trainee, role="trainee", by=company.organiser, at=AT)
    contest = make_judging(company, contestants=2, contest=contest)
    mark_everything(contest, company.judge)
    before = statistics.report_of(contest)
    give(contest, trainee, "seam", e01="4", e02="5")

    page = enter(company.chief_judge).get(f"/contests/{contest.code}/statistics/").content.decode()

    report = statistics.report_of(contest)
    assert report["practice"] == [
        {"judge": "P1", "marks": 2, "mean": "4.50", "severity": "3.00", "correlation": "1.00", "outliers": 0}
    ]
    assert report | {"practice": []} == before
    assert "P1 见习裁判" in page
