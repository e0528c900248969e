import pytest
from django.test import Client

from people.domain import sign_in
from tests.factories.people import PASSWORD, Company, make_employee

ADDRESS = "/people/sign-in/"


def attempt(client: Client, number: str, password: str) -> int:
    return client.post(ADDRESS, {"username": number, "password": password}).status_code


def test_sign_in_right_password_leads_home(company: Company, client: Client) -> None:
    answer = client.post(ADDRESS, {"username": "1301", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_sign_in_wrong_password_says_so_and_signs_nobody_in(company: Company, client: Client) -> None:
    answer = client.post(ADDRESS, {"username": "1301", "password": "nein"})

    assert answer.status_code == 422
    assert "工号或口令不正确" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_sign_in_locks_out_after_six_failures_and_the_right_password_no_longer_helps(company: Company) -> None:
    client = Client()

    codes = [attempt(client, "1301", "nein") for _ in range(6)]

    assert codes[:5] == [422] * 5
    assert codes[5] == 429
    assert attempt(client, "1301", PASSWORD) == 429
    assert attempt(client, "1302", PASSWORD) == 302


def test_sign_in_first_time_by_code_must_choose_a_password(company: Company, client: Client) -> None:
    fresh = make_employee(company.team, number="7001", must_change_password=True)
    fresh.set_unusable_password()
    fresh.save()

    answer = client.post(ADDRESS, {"username": "7001", "password": sign_in.activation_code(fresh)})

    assert answer["Location"] == "/people/me/password/"


def test_sign_in_of_somebody_who_left_is_refused(company: Company, client: Client) -> None:
    company.worker.is_active = False
    company.worker.save()

    assert attempt(client, "1301", PASSWORD) == 422


def test_sign_in_never_leads_to_another_site(company: Company, client: Client) -> None:
    answer = client.post(ADDRESS, {"username": "1301", "password": PASSWORD, "next": "https://evil.example/"})

    assert answer["Location"] == "/"


def test_sign_out_ends_the_session(company: Company, client: Client) -> None:
    client.force_login(company.worker, backend="django.contrib.auth.backends.ModelBackend")

    client.post("/people/sign-out/")

    assert client.get("/").status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"old_password": PASSWORD, "new_password": "jin-bang-2027", "repeated": "jin-bang-2027"}, 302),
        ({"old_password": "wrong", "new_password": "jin-bang-2027", "repeated": "jin-bang-2027"}, 422),
        ({"old_password": PASSWORD, "new_password": "jin-bang-2027", "repeated": "other"}, 422),
        ({"old_password": PASSWORD, "new_password": "12345678", "repeated": "12345678"}, 422),
    ],
)
def test_password_page(company: Company, client: Client, fields: dict[str, str], status: int) -> None:
    client.force_login(company.worker, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post("/people/me/password/", fields)

    company.worker.refresh_from_db()
    assert answer.status_code == status
    assert company.worker.check_password("jin-bang-2027" if status == 302 else PASSWORD)
    assert client.get("/people/me/").status_code == 200


def test_every_answer_carries_the_content_policy(company: Company, client: Client) -> None:
    policy = client.get(ADDRESS)["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
