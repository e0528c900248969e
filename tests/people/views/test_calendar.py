"""The calendar's page and the substitutes' page."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from engine.approvals import tasks
from people.models import Holiday, Substitute
from people.queries import working_calendar
from tests.factories.approvals import NOW, make_approval, make_policy

pytestmark = pytest.mark.django_db


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_known_year_shows_what_differs(company):
    page = as_(company.worker).get("/people/calendar/2025/").content.decode()

    assert "not known yet" not in page
    assert page.count("<b>off</b>") + page.count("<b>work</b>") > 20


def test_an_unknown_year_warns(company):
    year = working_calendar().known_until.year + 1

    assert "not known yet" in as_(company.worker).get(f"/people/calendar/{year}/").content.decode()
    as_(company.administrator).post(f"/people/calendar/{year}/known/", {"is_known": "1"})
    assert "not known yet" not in as_(company.worker).get(f"/people/calendar/{year}/").content.decode()
    assert as_(company.worker).get("/people/calendar/1800/").status_code == 404


def test_the_administrator_sets_a_day_and_undoes_it(company):
    client = as_(company.administrator)

    client.post("/people/calendar/2025/days/", {"on": "2025-11-20", "what": "off", "name": "厂庆"})
    row = Holiday.objects.get()
    assert (row.on, row.is_working, row.name, row.by) == (date(2025, 11, 20), False, "厂庆", company.administrator)
    assert "厂庆" in client.get("/people/calendar/2025/").content.decode()

    client.post("/people/calendar/2025/days/", {"on": "2025-11-20", "what": "usual"})
    assert Holiday.objects.count() == 0
    assert (
        "Enter a valid date"
        in client.post("/people/calendar/2025/days/", {"on": "x", "what": "off"}, follow=True).content.decode()
    )


def test_others_only_look(company):
    assert as_(company.hr).post("/people/calendar/2025/days/", {"on": "2025-11-20", "what": "off"}).status_code == 403


def test_calendar_takes_eleven_statements(company, django_assert_max_num_queries):
    client = as_(company.worker)

    with django_assert_max_num_queries(11):
        client.get("/people/calendar/2025/")


def test_name_and_end_a_substitute(company):
    make_policy(("all", "manager:1"))
    client = as_(company.leader)

    bad = client.post("/people/substitutes/", {"to": "nobody", "from_on": "2099-01-01"})
    good = client.post(
        "/people/substitutes/", {"to": company.shop_head.name, "from_on": "2026-01-01", "policies": ["request"]}
    )

    assert (bad.status_code, good.status_code) == (422, 302)
    row = Substitute.objects.get()
    assert (row.to, row.policies, row.until_at) == (company.shop_head, ["request"], None)
    assert as_(company.worker).post(f"/people/substitutes/{row.pk}/end/").status_code == 404
    assert client.post(f"/people/substitutes/{row.pk}/end/").status_code == 302
    assert "over" in client.get("/people/substitutes/").content.decode()


def test_the_substitute_sees_it_soon_and_no_longer_when_it_is_over(company):
    make_policy(("all", "manager:1"))
    approval = make_approval(company.worker)
    row = Substitute.objects.create(person=company.leader, to=company.shop_head, from_at=NOW)

    assert tasks.refresh_substitutes(at=NOW) == 1
    assert approval.waiting.filter(person=company.shop_head).exists()
    row.until_at = NOW
    row.save()
    assert tasks.refresh_substitutes(at=NOW) == 1
    assert not approval.waiting.filter(person=company.shop_head).exists()
    assert tasks.refresh_substitutes(at=NOW) == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_substitutes_take_nine_statements(company, rows, django_assert_max_num_queries):
    for _ in range(rows):
        Substitute.objects.create(person=company.leader, to=company.shop_head, from_at=NOW)
    client = as_(company.leader)

    with django_assert_max_num_queries(9):
        client.get("/people/substitutes/")
