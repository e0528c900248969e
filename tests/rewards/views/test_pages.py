import io
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from engine.approvals.models import Approval
from people.models import Employee
from rewards.models import LeaveGrant, Redemption
from rewards.queries import balance
from tests.factories.people import Company
from tests.factories.rewards import ask, give_points, make_course, make_leave
from tests.rewards.test_redemption import decide


def enter(client: Client, person: Employee) -> Client:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def granted(company: Company) -> LeaveGrant:
    give_points(company.worker, 900)
    row = ask(make_leave(company), company.worker, wanted_on=None)
    decide(company, row, ("leader", "approve"), ("hr", "approve"))
    return LeaveGrant.objects.get()


def test_pressing_twice_asks_once(company: Company, client: Client) -> None:
    give_points(company.worker, 900)
    item = make_leave(company)
    enter(client, company.worker)
    fields = {
        "hold": str(uuid.uuid4()),
        "points": "300",
        "wanted_on": f"{timezone.localdate() + timedelta(days=21)}",
        "is_afternoon": "1",
        "note": "",
    }

    answers = [client.post(f"/mall/items/{item.pk}/", fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Redemption.objects.get().is_afternoon is True
    assert balance(company.worker).reserved == 300


@pytest.mark.django_db(transaction=True)
def test_too_few_points_is_said_beside_the_form(company: Company, client: Client) -> None:
    item = make_leave(company)
    enter(client, company.worker)

    answer = client.post(f"/mall/items/{item.pk}/", {"hold": str(uuid.uuid4()), "points": "300", "is_afternoon": "0"})

    assert answer.status_code == 422
    assert "积分不足" in answer.content.decode()
    assert Approval.objects.count() == 0


def test_stranger_finds_no_redemption_and_no_calendar(company: Company, client: Client, granted: LeaveGrant) -> None:
    enter(client, company.stranger)

    codes = [
        client.get(f"/mall/redemptions/{granted.redemption_id}/").status_code,
        client.get(f"/mall/leave/{granted.pk}.ics").status_code,
        client.post(f"/mall/redemptions/{granted.redemption_id}/cancellation/").status_code,
    ]

    assert codes == [404, 404, 404]


def test_calendar_file_of_a_grant(company: Company, client: Client, granted: LeaveGrant) -> None:
    enter(client, company.worker)

    text = client.get(f"/mall/leave/{granted.pk}.ics").content.decode()

    assert f"UID:leave-{granted.redemption_id}@jinbang" in text
    assert "DTSTART;VALUE=DATE" in text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_leave_export_for_hr(company: Company, client: Client, granted: LeaveGrant, form: str) -> None:
    enter(client, company.hr)

    answer = client.get(f"/mall/leave/?format={form}")

    if form == "csv":
        assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("1301,焊工赵磊,甲班")
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert (sheet["A2"].value, sheet["E2"].value) == ("1301", 0.5)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("persona", "address", "statements"),
    [("worker", "/mall/", 14), ("worker", "/mall/wallet/", 19), ("worker", "/mall/redemptions/", 6), ("hr", "/mall/leave/", 9),
     ("hr", "/mall/catalogue/", 6)],
)  # fmt: skip
def test_list_pages_statements(
    company: Company, client: Client, rows: int, persona: str, address: str, statements: int,
    django_assert_max_num_queries: object,
) -> None:  # fmt: skip
    item = make_leave(company)
    make_course(company)
    for _ in range(rows):
        give_points(company.worker, 300)
        decide(company, ask(item, company.worker), ("leader", "approve"), ("hr", "approve"))
    enter(client, company.personas[persona])
    client.get(address)

    with django_assert_max_num_queries(statements):
        answer = client.get(address)

    assert answer.status_code == 200


def test_budget_granted_twice_by_one_press_is_one_grant(company: Company, client: Client) -> None:
    enter(client, company.union_chair)
    fields = {"id": str(uuid.uuid4()), "unit": company.plant.pk, "points": "500", "reason": "年度"}

    for _ in range(2):
        client.post("/mall/budgets/grants/", fields)

    assert "500" in client.get("/mall/budgets/").content.decode()
    assert client.post("/mall/budgets/grants/", fields | {"points": "-1"}).status_code == 422


@pytest.mark.parametrize("persona", ["worker", "leader", "hr", "judge", "auditor"])
def test_budget_grants_are_for_the_union(company: Company, client: Client, persona: str) -> None:
    enter(client, company.personas[persona])

    assert client.post("/mall/budgets/grants/", {}).status_code == 403


def test_organiser_of_the_catalogue_makes_and_offers_an_item(company: Company, client: Client) -> None:
    enter(client, company.hr)
    fields = {
        "kind": "leave",
        "title": "半天假",
        "description": "",
        "points": "300",
        "half_days": "1",
        "valid_months": "12",
        "min_service_months": "0",
        "min_skill_level": "0",
        "min_earned_points": "0",
        "refund_percent": "100",
        "refund_days_before": "0",
    }

    made = client.post("/mall/catalogue/new/", fields)
    client.post(f"{made['Location']}offer/", {"is_published": "1"})
    enter(client, company.worker)

    assert "半天假" in client.get("/mall/").content.decode()


def test_the_way_to_the_wallet_stands_once_where_it_leads_somewhere(company: Company, client: Client) -> None:
    give_points(company.worker, 900)
    enter(client, company.worker)

    main = {
        path: client.get(path)
        .content.decode()
        .split("<main", 1)[1]
        .split("</main>", 1)[0]
        .count('href="/mall/wallet/"')
        for path in ("/people/me/", "/mall/", "/mall/wallet/")
    }

    assert main == {"/people/me/": 1, "/mall/": 1, "/mall/wallet/": 0}
