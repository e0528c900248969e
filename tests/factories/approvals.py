"""Policies and approvals for tests."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from engine.approvals.domain import approvals, policies
from engine.approvals.models import Approval, Policy
from people.models import Employee

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)


def make_policy(*steps: tuple[str, str] | dict[str, object], name: str = "request") -> Policy:
    """Publish a policy whose steps are (mode, "source source …") or whole objects."""
    rows = [
        step if isinstance(step, dict) else {"key": f"s{number}", "mode": step[0], "approvers": step[1].split()}
        for number, step in enumerate(steps, 1)
    ]
    return policies.publish(name, {"steps": rows}, by=None, at=NOW)


def make_approval(applicant: Employee, *, policy: str = "request", **fields: object) -> Approval:
    given = {"subject": "request:1", "title": "一天假", "facts": {"积分": 500}, "link": "/mall/", "at": NOW}
    return approvals.ask(policy, applicant=applicant, by=applicant, **(given | fields))


def act(approval: Approval, person: Employee, verb: str = "approve", **fields: object) -> Approval:
    """Act once, with a ballot of its own."""
    given = {"ballot": uuid.uuid4(), "at": NOW}
    return approvals.decide(approval.pk, person=person, verb=verb, **(given | fields))
