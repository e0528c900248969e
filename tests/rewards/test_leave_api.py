"""HR's system reads granted leave by itself: a cursor, an acknowledgement, what was taken; scopes and wrong bodies."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from people.domain import tokens
from rewards.domain.handover import feed, marks
from rewards.models import HandOver, LeaveGrant
from rewards.queries import balance
from tests.factories.people import Company
from tests.factories.rewards import AT, give_points, grant_leave

BASE = "/api/v1/leave"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands where the tests' does: leave must be taken within a year of being granted."""
    monkeypatch.setattr(timezone, "now", lambda: AT)


def bearer(company: Company, *scopes: str) -> dict[str, str]:
    _row, secret = tokens.create(
        name="HR", employee=company.hr, scopes=list(scopes), at=timezone.now(), expires_at=None
    )
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def post(client: Client, path: str, body: dict[str, Any], token: dict[str, str]) -> Any:
    return client.post(f"{BASE}{path}", body, content_type="application/json", **token)


@pytest.fixture
def granted(company: Company) -> LeaveGrant:
    give_points(company.worker, 3000)
    return grant_leave(company, company.worker)


def test_rows_come_in_order_after_the_cursor(company: Company, client: Client, granted: LeaveGrant) -> None:
    grant_leave(company, company.worker, half_days=2)
    token = bearer(company, "leave:read")

    first = client.get(f"{BASE}/hand-overs?most=1", **token).json()
    rest = client.get(f"{BASE}/hand-overs?after={first['next']}", **token).json()
    end = client.get(f"{BASE}/hand-overs?after={rest['next']}", **token).json()

    assert [row["number"] for row in first["rows"] + rest["rows"]] == [1, 2]
    assert (
        first["rows"][0] | {"employee": "1301", "half_days": 1, "verb": "grant", "status": "waiting"}
        == first["rows"][0]
    )
    assert end == {"rows": [], "next": 2}


@pytest.mark.django_db(transaction=True)
def test_acknowledged_once_and_counted(company: Company, client: Client, granted: LeaveGrant) -> None:
    token = bearer(company, "leave:read", "leave:write")
    client.get(f"{BASE}/hand-overs", **token)

    answers = [
        post(client, "/hand-overs/1/acknowledgement", body, token).status_code
        for body in (
            {"external_id": "A1", "half_days": 3}, {"external_id": "A1", "half_days": 1},
            {"external_id": "A1", "half_days": 1}, {"external_id": "A2", "half_days": 1}, {"external_id": ""},
        )
    ]  # fmt: skip

    assert answers == [422, 200, 200, 409, 422]
    assert HandOver.objects.get().external_id == "A1"
    assert post(client, "/hand-overs/9/acknowledgement", {"external_id": "A", "half_days": 1}, token).status_code == 404


def test_what_was_read_is_returned_only_with_the_other_side(
    company: Company, client: Client, granted: LeaveGrant
) -> None:
    token = bearer(company, "leave:read", "leave:write")
    client.get(f"{BASE}/hand-overs", **token)
    marks.ask_return(grant=granted, by=company.worker, at=AT)
    before = balance(company.worker).available

    rows = client.get(f"{BASE}/hand-overs?after=1", **token).json()["rows"]
    post(client, f"/hand-overs/{rows[0]['number']}/acknowledgement", {"external_id": "B", "half_days": 1}, token)

    assert ([row["verb"] for row in rows], before, balance(company.worker).available) == (["reverse"], 2700, 3000)


def test_a_refused_return_is_told(company: Company, client: Client, granted: LeaveGrant) -> None:
    token = bearer(company, "leave:read", "leave:write")
    client.get(f"{BASE}/hand-overs", **token)
    marks.ask_return(grant=granted, by=company.worker, at=AT)
    number = client.get(f"{BASE}/hand-overs?after=1", **token).json()["rows"][0]["number"]

    answer = post(client, f"/hand-overs/{number}/refusal", {"reason": "已休"}, token).json()

    granted.refresh_from_db()
    assert (answer["status"], granted.state) == ("refused", "granted")


def test_taken_half_days_are_reported(company: Company, client: Client, granted: LeaveGrant) -> None:
    token = bearer(company, "leave:write")
    path = f"/grants/{granted.redemption_id}/taken"

    answers = [post(client, path, {"half_days": number}, token) for number in (1, 1, 2)]

    assert [answer.status_code for answer in answers] == [200, 200, 422]
    assert answers[0].json()["state"] == "taken"


@pytest.mark.parametrize(
    ("scopes", "expected"), [(("rewards:read",), 403), (("leave:write",), 403), (("leave:read",), 200)]
)
def test_reading_needs_its_scope(company: Company, client: Client, scopes: tuple[str, ...], expected: int) -> None:
    assert client.get(f"{BASE}/hand-overs", **bearer(company, *scopes)).status_code == expected
    assert Client().get(f"{BASE}/hand-overs").status_code == 401


@pytest.mark.parametrize("persona", ["worker", "leader", "auditor", "organiser"])
def test_others_read_nothing(company: Company, client: Client, persona: str) -> None:
    client.force_login(company.personas[persona], backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(f"{BASE}/hand-overs").status_code == 403


def test_nothing_is_listed_while_a_channel_is_on(company: Company, client: Client, granted: LeaveGrant, settings: Any) -> None:  # fmt: skip
    settings.LEAVE_WEBHOOK_URL = "http://127.0.0.1:9/"

    assert feed.publish(at=AT) == 0
    assert client.get(f"{BASE}/hand-overs", **bearer(company, "leave:read")).json()["rows"] == []
