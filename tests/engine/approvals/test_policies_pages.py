"""Policies: read, edited, checked, previewed, compared, published, and moved to by what runs."""

from __future__ import annotations

import pytest
from django.test import Client

from engine.approvals.domain import policies
from engine.approvals.domain.policies import FaultyPolicy
from engine.approvals.models import Approval, Policy
from tests.factories.approvals import NOW, act, make_approval, make_policy

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # a refusal undoes the request's own transaction, not the test's


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def steps(*rows, **more):
    """What the editor sends."""
    given = {
        "steps-TOTAL_FORMS": len(rows),
        "steps-INITIAL_FORMS": 0,
        "steps-MIN_NUM_FORMS": 1,
        "steps-MAX_NUM_FORMS": 40,
    }
    usual = {
        "mode": "all",
        "empty": "admin",
        "self_rule": "manager",
        "repeat": "pass",
        "overdue": "remind",
        "returns": "any",
    }
    for number, row in enumerate(rows):
        given |= {f"steps-{number}-{name}": value for name, value in (usual | row).items()}
    return given | more


@pytest.fixture
def policy(company):
    return make_policy(
        {"key": "unit", "approvers": ["manager:1"]}, {"key": "hr", "approvers": ["role:hr"], "mode": "any"}
    )


@pytest.mark.parametrize("path", ["", "request/", "request/?with=1"])
def test_pages_are_for_those_who_answer_for_policies(company, policy, path):
    for person, status in (
        (company.hr, 200),
        (company.auditor, 200),
        (company.administrator, 200),
        (company.worker, 403),
    ):
        assert as_(person).get(f"/approvals/policies/{path}").status_code == status


def test_only_who_may_publish_edits(company, policy):
    for person, status in ((company.auditor, 403), (company.worker, 403), (company.hr, 200)):
        assert as_(person).get("/approvals/policies/request/edit/").status_code == status
    assert as_(company.hr).get("/approvals/policies/request/move/").status_code == 403
    assert as_(company.hr).get("/approvals/policies/nothing/edit/").status_code == 404


def test_editor_shows_what_it_would_publish_again(company):
    definition = {"steps": [
        {"key": "a", "approvers": ["user:1001", "role:hr"], "mode": "vote", "pass": ">=2/3", "deadline": "2d", "overdue": "pass"},
        {"parallel": {"left": [{"key": "b", "approvers": ["user:1002"]}], "right": [{"key": "c", "approvers": ["role:hr"], "cc": ["1001"]}]}},
    ], "keep_passed_branches": True}  # fmt: skip
    policies.publish("request", definition, by=None, at=NOW)
    page = as_(company.hr).get("/approvals/policies/request/edit/")
    rows = [
        {name: value for name, value in form.initial.items() if name in form.fields}
        for form in page.context["steps"]
        if form.initial
    ]

    response = as_(company.hr).post(
        "/approvals/policies/request/edit/", steps(*rows, publish="", keep_passed_branches="on")
    )

    assert response.status_code == 302
    assert Policy.objects.get(version=2).definition == definition | {"name": "request"}


def test_check_says_who_would_be_asked_and_what_differs(company, policy):
    response = as_(company.hr).post("/approvals/policies/request/edit/", steps(
        {"key": "unit", "approvers": "manager:1"}, {"key": "hr", "approvers": "role:hr", "mode": "vote", "passes": ">1/2"},
        check="", employee="1301",
    ))  # fmt: skip

    assert [stage.people for stage in response.context["stages"]] == [company.leader.name, company.hr.name]
    assert [(row.step, row.changes) for row in response.context["differences"]] == [
        ("hr", {"mode": ("any", "vote"), "pass": ("", ">1/2")})
    ]
    assert Policy.objects.count() == 1


@committed
def test_source_that_can_never_be_found_is_no_policy(transactional_db, company, policy):
    response = as_(company.hr).post("/approvals/policies/request/edit/", steps(
        {"key": "unit", "approvers": "user:4711"}, publish="",
    ))  # fmt: skip

    assert response.status_code == 422
    assert "nobody employed has this number" in response.content.decode()
    with pytest.raises(FaultyPolicy, match="nobody holds this role"):
        policies.publish("request", {"steps": [{"key": "x", "approvers": ["role:wizard"]}]}, by=company.hr, at=NOW)
    assert Policy.objects.count() == 1


@pytest.mark.parametrize(("row", "says"), [
    ({"key": "unit", "approvers": "boss"}, "is no source"), ({"key": "a b", "approvers": "role:hr"}, "Enter a valid value"),
    ({"key": "unit", "approvers": "role:hr", "deadline": "soon"}, "write minutes"),
])  # fmt: skip
@committed
def test_faults_are_named(transactional_db, company, policy, row, says):
    response = as_(company.hr).post("/approvals/policies/request/edit/", steps(row, publish=""))

    assert response.status_code == 422
    assert says in response.content.decode()


def test_running_approvals_keep_their_version_until_moved(company, policy):
    approval = make_approval(company.worker)
    act(approval, company.leader)
    policies.publish("request", {"steps": [
        {"key": "unit", "approvers": ["manager:1"]}, {"key": "chair", "approvers": ["role:administrator"]}]}, by=None, at=NOW)  # fmt: skip
    client = as_(company.administrator)

    page = client.get("/approvals/policies/request/move/")
    [row] = page.context["rows"]
    assert (row.version, row.kept, row.asked) == (1, "unit", company.administrator.number)
    assert Approval.objects.get().policy.version == 1

    client.post("/approvals/policies/request/move/", {"line": [f"{row.pk}:{row.ballot}"]})
    client.post("/approvals/policies/request/move/", {"line": [f"{row.pk}:{row.ballot}"]})

    moved = Approval.objects.get()
    assert (moved.policy.version, moved.status) == (2, "running")
    assert list(moved.ballots.values_list("verb", flat=True)) == ["submit", "approve", "migrate"]
    assert act(approval, company.administrator).status == "approved"


def test_policies_page_takes_seven_statements(company, policy, django_assert_max_num_queries):
    make_policy({"key": "a", "approvers": ["role:hr"]}, name="other")
    client = as_(company.hr)

    with django_assert_max_num_queries(7):
        client.get("/approvals/policies/")
