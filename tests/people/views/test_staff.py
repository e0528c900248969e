import pytest
from django.test import Client

from people.models import Employee, RoleGrant, SystemToken
from people.queries import visible_to
from tests.factories.people import Company, make_employee

PERSONAS = [
    "worker",
    "stranger",
    "leader",
    "shop_head",
    "union_chair",
    "organiser",
    "judge",
    "hr",
    "auditor",
    "administrator",
]


def enter(client: Client, person: Employee) -> Client:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("persona", PERSONAS)
def test_who_sees_whom_agrees_with_the_permission(company: Company, persona: str) -> None:
    from datetime import date

    person = company.personas[persona]

    listed = set(visible_to(person, date.today()).values_list("number", flat=True))

    allowed = {
        other.number
        for other in Employee.objects.select_related("unit")
        if person.has_perm("people.view_employee", other)
    }
    assert listed == allowed


@pytest.mark.parametrize("rows", [1, 3])
def test_employees_page_statements(
    company: Company, client: Client, rows: int, django_assert_num_queries: object
) -> None:
    for number in range(rows):
        make_employee(company.team, number=f"60{number}")
    enter(client, company.hr)
    client.get("/people/employees/")

    with django_assert_num_queries(8):
        client.get("/people/employees/?q=60")


def test_stranger_sees_a_colleague_as_missing(company: Company, client: Client) -> None:
    enter(client, company.stranger)

    assert client.get(f"/people/employees/{company.worker.number}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_give_and_end_a_role(company: Company, client: Client) -> None:
    enter(client, company.administrator)

    given = client.post("/people/employees/1301/role-grants/", {"role": "judge", "unit": "", "from_on": "2026-01-01"})
    again = client.post("/people/employees/1301/role-grants/", {"role": "judge", "unit": "", "from_on": "2026-01-01"})
    grant = RoleGrant.objects.get(employee=company.worker)
    client.post(f"/people/role-grants/{grant.pk}/end/")

    grant.refresh_from_db()
    assert (given.status_code, again.status_code) == (302, 422)
    assert grant.until_on is not None


def test_token_is_shown_once_and_works_within_its_scope(company: Company, client: Client) -> None:
    enter(client, company.administrator)

    page = client.post("/people/tokens/", {"name": "HR", "number": company.judge.number, "scopes": ["marks:write"]})
    secret = page.context["secret"]

    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/contests/sheets", headers=bearer).status_code == 200
    assert Client().get("/api/v1/approvals", headers=bearer).status_code == 403
    assert Client().get("/api/v1/contests/sheets", headers={"Authorization": "Bearer no"}).status_code == 401
    assert secret not in client.get("/people/tokens/").content.decode()
    client.post(f"/people/tokens/{SystemToken.objects.get().pk}/revocation/")
    assert Client().get("/api/v1/contests/sheets", headers=bearer).status_code == 401


def test_employees_export_defuses_formulas(company: Company, client: Client) -> None:
    import io

    from openpyxl import load_workbook

    make_employee(company.team, number="6001", name="=HYPERLINK(1)")
    enter(client, company.hr)

    answer = client.get("/people/employees/?q=6001&format=xlsx")

    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=HYPERLINK(1)", "s")
