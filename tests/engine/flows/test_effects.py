from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from engine.flows.effects import AlreadyDone, once
from engine.flows.models import EffectKey

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_once_claims_a_key_in_one_statement():
    with CaptureQueriesContext(connection) as captured:
        once("award:a", at=NOW)

    assert len(captured) == 1
    assert list(EffectKey.objects.values_list("key", "at")) == [("award:a", NOW)]


def test_once_refuses_the_second_and_the_transaction_stays_usable():
    once("award:a", at=NOW)

    with pytest.raises(AlreadyDone) as caught:
        once("award:a", at=NOW)

    assert caught.value.code == "already-done"
    once("award:b", at=NOW)
    assert EffectKey.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_once_demands_a_transaction():
    with pytest.raises(TransactionManagementError):
        once("award:a", at=NOW)

    assert EffectKey.objects.count() == 0
