"""The inbox's operations, by session and by another system's token."""

from __future__ import annotations

import json
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engine.approvals.models import Approval, Ballot
from people.domain import tokens
from tests.factories.approvals import act, make_approval, make_policy

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def policy(company):
    return make_policy(("all", "manager:1"), ("any", "role:hr"))


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def decide(client, approval, **fields):
    given = {"ballot": str(uuid.uuid4()), "verb": "approve"} | fields
    return client.post(f"/api/v1/approvals/{approval.pk}/decide", json.dumps(given), content_type="application/json")


def test_list_is_the_persons_own(company, policy):
    approval = make_approval(company.worker)

    mine = as_(company.leader).get("/api/v1/approvals").json()

    assert (mine["total"], mine["page"], mine["pages"]) == (1, 1, 1)
    assert mine["rows"][0] | {"asked_at": None} == {
        "id": approval.pk, "subject": "request:1", "title": "一天假", "policy": "request", "applicant": "焊工赵磊",
        "applicant_number": "1301", "status": "running", "round": 1, "asked_at": None, "due_at": None,
    }  # fmt: skip
    assert as_(company.hr).get("/api/v1/approvals").json()["total"] == 0
    assert as_(company.worker).get("/api/v1/approvals?tab=started&q=一天").json()["total"] == 1
    assert as_(company.worker).get("/api/v1/approvals?tab=all").status_code == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_four_statements(company, policy, rows):
    for _ in range(rows):
        make_approval(company.worker)
    client = as_(company.leader)

    with CaptureQueriesContext(connection) as captured:
        client.get("/api/v1/approvals")

    assert len(captured) == 4


def test_item_says_what_one_may_do(company, policy):
    approval = make_approval(company.worker)

    shown = as_(company.leader).get(f"/api/v1/approvals/{approval.pk}").json()

    assert shown["facts"] == [{"label": "积分", "value": "500"}]
    assert (shown["verbs"], shown["returns"], shown["waiting"]) == (
        ["approve", "return", "refuse", "recuse", "transfer", "delegate", "add", "cc", "comment"],
        ["applicant"],
        ["1001"],
    )
    assert [line["sentence"] for line in shown["acts"]] == ["焊工赵磊 submitted it"]
    assert as_(company.stranger).get(f"/api/v1/approvals/{approval.pk}").status_code == 404
    assert as_(company.leader).get("/api/v1/approvals/999999").status_code == 404


def test_decide_and_send_again(company, policy):
    approval = make_approval(company.worker)
    client, ballot = as_(company.leader), str(uuid.uuid4())

    first = decide(client, approval, ballot=ballot, note="同意", round=1)
    again = decide(client, approval, ballot=ballot, note="同意", round=1)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["waiting"] == [company.hr.number]
    assert Ballot.objects.filter(verb="approve").count() == 1


@committed
def test_late_decision_is_a_conflict_with_a_reason(transactional_db, company, policy):
    approval = make_approval(company.worker)
    act(approval, company.leader)

    late = decide(as_(company.leader), approval)
    act(approval, company.hr)
    ended = decide(as_(company.leader), approval)

    assert (late.status_code, late.json()["code"]) == (409, "not-yours")
    assert (ended.status_code, ended.json()["code"]) == (409, "already-decided")
    assert Approval.objects.get(pk=approval.pk).version == 3


@committed
@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [({"round": 9}, 409, "stale"), ({"verb": "dance"}, 422, "unknown-verb"), ({"ballot": "x"}, 422, "malformed"),
     ({"verb": "return", "to": "nowhere"}, 422, "return-target")],
)  # fmt: skip
def test_refusals_have_a_code(company, policy, fields, status, code):
    approval = make_approval(company.worker)

    response = decide(as_(company.leader), approval, **fields)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert Approval.objects.get(pk=approval.pk).version == 1


def test_token_acts_within_its_scope(company, policy):
    approval = make_approval(company.worker)
    now = timezone.now()

    def bearer(*scopes):
        _row, secret = tokens.create(name="OA", employee=company.leader, scopes=list(scopes), at=now, expires_at=None)
        return Client(headers={"authorization": f"Bearer {secret}"})

    reader, writer = bearer("approvals:read"), bearer("approvals:write")

    assert reader.get("/api/v1/approvals").json()["total"] == 1
    assert decide(reader, approval).status_code == 403
    assert writer.get("/api/v1/approvals").status_code == 403
    assert decide(writer, approval).status_code == 200
    assert Client().get("/api/v1/approvals").status_code == 401
