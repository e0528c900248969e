"""contests/views/result_files.py: the result as PDF and Excel, to each as much as they may see; own sheet to its owner."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime
from openpyxl import load_workbook

from contests.models import Contest, Entry
from tests.factories.certificates import make_final
from tests.factories.contests import make_judging
from tests.factories.people import Company, make_company

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def enter(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def book(person: object, contest: Contest) -> Any:
    answer = enter(person).get(f"/contests/{contest.code}/result.xlsx")
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content))


@pytest.mark.parametrize("path", ["result.pdf", "result.xlsx"])
def test_while_judges_mark_only_who_sees_scores_takes_them_away(company: Company, path: str) -> None:
    contest = make_judging(company, contestants=2)

    answers = {n: enter(p).get(f"/contests/{contest.code}/{path}").status_code for n, p in company.personas.items()}

    assert {name for name, status in answers.items() if status == 200} == {
        "organiser", "chief_judge", "auditor", "union_chair", "administrator"
    }  # fmt: skip
    assert set(answers.values()) == {200, 403}


@pytest.mark.parametrize("path", ["result.pdf", "result.xlsx"])
def test_a_final_result_is_for_everybody_signed_in(company: Company, path: str) -> None:
    contest = make_final(company)

    answers = {
        enter(person).get(f"/contests/{contest.code}/{path}").status_code for person in company.personas.values()
    }

    assert answers == {200}
    assert Client().get(f"/contests/{contest.code}/{path}").status_code == 302


def test_the_public_gets_what_the_organiser_chose(company: Company) -> None:
    contest = make_final(company, result_detail="ranks")

    assert len(book(company.stranger, contest).sheetnames) == 1
    assert len(book(company.chief_judge, contest).sheetnames) == 2
    assert book(company.stranger, contest).worksheets[0].max_column == 5
    Contest.objects.filter(pk=contest.pk).update(result_detail="marks")
    marks = book(company.stranger, contest).worksheets[1]
    assert "J1" not in {cell.value for row in marks.iter_rows() for cell in row}
    assert "J1" in {cell.value for row in book(company.chief_judge, contest).worksheets[1].iter_rows() for cell in row}


def test_no_text_runs_as_a_formula(company: Company) -> None:
    contest = make_final(company)
    Entry.objects.filter(contest=contest, code="01").update(name='=HYPERLINK("http://x")', unit="+1")

    cells = [cell for row in book(company.stranger, contest).worksheets[0].iter_rows() for cell in row]

    assert {cell.data_type for cell in cells} <= {"s", "n"}


@pytest.mark.parametrize("detail", ["ranks", "groups", "marks"])
def test_the_page_shows_what_the_organiser_chose(company: Company, detail: str) -> None:
    contest = make_final(company, result_detail=detail)

    page = enter(company.stranger).get(f"/contests/{contest.code}/result/")

    assert page.status_code == 200
    assert ("理论" in page.text) == (detail != "ranks")
    assert ('class="mark counted"' in page.text) == (detail == "marks")
    assert "J1" not in re.sub(r"<[^>]*>", " ", page.text)  # a token in an attribute may hold any two characters


def test_the_page_costs_the_same_for_any_number(company: Company) -> None:
    counts = []
    client = enter(company.stranger)
    for number in (2, 12):
        contest = make_final(company, contestants=number, code=f"c{number}", result_detail="marks")
        client.get("/contests/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/contests/{contest.code}/result/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_contestant_gets_their_own_sheet_whatever_the_public_sees(company: Company) -> None:
    contest = make_final(company, people=[company.worker], contestants=1, result_detail="ranks")
    address = f"/contests/{contest.code}/result/mine.pdf"

    mine = enter(company.worker).get(address)
    page = enter(company.worker).get(f"/contests/{contest.code}/result/")

    assert (mine.status_code, mine["Content-Type"]) == (200, "application/pdf")
    assert address in page.text
    assert {
        enter(person).get(address).status_code for name, person in company.personas.items() if name != "worker"
    } == {404}


def test_before_the_notice_there_is_no_own_sheet(company: Company) -> None:
    contest = make_judging(company, people=[company.worker], contestants=1)

    assert enter(company.worker).get(f"/contests/{contest.code}/result/mine.pdf").status_code == 403


def test_a_stranger_to_a_draft_finds_nothing(company: Company) -> None:
    from tests.factories.contests import make_contest

    contest = make_contest(company)

    assert enter(company.stranger).get(f"/contests/{contest.code}/result.pdf").status_code == 404


def test_the_api_tells_no_more_than_the_page(company: Company) -> None:
    contest = make_final(company, result_detail="ranks")
    address = f"/api/v1/contests/{contest.code}/results"

    public = enter(company.stranger).get(address).json()["rows"]
    chief = enter(company.chief_judge).get(address).json()["rows"]

    assert [row["groups"] for row in public] == [{}, {}, {}]
    assert chief[0]["groups"] == {"theory": "70.00", "practical": "8.50"}


def test_the_organiser_chooses_in_the_wizard_what_the_public_sees(company: Company) -> None:
    from django.forms.models import model_to_dict

    from contests.forms.setup import BasicsForm
    from tests.factories.contests import make_published

    contest = make_published(company)
    fields = {
        name: value for name, value in model_to_dict(contest, BasicsForm.Meta.fields).items() if value is not None
    }
    moments = ("registration_opens_at", "registration_closes_at")
    fields |= {name: localtime(fields[name]).strftime("%Y-%m-%dT%H:%M") for name in moments}

    answer = enter(company.organiser).post(f"/contests/{contest.code}/edit/", fields | {"result_detail": "ranks"})

    contest.refresh_from_db()
    assert (answer.status_code, contest.result_detail) == (302, "ranks")
