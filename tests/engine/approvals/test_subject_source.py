"""`subject:NAME`: people the subject's own programme names."""

from __future__ import annotations

import pytest

from engine.approvals import subjects
from engine.approvals.domain import policies
from engine.approvals.pure.replay import replay
from tests.factories.approvals import act, make_approval
from tests.factories.people import Company, make_employee
from tests.support import refused

STEPS = [
    {"key": "judges", "approvers": ["subject:judges"], "self": "allow", "empty": "pass"},
    {"key": "chief", "approvers": ["subject:chief"], "self": "allow"},
]


def test_a_replay_takes_them_from_the_file() -> None:
    document = {
        "policy": {"name": "round", "steps": STEPS},
        "subject": {"judges": ["b", "c"], "chief": ["a"]},
        "applicant": "a",
        "actions": [{"by": "a", "do": "submit"}, {"by": "c", "do": "approve"}, {"by": "b", "do": "approve"}],
    }

    assert [row["waiting"] for row in replay(document)] == [["b", "c"], ["b"], ["a"]]


def test_nobody_of_that_name_is_an_empty_step() -> None:
    document = {
        "policy": {"name": "round", "steps": STEPS},
        "subject": {"chief": ["a"]},
        "applicant": "a",
        "actions": [{"by": "a", "do": "submit"}],
    }

    assert replay(document)[0]["steps"] == {"judges": "passed", "chief": "open"}


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch, company: Company) -> str:
    """A kind of subject whose `seconders` are two people, one of whom has left."""
    gone = make_employee(company.team, number="gone-1", is_active=False)
    monkeypatch.setattr(subjects, "_PEOPLE", dict(subjects._PEOPLE))
    monkeypatch.setattr(subjects, "_NAMES", set(subjects._NAMES))
    subjects.people_of("motion", "seconders")(
        lambda key, name: [company.judge.number, gone.number] if (key, name) == ("7", "seconders") else []
    )
    return "motion"


def test_the_app_of_the_subject_is_asked_and_who_has_left_is_not_found(company: Company, kind: str) -> None:
    policies.publish("request", {"steps": [{"key": "second", "approvers": ["subject:seconders"]}]}, by=None)

    approval = make_approval(company.worker, subject=f"{kind}:7")

    assert [row.person for row in approval.waiting.all()] == [company.judge]
    assert act(approval, company.judge).status == "approved"


def test_another_subject_has_nobody_of_that_name(company: Company, kind: str) -> None:
    policies.publish(
        "request", {"steps": [{"key": "second", "approvers": ["subject:seconders"], "empty": "pass"}]}, by=None
    )

    assert make_approval(company.worker, subject=f"{kind}:8").status == "approved"
    assert make_approval(company.worker, subject="else:7").status == "approved"


def test_a_policy_with_a_name_nobody_knows_is_not_published(company: Company, kind: str) -> None:
    with refused(policies.FaultyPolicy):
        policies.publish(
            "request", {"steps": [{"key": "x", "approvers": ["subject:nobody"]}]}, by=company.administrator
        )

    assert policies.publish(
        "request", {"steps": [{"key": "x", "approvers": ["subject:seconders"]}]}, by=company.administrator
    ).version == 1  # fmt: skip
