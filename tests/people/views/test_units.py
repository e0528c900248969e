"""people/views/units.py: the administrator writes the tree, nobody else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontend.kit import sheets
from people.models import Trade, Unit
from tests.factories.people import Company, make_unit


@pytest.fixture
def administrator(company: Company) -> Client:
    return enter(company.administrator)


def enter(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


@pytest.mark.django_db(transaction=True)
def test_lines_become_units_and_faults_are_named(company: Company, administrator: Client) -> None:
    added = administrator.post("/people/units/", {"units": "热轧厂/精轧车间,HR-2\n冷轧厂"})
    wrong = administrator.post("/people/units/", {"units": "厚板厂\nA//B"})
    taken = administrator.post("/people/units/", {"units": "厚板厂,steel"})

    assert (added.status_code, added["Location"]) == (302, "/people/units/")
    assert (wrong.status_code, taken.status_code) == (422, 422)
    assert "第 2 行" in wrong.content.decode()
    assert "编码 steel" in taken.content.decode()
    assert set(Unit.objects.filter(name__in=("精轧车间", "冷轧厂", "厚板厂")).values_list("name", flat=True)) == {
        "精轧车间",
        "冷轧厂",
    }


def test_a_unit_gets_a_name_and_a_head(company: Company, administrator: Client) -> None:
    address = f"/people/units/{company.team.code}/"

    done = administrator.post(address, {"name": "甲一班", "kind": "team", "head": company.worker.number})
    wrong = administrator.post(address, {"name": "甲二班", "kind": "team", "head": "nobody"})

    company.team.refresh_from_db()
    assert (done.status_code, wrong.status_code) == (302, 422)
    assert (company.team.name, company.team.head) == ("甲一班", company.worker)
    assert administrator.get(address).status_code == 200


def test_the_sheet_has_the_paths_one_can_paste_again(company: Company, administrator: Client) -> None:
    table = sheets.read(administrator.get("/people/units/?format=xlsx").content, file_name="units.xlsx")

    assert [cell.text for cell in table.rows[3].cells][:3] == ["华岳钢铁集团/炼钢厂/转炉车间/甲班", "steel-1-1", "班组"]


def test_a_search_that_finds_nothing_says_so(company: Company, administrator: Client) -> None:
    assert "没有找到单位" in administrator.get("/people/units/?q=zzz").content.decode()
    assert "转炉车间" in administrator.get("/people/units/?q=转炉").content.decode()


def test_trades_are_listed_and_added(company: Company, administrator: Client) -> None:
    assert administrator.post("/people/trades/", {"trades": "钳工\n焊工"}).status_code == 302
    assert administrator.post("/people/trades/", {"trades": "长" * 61}).status_code == 422
    assert set(Trade.objects.values_list("name", flat=True)) == {"焊工", "钳工"}
    assert "钳工" in administrator.get("/people/trades/").content.decode()


@pytest.mark.parametrize("name", ["worker", "leader", "hr", "organiser", "auditor", "union_chair"])
@pytest.mark.parametrize("address", ["/people/units/", "/people/units/steel/", "/people/trades/", "/setup/"])
def test_nobody_else_enters(company: Company, name: str, address: str) -> None:
    client = enter(company.personas[name])

    assert client.get(address).status_code == 403
    if address != "/setup/":
        assert client.post(address, {"units": "X", "trades": "X", "name": "X", "kind": "team"}).status_code == 403
    assert not Unit.objects.filter(name="X").exists()
    assert not Trade.objects.filter(name="X").exists()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("address", "statements"), [("/people/units/", 6), ("/people/trades/", 5)])
def test_the_lists_cost_the_same_for_any_number(
    company: Company, administrator: Client, count: int, address: str, statements: int
) -> None:
    for number in range(count):
        make_unit(f"x{number}", parent=company.plant)
        Trade.objects.create(code=f"x{number}", name=f"工种{number}")
    administrator.get(address)

    with CaptureQueriesContext(connection) as queries:
        administrator.get(address)

    assert len(queries) == statements
