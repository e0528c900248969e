"""What steps are called where an older version has no titles, and refusals that name them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from engine.approvals.domain import approvals
from engine.approvals.pure.policy import read
from engine.approvals.titles import titles_of
from tests.factories.approvals import act, make_approval, make_policy

UNTITLED: list[dict[str, Any]] = [
    {"key": "unit", "approvers": ["manager:1"]},
    {"key": "plant", "approvers": ["manager:2"]},
    {"key": "hr", "approvers": ["role:hr"]},
    {"key": "money", "approvers": ["pool:finance"]},
    {"key": "安全科", "approvers": ["role:auditor"]},
    {"key": "named", "approvers": ["applicant-picks:2"]},
    {"key": "boss", "approvers": ["user:1001"]},
    {"key": "wizards", "approvers": ["role:wizard"]},
    {"key": "titled", "title": "Finance", "approvers": ["role:hr"]},
]


def test_untitled_steps_are_called_by_whom_they_ask() -> None:
    with translation.override("en"):
        assert list(titles_of(read({"steps": UNTITLED})).values()) == [
            "Unit head", "Unit head, level 2", "HR", "Finance (money)", "安全科", "People who are named", "boss", "wizards", "Finance",
        ]  # fmt: skip


def test_steps_that_ask_alike_are_told_apart_by_their_keys() -> None:
    steps = [{"key": "one", "approvers": ["role:hr"]}, {"key": "two", "approvers": ["role:hr"]}]

    with translation.override("en"):
        assert titles_of(read({"steps": steps})) == {"one": "HR (one)", "two": "HR (two)"}


@pytest.mark.django_db(transaction=True)
def test_refusal_names_people_and_steps(company: Any) -> None:
    make_policy({"key": "unit", "approvers": ["manager:1"]}, {"key": "next", "approvers": ["previous-picks:2"]})
    approval = make_approval(company.worker)

    with translation.override("en"):  # a refusal speaks the language of whoever reads it
        with pytest.raises(approvals.Refused) as refused:
            act(approval, company.leader, "transfer", to=company.worker.number)
        assert refused.value.messages == [
            f"{company.worker.name} is the applicant and cannot decide their own request."
        ]
        with pytest.raises(approvals.Refused) as refused:
            act(approval, company.leader)
        assert refused.value.messages == ["Name 2 people for step “People who are named”."]
