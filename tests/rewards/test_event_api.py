"""Other programs report events for the award rules: once, whole or not at all, only what this program does not see itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from engine.events.models import Event
from people.domain import tokens
from people.models import Employee
from rewards.domain import award_rules
from rewards.models import Happening
from rewards.queries import balance
from tests.factories.people import Company
from tests.factories.rules import fill, make_rule

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/points/events"
ADOPTED = {"event": "suggestion.adopted", "key": "S-118", "employee": "1301", "facts": {"grade": "A", "benefit": 120}}


def bearer(person: Employee, *scopes: str) -> dict[str, str]:
    _row, secret = tokens.create(name="x", employee=person, scopes=list(scopes), at=timezone.now(), expires_at=None)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


@pytest.fixture
def token(company: Company) -> dict[str, str]:
    return bearer(company.hr, "rewards:write")


def send(client: Client, token: dict[str, str], *events: dict[str, Any]) -> Any:
    return client.post(PATH, {"events": events}, content_type="application/json", **token)


def test_a_reported_event_pays_by_the_rule_once(company: Company, client: Client, token: dict[str, str]) -> None:
    make_rule("adopted", definition={"event": "suggestion.adopted", "points": {"fact": "benefit", "each": 1}})
    fill(1000)

    answers = [send(client, token, ADOPTED).json() for _twice in range(2)]
    award_rules.decide_due(at=timezone.now())

    assert answers == [{"noted": 1, "known": 0}, {"noted": 0, "known": 1}]
    assert balance(company.worker).available == 120
    assert [row.data["events"] for row in Event.objects.filter(action="points.events-reported")] == [1]


def test_the_moment_is_when_it_happened(company: Company, client: Client, token: dict[str, str]) -> None:
    then = timezone.now() - timedelta(days=40)

    send(client, token, ADOPTED | {"at": then.isoformat()})

    assert Happening.objects.get().on == timezone.localdate(then)


def test_known_with_other_facts_is_refused_and_nothing_kept(
    company: Company, client: Client, token: dict[str, str]
) -> None:
    send(client, token, ADOPTED)

    answer = send(client, token, ADOPTED | {"key": "S-119"}, ADOPTED | {"facts": {"grade": "B"}})

    assert (answer.status_code, answer.json()["code"]) == (409, "exists-with-different-facts")
    assert list(Happening.objects.values_list("key", "facts")) == [("S-118", ADOPTED["facts"])]


def test_one_event_twice_in_a_report_with_two_contents_is_refused(
    company: Company, client: Client, token: dict[str, str]
) -> None:
    answer = send(client, token, ADOPTED, ADOPTED | {"facts": {"grade": "B"}})

    assert (answer.status_code, Happening.objects.count()) == (409, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"event": "contest.placed", "facts": {"rank": 1}}, "not-reportable"),
        ({"event": "moon.landed"}, "not-reportable"),
        ({"facts": {"colour": "red"}}, "unknown-fact"),
        ({"facts": {"benefit": "120"}}, "unknown-fact"),
        ({"employee": "9999"}, "unknown-employee"),
        ({"at": "2999-01-01T00:00:00+08:00"}, "not-yet"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "too-old"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_wrong_rows_are_named_and_none_is_kept(
    company: Company, client: Client, token: dict[str, str], change: dict[str, Any], code: str
) -> None:
    answer = send(client, token, ADOPTED, ADOPTED | {"key": "S-2"} | change)

    assert (answer.status_code, answer.json()["code"], list(answer.json()["fields"])) == (422, code, ["events.2"])
    assert not Happening.objects.exists()


@pytest.mark.parametrize("change", [{"facts": {}}, {"facts": {"benefit": 1.5}}, {"facts": {"benefit": -1}}, {"key": ""},
                                    {"key": "a\x00"}, {"at": "2026-01-01T00:00:00"}, {"facts": {"benefit": 2**53}}])  # fmt: skip
def test_what_is_no_event_is_no_report(
    company: Company, client: Client, token: dict[str, str], change: dict[str, Any]
) -> None:
    assert send(client, token, ADOPTED | change).status_code == 422
    assert not Happening.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_rows_takes_as_many_statements(
    company: Company, client: Client, token: dict[str, str], count: int, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        send(client, token, *[ADOPTED | {"key": f"S-{number}"} for number in range(count)])

    assert Happening.objects.count() == count


@pytest.mark.parametrize("persona", ["worker", "leader", "auditor", "organiser"])
def test_others_report_nothing(company: Company, client: Client, persona: str) -> None:
    answer = send(client, bearer(company.personas[persona], "rewards:write"), ADOPTED)

    assert (answer.status_code, Happening.objects.count()) == (403, 0)


def test_a_session_or_another_scope_is_no_program(company: Company, client: Client) -> None:
    assert send(client, bearer(company.hr, "rewards:read"), ADOPTED).status_code == 403
    client.force_login(company.hr, backend="django.contrib.auth.backends.ModelBackend")
    assert send(client, {}, ADOPTED).status_code == 401
