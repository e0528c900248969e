"""Pages of events: who reads them, who runs them, how many statements they need."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from contests.domain import events
from contests.models import Event
from tests.factories.contests import AT, make_contest, publish
from tests.factories.people import Company, give_role, make_employee
from tests.factories.results import make_noticed

ROW = {"row-0-rank_from": "1", "row-0-rank_to": "3", "row-0-points": "6"}
FORM = {
    "title": "第十届职工技能运动会", "description": "", "place": "体育馆", "kind": "ranks", "best": "2", "ties": ["firsts"],
    "row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0", **ROW,
}  # fmt: skip


@pytest.fixture
def event(company: Company) -> Event:
    return events.create(code="festival-10", title="第十届职工技能运动会", by=company.organiser, at=AT)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fill(event: Event, company: Company, count: int) -> None:
    for number in range(count):
        contest = make_noticed(company, code=f"discipline-{event.code}-{number}", title=f"{event.title}·工种{number}")
        events.attach(event=event, contest=contest, by=company.organiser, at=AT)


def test_an_organiser_makes_an_event_and_puts_a_contest_into_it(company: Company) -> None:
    client = signed_in(company.organiser)
    contest = publish(make_contest(company, title="第十届职工技能运动会·焊工"), company)

    made = client.post(reverse("contests:event-new"), {**FORM, "code": "festival-10"})

    event = Event.objects.get()
    assert (made.status_code, made.url) == (302, f"/contests/events/{event.code}/")
    assert event.unit_points == {
        "kind": "ranks", "best": 2, "ties": ["firsts"], "rows": [{"rank_from": 1, "rank_to": 3, "points": 6}],
    }  # fmt: skip
    client.post(reverse("contests:event-attach", args=[event.code]), {"contest": contest.code})
    page = client.get(reverse("contests:event", args=[event.code])).content.decode()
    assert ">焊工</a>" in page
    assert "报名" in page
    client.post(reverse("contests:event-detach", args=[event.code, contest.pk]))
    contest.refresh_from_db()
    assert contest.event is None


def test_a_wrong_rule_is_said_beside_the_form_and_nothing_is_stored(company: Company) -> None:
    answer = signed_in(company.organiser).post(
        reverse("contests:event-new"), {**FORM, "code": "festival-10", "row-0-rank_to": "0"}
    )

    assert answer.status_code == 422
    assert not Event.objects.exists()


def test_only_who_runs_the_event_changes_it(company: Company, event: Event) -> None:
    other = make_employee(company.root)
    give_role(other, "organiser")
    contest = make_contest(company)
    people = {**company.personas, "other organiser": other}

    allowed = {
        name
        for name, person in people.items()
        if signed_in(person).post(reverse("contests:event-attach", args=[event.code]), {"contest": "x"}).status_code
        == 302
    }

    assert allowed == {"organiser", "union_chair", "administrator"}
    assert (
        signed_in(company.judge).post(f"/contests/events/{event.code}/disciplines/{contest.pk}/removal/").status_code
        == 403
    )
    assert signed_in(other).get(f"/contests/events/{event.code}/edit/").status_code == 403


def test_nobody_attaches_a_contest_they_do_not_run(company: Company, event: Event) -> None:
    other = make_employee(company.root)
    give_role(other, "organiser")
    contest = make_contest(company, organiser=other)

    signed_in(company.organiser).post(reverse("contests:event-attach", args=[event.code]), {"contest": contest.code})

    contest.refresh_from_db()
    assert contest.event is None


def test_a_visitor_reads_a_public_event_and_its_public_disciplines_only(company: Company, event: Event) -> None:
    shown = publish(make_contest(company, code="shown", title="公开的工种", is_public=True), company)
    hidden = publish(make_contest(company, code="hidden", title="内部的工种", is_public=False), company)
    for contest in (shown, hidden):
        events.attach(event=event, contest=contest, by=company.organiser, at=AT)
    visitor, address = Client(), f"/contests/events/{event.code}/"
    assert visitor.get(address).status_code == 302
    events.update(event=event, is_public=True, by=company.organiser, at=AT)

    page = visitor.get(address).content.decode()

    assert "公开的工种" in page
    assert "内部的工种" not in page
    assert visitor.get(f"{address}table/").status_code == 302
    assert visitor.get(f"{address}table.xlsx").status_code == 302
    events.detach(event=event, contest=hidden, by=company.organiser, at=AT)
    assert visitor.get(f"{address}table/").status_code == 200


def test_a_draft_is_shown_to_who_runs_it_alone(company: Company, event: Event) -> None:
    events.attach(event=event, contest=make_contest(company, title="秘密草稿"), by=company.organiser, at=AT)
    address = f"/contests/events/{event.code}/"

    assert "秘密草稿" in signed_in(company.organiser).get(address).content.decode()
    assert "秘密草稿" not in signed_in(company.worker).get(address).content.decode()


def test_the_table_leaves_as_excel_and_pdf(company: Company, event: Event) -> None:
    client = signed_in(company.worker)
    assert client.get(f"/contests/events/{event.code}/table.pdf").status_code == 404
    fill(event, company, 2)

    book = load_workbook(io.BytesIO(client.get(f"/contests/events/{event.code}/table.xlsx").content))
    paper = client.get(f"/contests/events/{event.code}/table.pdf")

    units, placings, rule = book.worksheets
    assert [[cell.value for cell in row] for row in units.iter_rows()][1] == [1, "炼钢厂", 22, 22, 2, 2, 2, 44]
    assert placings.max_row == 7
    assert rule.max_row == 3
    assert paper.content.startswith(b"%PDF")


@pytest.mark.parametrize("count", [1, 3])
def test_pages_need_the_same_statements_for_one_and_three_rows(company: Company, event: Event, count: int) -> None:
    fill(event, company, count)
    for number in range(count - 1):
        events.create(code=f"other-{number}", title="另一场", by=company.organiser, at=AT)
    client = signed_in(company.worker)

    found = []
    for address in ("", f"{event.code}/", f"{event.code}/table/"):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/contests/events/{address}")
        found.append(len(asked))

    assert found == [6, 10, 7]
