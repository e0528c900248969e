from datetime import UTC, datetime, timedelta

import pytest

from people.domain import tokens
from people.models import SystemToken
from tests.factories.people import Company

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_create_stores_no_secret(company: Company) -> None:
    row, secret = tokens.create(name="HR", employee=company.hr, scopes=["leave:read"], at=NOW, expires_at=None)

    assert secret not in str(SystemToken.objects.filter(pk=row.pk).values().get())
    assert tokens.find(secret, at=NOW) == row


def test_create_unknown_scope_is_refused(company: Company) -> None:
    with pytest.raises(tokens.ValidationError):
        tokens.create(name="HR", employee=company.hr, scopes=["everything"], at=NOW, expires_at=None)


@pytest.mark.parametrize("ending", ["revoked", "expired", "left", "other secret"])
def test_find_dead_token(company: Company, ending: str) -> None:
    row, secret = tokens.create(
        name="HR", employee=company.hr, scopes=["leave:read"], at=NOW, expires_at=NOW + timedelta(days=1)
    )
    if ending == "revoked":
        tokens.revoke(token=row, at=NOW)
    if ending == "left":
        company.hr.is_active = False
        company.hr.save()

    at = NOW + timedelta(days=2 if ending == "expired" else 0)

    assert tokens.find(secret + ("x" if ending == "other secret" else ""), at=at) is None
