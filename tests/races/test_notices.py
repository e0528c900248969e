"""Two workers send and tell at once: every message goes out once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.approvals import tasks as approval_tasks
from engine.notices import domain, tasks
from engine.notices.channels import wecom
from engine.notices.models import Delivery, Notice
from tests.factories.approvals import make_approval, make_policy
from tests.factories.people import make_company
from tests.races.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_two_workers_send_each_message_once(settings, monkeypatch):
    settings.WECOM_WEBHOOK_URL = "http://127.0.0.1:9/"
    heard = []
    monkeypatch.setattr(wecom, "send", lambda _person, notices, **_key: heard.extend(row.cause for row in notices))
    company = make_company()
    for number in range(20):
        domain.tell([company.worker, company.leader], kind="t", title="x", cause=str(number), at=NOON)

    at_once(*[lambda: tasks.send_due(at=NOON + timedelta(minutes=2))] * 4)

    assert len(heard) == 40
    assert Delivery.objects.filter(status="sent").count() == 40


def test_two_workers_tell_everybody_once():
    company = make_company()
    make_policy(("all", "manager:1"))
    make_approval(company.worker)

    at_once(*[lambda: approval_tasks.tell_news(at=NOON)] * 4)

    assert Notice.objects.filter(person=company.leader).count() == 1
