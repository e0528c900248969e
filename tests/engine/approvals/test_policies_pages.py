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
    assert [(row.label, row.changes) for row in response.context["differences"]] == [
        ("HR", [("How ballots decide", "the first one decides", "a vote is counted"), ("Votes that pass", "", ">1/2")])
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
    ({"key": "previous", "approvers": "role:hr"}, "is taken: write another word"),
    ({"key": "unit", "approvers": "applicant-picks:1, previous-picks:1"}, "by one source only"),
    ({"key": "unit", "approvers": "role:hr", "mode": "vote", "passes": ">1/1"}, "a share that can be reached"),
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
    assert (row.version, row.kept, row.asked) == (1, "Unit head", company.administrator.name)
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


def test_two_steps_with_one_key_are_no_policy(company, policy):
    row = {"key": "unit", "approvers": "role:hr"}

    response = as_(company.hr).post("/approvals/policies/request/edit/", steps(row, row, publish=""))

    assert response.status_code == 422
    assert "The key “unit” stands twice." in response.content.decode()


def test_editor_speaks_chinese_about_faults(company, policy):
    client = as_(company.hr)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"

    response = client.post("/approvals/policies/request/edit/", steps(
        {"key": "unit", "approvers": "boss", "deadline": "soon"}, publish=""))  # fmt: skip

    page = response.content.decode()
    assert "“boss”不是审批人来源" in page
    assert "请填分钟数" in page


def test_steps_are_put_in_the_order_they_were_moved_to_and_left_out(company, policy):
    as_(company.hr).post("/approvals/policies/request/edit/", steps(
        {"key": "unit", "approvers": "manager:1", "ORDER": 2}, {"key": "hr", "approvers": "role:hr", "ORDER": 3, "DELETE": "on"},
        {"key": "first", "approvers": "role:administrator", "ORDER": 1}, publish="",
    ))  # fmt: skip

    assert [row["key"] for row in Policy.objects.get(version=2).definition["steps"]] == ["first", "unit"]


def test_editor_shows_what_was_checked_in_its_new_order(company, policy):
    response = as_(company.hr).post("/approvals/policies/request/edit/", steps(
        {"key": "unit", "approvers": "manager:1", "ORDER": 2}, {"key": "first", "approvers": "role:hr", "ORDER": 1},
        {"key": "last", "approvers": "role:hr"}, check="",
    ))  # fmt: skip

    assert [form["key"].value() for form in response.context["rows"]] == ["first", "unit", "last"]


@pytest.mark.parametrize(
    ("given", "asks", "vote"),
    [
        ({"approvers": "user:1001, role:hr"}, ["班长王建国 (1001)", "everybody who is HR"], ""),
        ({"approvers": "manager:1\nboss"}, ["the unit head above the applicant", ""], ""),
        ({"approvers": "role:judge", "mode": "vote", "passes": ""}, ["everybody who is judge"],
         "of 2 people: 2 in favour pass it, 1 against refuse it"),
        ({"approvers": "role:branch_chair@unit", "mode": "vote", "passes": ">=3/5"}, ["branch chair nearest to the applicant"],
         "of 5 people: 3 in favour pass it, 3 against refuse it"),
        ({"approvers": "role:hr", "mode": "vote", "passes": ">1/1"}, ["everybody who is HR"], ""),
        ({"approvers": "panel:safety:3, pool:hr, manager:2, managers:union_chair, applicant-picks:2, previous-picks:1, subject:judges"},
         ["the first 3 of the panel safety", "whoever of HR takes it first", "unit head number 2 above the applicant",
          "the unit heads upward, as far as union chair", "people named by the applicant (2)", "people named by the approver before (1)",
          "judges of what it is about"], ""),
        ({}, [], ""),
    ],
)  # fmt: skip
def test_editor_says_a_step_in_words_as_it_is_written(company, given, asks, vote, django_assert_max_num_queries):
    client = as_(company.hr)
    fields = {f"steps-0-{name}": value for name, value in given.items()} | {"who": "x"}

    with django_assert_max_num_queries(6):
        response = client.get("/approvals/policies/step-words/", fields)

    assert response.status_code == 200
    assert [said for _source, said in response.context["asks"]] == asks
    assert response.context["vote"] == vote


def test_words_of_a_step_are_for_those_who_edit(company):
    for person, status in ((company.auditor, 403), (company.worker, 403), (company.organiser, 200)):
        assert as_(person).get("/approvals/policies/step-words/").status_code == status


def test_policy_page_says_in_words_who_would_be_asked(company, django_assert_max_num_queries):
    make_policy({"key": "unit", "approvers": ["manager:1"], "deadline": "2d", "overdue": "hand-over"},
                {"key": "hr", "title": "HR", "approvers": ["role:hr"], "mode": "any", "deadline": "90m", "signature": True})  # fmt: skip
    client = as_(company.auditor)

    with django_assert_max_num_queries(10):
        page = client.get("/approvals/policies/request/")
    with django_assert_max_num_queries(22):
        example = client.get("/approvals/policies/request/?employee=焊工赵磊")

    assert [(row.label, [said for _source, said in row.asks], row.lines) for row in page.context["steps"]] == [
        ("Unit head", ["the unit head above the applicant"],
         ["all must agree", "within 2 working days, then: hand over to the unit head"]),
        ("HR", ["everybody who is HR"], ["the first one decides", "within 90 working minutes, then: remind", "signed by hand"]),
    ]  # fmt: skip
    assert [(row.label, row.people) for row in example.context["stages"]] == [
        ("Unit head", company.leader.name), ("HR", company.hr.name),
    ]  # fmt: skip
    assert "Nobody is called" in client.get("/approvals/policies/request/?employee=谁").content.decode()
    assert "<td>hand-over" not in page.content.decode()


def test_versions_are_compared_in_words(company, policy):
    policies.publish("request", {"steps": [
        {"key": "unit", "approvers": ["user:1001"], "deadline": "8h", "overdue": "pass"}], "keep_passed_branches": True},
        by=company.hr, at=NOW)  # fmt: skip

    page = as_(company.hr).get("/approvals/policies/request/?with=1")

    assert [(row.label, row.kind, row.changes) for row in page.context["differences"]] == [
        ("Unit head", "changed", [
            ("Who approves", "the unit head above the applicant", "班长王建国 (1001)"), ("Deadline", "", "1 working day"),
            ("When overdue", "remind", "pass"),
        ]),
        ("HR", "removed", []),
        ("The whole policy", "changed", [("Branches that have passed keep their opinions after a return", "no", "yes")]),
    ]  # fmt: skip


def test_findings_name_steps_and_their_way(company, policy):
    response = as_(company.hr).post("/approvals/policies/request/edit/", steps(
        {"key": "unit", "title": "Shop", "approvers": "manager:1"}, {"key": "hr", "title": "Office", "approvers": "user:4711"},
        check="",
    ))  # fmt: skip

    [found] = response.context["findings"]
    assert (found.is_error, found.label) == (True, "Office")
    assert found.sentence == "“number 4711” can never be found: nobody employed has this number."
    assert [(stop.label, stop.who, stop.is_here) for stop in found.path] == [
        ("submitted", "the applicant", False), ("Shop", "the unit head above the applicant", False),
        ("Office", "number 4711", True),
    ]  # fmt: skip


@pytest.mark.parametrize("button", ["check", "publish"])
def test_return_to_a_later_step_is_found_with_its_way(company, policy, button):
    response = as_(company.hr).post("/approvals/policies/request/edit/", steps(
        {"key": "unit", "title": "Shop", "approvers": "manager:1", "returns": "hr"},
        {"key": "hr", "title": "Office", "approvers": "role:hr"}, **{button: ""},
    ))  # fmt: skip

    [found] = response.context["findings"]
    assert response.status_code == (200 if button == "check" else 422)
    assert found.sentence.startswith("It may send back to “Office”, which does not come before it")
    assert [stop.label for stop in found.path] == ["submitted", "Shop", "Office"]
    assert Policy.objects.count() == 1
    page = response.content.decode()
    assert "An example of the way there" in page
    assert page.index("Shop</span>") < page.index("Office</span>")


def test_block_whose_branch_only_refuses_cannot_end(company, policy):
    response = as_(company.hr).post("/approvals/policies/request/edit/", steps(
        {"key": "unit", "title": "Shop", "approvers": "manager:1", "block": "1", "branch": "left"},
        {"key": "hr", "title": "Office", "approvers": "role:wizard", "block": "1", "branch": "right", "empty": "refuse"}, publish="",
    ))  # fmt: skip

    assert response.status_code == 422
    found = response.context["findings"][-1]
    assert "the block never ends with a yes" in found.sentence
    assert [(stop.label, stop.branch) for stop in found.path] == [("submitted", ""), ("Office", "right")]
    assert Policy.objects.count() == 1


def test_return_to_an_earlier_step_by_name_is_no_rule(company, policy):
    response = as_(company.hr).post("/approvals/policies/request/edit/", steps(
        {"key": "unit", "approvers": "manager:1"}, {"key": "hr", "approvers": "role:hr", "returns": "unit"}, publish="",
    ))  # fmt: skip

    assert response.status_code == 422
    assert "a step returns only to what comes before it; write any, start, none" in response.content.decode()


@committed
def test_tangled_policies_of_programs_are_refused(transactional_db, company, policy):
    hr = {"key": "hr", "approvers": ["role:hr"]}
    for rows in (
        [{"parallel": {"left": [hr], "right": []}}],
        [{"key": "a", "approvers": ["role:hr"], "returns": "hr"}, hr],
    ):
        for by in (company.hr, None):
            with pytest.raises(FaultyPolicy):
                policies.publish("request", {"steps": rows}, by=by, at=NOW)
    assert Policy.objects.count() == 1
