"""contests/views/round_signing.py: the sign-off of a round on the desk, in the inbox and among a judge's sheets."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from contests.models import Contest
from contests.queries.proofs import reads_round
from engine.approvals.models import Approval
from engine.live import domain as live
from people.models import Employee
from tests.factories.people import Company, make_employee
from tests.factories.round_signing import last, make_closed, running, sign


def enter(person: Employee) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def drawn() -> str:
    out = io.BytesIO()
    picture = Image.new("RGBA", (60, 18), (0, 0, 0, 0))
    picture.putpixel((5, 5), (0, 0, 0, 255))
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def url(contest: Contest, name: str = "") -> str:
    return f"/contests/{contest.code}/sign-off/{name}"


def test_who_signs_sees_the_totals_by_code_and_no_name(company: Company) -> None:
    worker = make_employee(company.team, name="埋名选手", trade=company.trade)
    contest = make_closed(company)
    contest.entries.filter(code="01").update(employee=worker)

    for person in (company.judge, company.chief_judge, company.organiser):
        page = text(enter(person).get(url(contest)))
        assert all(f"<td>{code}</td>" in page for code in ("01", "02", "03"))
        assert all(name not in page for name in ("埋名选手", "选手1", "选手2", "选手3"))
    item = text(enter(company.judge).get(f"/approvals/{running(contest).pk}/"))
    assert "· 01" in item
    assert "data-signature" in item
    assert all(name not in item for name in ("埋名选手", "选手1", "选手2", "选手3"))


def test_nobody_else_sees_it(company: Company) -> None:
    contest = make_closed(company)
    outsider = make_employee(company.root, name="外人", number="777")

    codes = [
        enter(person).get(url(contest)).status_code for person in (company.worker, outsider, company.secrecy_officer)
    ]

    assert set(codes) <= {403, 404}
    assert Client().get(url(contest)).status_code == 302


@pytest.mark.parametrize("name", ["urging/", "again/"])
def test_only_the_chief_judge_urges_and_asks_again(company: Company, name: str) -> None:
    contest = make_closed(company)

    for person in (company.judge, company.worker, company.auditor, company.administrator, company.organiser):
        assert enter(person).post(url(contest, name)).status_code in {403, 404}
    assert enter(company.chief_judge).get(url(contest, name)).status_code == 405
    assert last(contest).number == 1


@pytest.mark.django_db(transaction=True)
def test_the_chief_urges_once_an_hour(company: Company) -> None:
    contest = make_closed(company)
    client = enter(company.chief_judge)

    first = client.post(url(contest, "urging/"), follow=True)
    second = client.post(url(contest, "urging/"), follow=True)

    assert "toast error" not in text(first)
    assert "toast error" in text(second)


@pytest.mark.django_db(transaction=True)
def test_asking_again_while_it_runs_is_told(company: Company) -> None:
    contest = make_closed(company)

    answer = enter(company.chief_judge).post(url(contest, "again/"), follow=True)

    assert "toast error" in text(answer)
    assert last(contest).number == 1


def test_before_there_is_one_the_page_says_so(company: Company) -> None:
    contest = make_closed(company)
    contest.signings.all().delete()

    page = enter(company.chief_judge).get(url(contest))
    urged = enter(company.chief_judge).post(url(contest, "urging/"), follow=True)

    assert page.status_code == 200
    assert "toast error" in text(urged)


@pytest.mark.django_db(transaction=True)
def test_a_judge_finds_it_in_the_inbox_and_among_the_sheets_and_signs(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False, closed_at=timezone.now())
    approval = running(contest)
    client = enter(company.judge)

    assert contest.title in text(client.get("/approvals/"))
    assert f"/approvals/{approval.pk}/" in text(client.get("/contests/sheets/"))
    page = client.get(f"/approvals/{approval.pk}/")
    form = page.context["form"]
    given = {"verb": "approve", "ballot": str(form.initial["ballot"]), "round": form.initial["round"], "note": ""}
    without = client.post(f"/approvals/{approval.pk}/act/", given)
    given["ballot"] = str(client.get(f"/approvals/{approval.pk}/").context["form"].initial["ballot"])
    client.post(f"/approvals/{approval.pk}/act/", given | {"signature": drawn()})

    assert without.status_code == 422
    assert [row.person for row in approval.waiting.select_related("person")] == [company.chief_judge]
    assert f"/approvals/{approval.pk}/" not in text(client.get("/contests/sheets/"))


def test_a_frozen_board_keeps_the_totals_from_judges_but_not_the_signature(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)
    live.freeze(contest.code, by=company.chief_judge)

    judge, chief = (text(enter(person).get(url(contest))) for person in (company.judge, company.chief_judge))
    item = text(enter(company.judge).get(f"/approvals/{running(contest).pk}/"))
    sign(contest, company.judge.number)

    totals = [total for _rank, _code, total in last(contest).rows]
    assert not any(total in judge or total in item for total in totals)
    assert all(total in chief for total in totals)
    assert last(contest).digest in judge


def test_the_desk_shows_who_signed_and_who_is_next(company: Company) -> None:
    contest = make_closed(company)
    sign(contest, company.judge.number)
    client = enter(company.chief_judge)

    page = text(client.get(f"/contests/{contest.code}/judging/"))
    manage = text(client.get(f"/contests/{contest.code}/manage/"))

    assert "评委2" in page
    assert url(contest, "urging/") in page
    assert "step-submit-result" not in manage


@pytest.mark.parametrize("judges", [0, 3])
def test_the_pages_cost_the_same_for_any_size(company: Company, judges: int) -> None:
    contest = make_closed(company, judges=judges, leader=False)
    client = enter(company.chief_judge)
    counts = []
    for page in (url(contest), f"/contests/{contest.code}/judging/"):
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        counts.append(len(queries))

    assert counts == STATEMENTS


STATEMENTS = [25, 38]


def test_the_receipt_is_for_who_may_see_it(company: Company) -> None:
    contest = make_closed(company, judges=0, leader=False)
    sign(contest, company.judge.number, company.chief_judge.number, company.organiser.number)
    key = f"{contest.code}:1"

    assert [reads_round(person, key) for person in (company.judge, company.auditor, company.worker)] == [
        True,
        True,
        False,
    ]
    assert not reads_round(company.judge, "no-such:1")
    assert Approval.objects.get(subject=last(contest).subject).status == "approved"
