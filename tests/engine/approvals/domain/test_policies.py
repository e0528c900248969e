from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from engine.approvals.domain import policies
from engine.approvals.models import Policy
from engine.events.models import Event
from tests.factories.approvals import NOW
from tests.support import refused

pytestmark = pytest.mark.django_db
STEPS = {"steps": [{"key": "head", "approvers": ["manager:1"]}]}


def test_publish_counts_versions_and_keeps_the_title(company):
    policies.publish("leave", STEPS, by=company.administrator, at=NOW, title="Leave")

    second = policies.publish("leave", STEPS, by=company.administrator, at=NOW)

    assert (second.version, second.title, second.definition["name"]) == (2, "Leave", "leave")
    assert policies.latest("leave") == second
    assert list(Event.objects.values_list("subject", "action")) == [("policy:leave", "policy.published")] * 2


def test_publish_names_every_fault():
    with refused(policies.FaultyPolicy) as caught:
        policies.publish("leave", {"steps": [{"key": "a b", "approvers": ["boss"]}]}, by=None, at=NOW)

    assert len(caught.value.messages) == 2
    assert Policy.objects.count() == 0


def test_ensure_leaves_what_was_published():
    first = policies.ensure("leave", STEPS, title="Leave", at=NOW)

    assert policies.ensure("leave", {"steps": []}, at=NOW) == first
    assert Policy.objects.count() == 1


def test_published_policy_never_changes():
    policy = policies.publish("leave", STEPS, by=None, at=NOW)
    policy.definition = {"steps": []}

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        policy.save()

    assert Policy.objects.get().definition["steps"] == STEPS["steps"]
