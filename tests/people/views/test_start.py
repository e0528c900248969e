"""people/views/start.py and the command beside it: an empty installation leads its first administrator."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from people.domain import sign_in
from people.domain.start import setup_code
from people.models import Employee
from tests.factories.people import Company

pytestmark = pytest.mark.django_db
FIELDS = {
    "company": "华岳钢铁集团", "number": "100001", "name": "周波", "new_password": "jin-bang-2026",
    "repeated": "jin-bang-2026",
}  # fmt: skip


def test_nobody_here_every_way_leads_to_the_set_up_and_on(client: Client) -> None:
    assert client.get("/people/sign-in/")["Location"] == "/people/start/"

    page = client.get(f"/people/start/?code={setup_code()}")
    answer = client.post("/people/start/", FIELDS | {"code": setup_code()})

    assert setup_code() in page.content.decode()
    assert (answer.status_code, answer["Location"]) == (302, "/setup/")
    assert client.get("/setup/").status_code == 200
    assert "/setup/" in client.get("/").content.decode()


@pytest.mark.parametrize(
    "changed",
    [{"code": "guess"}, {"repeated": "other"}, {"new_password": "12345678", "repeated": "12345678"}, {"number": "a b"}],
)
def test_what_is_wrong_is_named_and_nobody_is_made(client: Client, changed: dict[str, str]) -> None:
    assert client.post("/people/start/", FIELDS | {"code": setup_code()} | changed).status_code == 422
    assert not Employee.objects.exists()


def test_with_somebody_here_there_is_no_set_up(company: Company, client: Client) -> None:
    before = Employee.objects.count()

    assert client.get("/people/start/")["Location"] == "/people/sign-in/"
    assert client.post("/people/start/", FIELDS | {"code": setup_code()})["Location"] == "/people/sign-in/"
    assert Employee.objects.count() == before


def test_command_prints_the_address_while_nobody_is_here() -> None:
    out = StringIO()

    call_command("first_sign_in", "--base-url", "https://jinbang.example/", stdout=out)

    assert out.getvalue().strip() == f"https://jinbang.example/people/start/?code={setup_code()}"


def test_command_gives_a_new_code_to_who_is_locked_out(company: Company) -> None:
    out = StringIO()

    call_command("first_sign_in", "--number", company.administrator.number, stdout=out)

    company.administrator.refresh_from_db()
    assert not company.administrator.has_usable_password()
    assert sign_in.activation_code(company.administrator) in out.getvalue()


@pytest.mark.parametrize("arguments", [[], ["--number", "nobody"]])
def test_command_refuses_with_the_next_step(company: Company, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("first_sign_in", *arguments, stdout=StringIO())
