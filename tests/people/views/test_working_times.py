"""When units work: the section of the calendar, the form of one unit, and who may."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from people.domain import working_patterns
from people.models import WorkingPattern
from tests.factories.approvals import NOW

pytestmark = pytest.mark.django_db
ROTATION = {"kind": "rotation", "shifts": "早 08:00-16:00\n中 16:00-24:00\n夜 00:00-08:00", "cycle": "早早中中夜夜休休",
            "starts_on": "2026-11-02"}  # fmt: skip


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def path(unit) -> str:
    return f"/people/calendar/hours/{unit.code}/"


def test_without_patterns_the_calendar_says_the_usual_hours(company):
    page = as_(company.worker).get("/people/calendar/2026/").content.decode()

    assert "No unit has hours of its own. Everybody: on working days 08:30–12:00, 13:00–17:30." in page
    assert "Set its hours" not in page
    assert "Set its hours" in as_(company.administrator).get("/people/calendar/2026/").content.decode()


def test_the_administrator_gives_a_unit_shifts_and_takes_them_back(company):
    client = as_(company.administrator)

    response = client.post(path(company.shop), ROTATION)
    again = client.post(path(company.shop), ROTATION)

    assert (response.status_code, again.status_code) == (302, 302)
    row = WorkingPattern.objects.get()
    assert (row.unit, row.kind, row.starts_on, row.hours, row.by) == (
        company.shop, "rotation", date(2026, 11, 2), "", company.administrator,
    )  # fmt: skip
    page = client.get(path(company.shop))
    assert page.context["words"].startswith("shifts go round: 早 早 中 中 夜 夜 休 休 (早 08:00–16:00; 中 16:00–24:00;")
    assert len(page.context["turns"]) == 14
    shown = as_(company.worker).get("/people/calendar/2026/")
    assert [(line.unit, line.is_mine) for line in shown.context["lines"]] == [(company.shop, True)]
    assert "counts for you" in shown.content.decode()
    assert [line.is_mine for line in as_(company.hr).get("/people/calendar/").context["lines"]] == [False]

    assert client.post(path(company.shop), {"drop": "1"}).status_code == 302
    assert client.post(path(company.shop), {"drop": "1"}).status_code == 302
    assert WorkingPattern.objects.count() == 0


def test_the_nearest_unit_with_a_pattern_counts(company):
    keep(company.plant, "daily", "06:00-18:00", company)
    keep(company.team, "office", "09:00-17:00", company)
    client = as_(company.administrator)

    assert client.get(path(company.team)).context["words"] == "on working days 09:00–17:00"
    other = client.get(path(company.other_team))
    assert (other.context["words"], other.context["own"]) == ("every day 06:00–18:00", None)
    assert other.context["source"].endswith(company.plant.name)
    assert [name.rpartition("/")[2] for name in client.get(path(company.plant)).context["below"]] == [company.team.name]


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"kind": "daily", "hours": ""}, "hours", "Write hours, such as"),
        ({"kind": "office", "hours": "8 to 5"}, "hours", "are no hours"),
        ({"kind": "office", "hours": "08:00-12:00 11:00-12:30"}, "hours", "overlap"),
        (ROTATION | {"starts_on": ""}, "starts_on", "Write a day on which the order begins."),
        (ROTATION | {"starts_on": "soon"}, "starts_on", "Enter a valid date."),
        (ROTATION | {"cycle": "早晚"}, "cycle", "“晚” is none of the shifts"),
        (ROTATION | {"shifts": "<b>"}, "shifts", "is no shift"),
        (ROTATION | {"cycle": "休" * 301}, "cycle", "at most 300 characters"),
    ],
)
@pytest.mark.django_db(transaction=True)  # a refusal undoes the request's own transaction, not the test's
def test_faults_stand_beside_their_field(transactional_db, company, given, field, says):
    response = as_(company.administrator).post(path(company.shop), given)

    assert response.status_code == 422
    assert says in " ".join(response.context["form"].errors[field])
    assert WorkingPattern.objects.count() == 0


def test_only_administrators_set_hours(company):
    for person in (company.worker, company.leader, company.hr, company.organiser, company.auditor):
        client = as_(person)
        assert client.get(path(company.shop)).status_code == 403
        assert client.post(path(company.shop), ROTATION).status_code == 403
        assert client.post("/people/calendar/hours/", {"unit": "x"}).status_code == 403
    assert Client().get(path(company.shop)).status_code == 302
    assert WorkingPattern.objects.count() == 0
    assert as_(company.administrator).get("/people/calendar/hours/nowhere/").status_code == 404


@pytest.mark.parametrize("kind", ["office", "daily", "rotation", "junk"])
def test_each_kind_shows_its_own_fields(company, kind):
    page = as_(company.administrator).get(path(company.shop) + f"?kind={kind}")

    assert list(page.context["form"].fields) == (["shifts", "cycle", "starts_on"] if kind == "rotation" else ["hours"])


def test_a_unit_is_found_by_code_and_name(company):
    client = as_(company.administrator)

    for wanted in (
        company.shop.code,
        company.shop.name,
        f"{company.root.name}/{company.plant.name}/{company.shop.name}",
    ):
        response = client.post("/people/calendar/hours/", {"unit": wanted})
        assert response.headers["location"] == path(company.shop)
    assert "There is no unit “x”" in client.post("/people/calendar/hours/", {"unit": "x"}, follow=True).content.decode()
    company.other_team.name = company.team.name
    company.other_team.save()
    several = client.post("/people/calendar/hours/", {"unit": company.team.name}, follow=True).content.decode()
    assert "Several units are called" in several


def keep(unit, kind, hours, company):
    return working_patterns.keep(unit, kind=kind, hours=hours, by=company.administrator, at=NOW)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_take_twelve_statements(company, rows, django_assert_max_num_queries):
    for unit in (company.plant, company.shop, company.team)[:rows]:
        keep(unit, "daily", "06:00-18:00", company)
    client = as_(company.administrator)

    with django_assert_max_num_queries(12):
        client.get("/people/calendar/2026/")
    with django_assert_max_num_queries(12):
        client.get(path(company.shop))
    with django_assert_max_num_queries(5):
        client.post("/people/calendar/hours/", {"unit": company.shop.name})
