"""Every API operation, given anything its schema allows (and things it does not): no server error, no answer outside the schema."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from people.domain import tokens
from tests.factories.contests import make_judging
from tests.factories.people import Company, make_company

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def secrets() -> list[str]:
    """Tokens of a judge, of HR and of the chief judge, with every scope, over a contest being judged."""
    company: Company = make_company()
    make_judging(company)
    people = (company.judge, company.hr, company.chief_judge)
    return [
        tokens.create(name="x", employee=person, scopes=list(tokens.SCOPES), at=timezone.now(), expires_at=None)[1]
        for person in people
    ]


@schema.parametrize()
@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
def test_operation_answers_within_its_schema(case: Any, secrets: list[str]) -> None:
    for secret in secrets:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {secret}"},
            checks=[not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance],
        )


@schema.parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_operation_without_a_token_is_refused(case: Any) -> None:
    answer = case.call(headers={"Authorization": "Bearer nobody"})

    assert answer.status_code in {401, 403, 404, 405}
