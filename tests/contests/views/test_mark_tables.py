"""Theory marks from Excel: template, difference, recording; all of it or nothing, once."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from contests.domain import corrections, signing
from contests.models import Contest, Mark, Operation
from engine.events.models import Event
from tests.factories.contests import AT, make_judging, mark_everything, sheet_of
from tests.factories.people import Company
from tests.factories.results import mark

HEADERS = ["加密号", "笔试 [paper]"]


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_judging(company, contestants=3)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def base(contest: Contest) -> str:
    return f"/contests/{contest.code}/judging/tables/"


def send(client: Client, contest: Contest, *rows: list[Any], headers: list[str] = HEADERS) -> Any:
    book = Workbook()
    for row in (headers, *rows):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return client.post(f"{base(contest)}theory/upload/", {"file": SimpleUploadedFile("t.xlsx", target.getvalue())})


def signed_of(page: Any) -> str:
    found = re.search(r'name="signed" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


def held() -> dict[str, str]:
    return {code: str(value) for code, value in Mark.objects.filter(aspect="paper").values_list("entry__code", "value")}


def test_a_filled_template_is_shown_then_recorded_as_operations_of_who_did_it(
    company: Company, contest: Contest
) -> None:
    client = signed_in(company.chief_judge)
    book = load_workbook(io.BytesIO(client.get(f"{base(contest)}theory.xlsx").content))
    assert [cell.value for cell in book.active[1]] == HEADERS
    assert sorted(cell.value for cell in book.active["A"][1:]) == ["01", "02", "03"]

    page = send(client, contest, ["01", 88], ["02", "91"], ["03", None])

    assert page.status_code == 200
    assert held() == {}
    client.post(f"{base(contest)}theory/recording/", {"signed": signed_of(page)})
    assert held() == {"01": "88", "02": "91"}
    assert {(row.by, row.device) for row in Operation.objects.all()} == {(company.chief_judge, "table")}
    assert Event.objects.get(action="marks.imported").data["marks"] == 2


def test_the_same_upload_recorded_twice_is_recorded_once(company: Company, contest: Contest) -> None:
    client = signed_in(company.chief_judge)
    signed = signed_of(send(client, contest, ["01", 88]))

    for _time in range(3):
        client.post(f"{base(contest)}theory/recording/", {"signed": signed})

    assert held() == {"01": "88"}
    assert Operation.objects.count() == Event.objects.filter(action="marks.imported").count() == 1


def test_a_second_table_shows_what_differs_first(company: Company, contest: Contest) -> None:
    client = signed_in(company.chief_judge)
    mark(contest, company, {"01": "88", "02": "91"})

    page = send(client, contest, ["01", 88], ["02", 93], ["03", 70]).content.decode()

    assert "88" not in re.findall(r"<tbody>.*</tbody>", page, re.DOTALL)[0]
    assert all(text in page for text in ("91", "93", "70"))
    assert held() == {"01": "88", "02": "91"}


@pytest.mark.django_db(transaction=True)
def test_a_mark_changed_since_the_difference_was_shown_keeps_everything_out(company: Company, contest: Contest) -> None:
    client = signed_in(company.chief_judge)
    signed = signed_of(send(client, contest, ["01", 88], ["02", 91]))
    mark(contest, company, {"02": "60"})

    client.post(f"{base(contest)}theory/recording/", {"signed": signed})

    assert held() == {"02": "60"}
    assert Operation.objects.filter(device="table").count() == 0


@pytest.mark.parametrize(
    ("row", "told"),
    [(["01", "=1+1"], "B2"), (["01", 101], "第 2 行"), (["99", 88], "99"), (["01", "九十"], "第 2 行")],
)
def test_a_fault_names_its_place_and_nothing_is_stored(
    company: Company, contest: Contest, row: list[Any], told: str
) -> None:
    page = send(signed_in(company.chief_judge), contest, row, ["02", 50])

    assert page.status_code == 422
    assert told in page.content.decode()
    assert not Operation.objects.exists()


def test_marks_for_who_did_not_start_are_refused(company: Company, contest: Contest) -> None:
    corrections.set_status(contest=contest, entry="02", status="dns", reason="缺席", by=company.chief_judge, at=AT)
    client = signed_in(company.chief_judge)

    assert send(client, contest, ["02", 88]).status_code == 422
    codes = [
        cell.value for cell in load_workbook(io.BytesIO(client.get(f"{base(contest)}theory.xlsx").content)).active["A"]
    ]
    assert "02" not in codes


def test_a_blind_contest_gives_and_takes_codes_alone(company: Company, contest: Contest) -> None:
    names = set(contest.entries.values_list("name", flat=True))
    client = signed_in(company.chief_judge)

    book = load_workbook(io.BytesIO(client.get(f"{base(contest)}theory.xlsx").content))
    page = send(client, contest, ["01", 88]).content.decode()

    assert not names & {str(cell.value) for row in book.active.iter_rows() for cell in row}
    assert not [name for name in names if name in page]


@pytest.mark.django_db(transaction=True)
def test_after_the_sheet_is_signed_nothing_comes_from_a_table(company: Company, contest: Contest) -> None:
    client = signed_in(company.chief_judge)
    signed = signed_of(send(client, contest, ["01", 88]))
    sheet = mark_everything(contest, company.judge)
    signing.sign_off(sheet_id=sheet.pk, version=sheet.version, by=company.judge, at=AT)
    before = held()

    client.post(f"{base(contest)}theory/recording/", {"signed": signed})

    assert held() == before
    assert send(client, contest, ["01", 88]).status_code == 404


def test_a_judge_fills_in_their_own_sheet_and_nobody_else(company: Company, contest: Contest) -> None:
    judge = signed_in(company.judge)
    signed = signed_of(send(judge, contest, ["01", 88]))
    judge.post(f"{base(contest)}theory/recording/", {"signed": signed})
    assert Operation.objects.get().by == company.judge
    trainee = contest.panel.create(employee=company.worker, code="P1", name="x", role="trainee", position=8)
    contest.sheets.create(member=trainee, aspects=["seam"])

    assert signed_in(company.worker).get(f"{base(contest)}theory.xlsx").status_code == 404
    for name, person in company.personas.items():
        if name not in {"judge", "chief_judge", "worker"}:
            assert signed_in(person).get(base(contest)).status_code == 403, name
            assert send(signed_in(person), contest, ["01", 1]).status_code == 403, name


def test_a_difference_of_another_contest_or_by_hand_is_not_recorded(company: Company, contest: Contest) -> None:
    other = make_judging(company, contestants=0, people=[company.worker], code="other")
    client = signed_in(company.chief_judge)
    signed = signed_of(send(client, contest, ["01", 88]))

    client.post(f"{base(other)}theory/recording/", {"signed": signed})
    client.post(f"{base(contest)}theory/recording/", {"signed": signed[:-2]})

    assert not Operation.objects.exists()
    assert sheet_of(other, company.judge).version == 0


@pytest.mark.parametrize("count", [1, 3])
def test_pages_need_the_same_statements_for_one_and_three_entries(company: Company, count: int) -> None:
    contest = make_judging(company, contestants=count, code=f"of-{count}")
    client = signed_in(company.chief_judge)

    with CaptureQueriesContext(connection) as asked:
        client.get(base(contest))
    with CaptureQueriesContext(connection) as shown:
        send(client, contest, ["01", 88])

    assert (len(asked), len(shown)) == (6, 10)
