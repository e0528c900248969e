"""Who must agree, unless an administrator published another version of the policy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from engine.approvals.domain import policies

REGISTRATION, PUBLISHING, RESULT = "contest-registration", "contest-publishing", "contest-result"
APPEAL = "contest-appeal"

UNION_CHAIR: dict[str, Any] = {"key": "union-chair", "approvers": ["role:union_chair"], "mode": "any", "deadline": "2d"}
# An applicant without anybody above them needs no unit head; the union decides in every case.
DEFAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    REGISTRATION: (
        gettext_noop("Contest registration"),
        {
            "steps": [
                {"key": "unit-head", "approvers": ["manager:1"], "empty": "pass", "deadline": "1d"},
                {
                    "key": "union",
                    "approvers": ["role:branch_chair@unit", "role:organiser"],
                    "mode": "any",
                    "deadline": "2d",
                },
            ]
        },
    ),
    PUBLISHING: (gettext_noop("Contest publishing"), {"steps": [UNION_CHAIR]}),
    RESULT: (gettext_noop("Contest result"), {"steps": [UNION_CHAIR]}),
    # Three people named for each appeal; the majority decides, and nobody sends it back.
    APPEAL: (
        gettext_noop("Contest appeal"),
        {
            "steps": [
                {
                    "key": "arbitration",
                    "title": gettext_noop("Arbitration panel"),
                    "approvers": ["applicant-picks:3"],
                    "mode": "vote",
                    "pass": ">1/2",
                    "repeat": "ask",
                    "returns": "none",
                    "deadline": "3d",
                }
            ]
        },
    ),
}


def ensure(name: str, *, at: datetime) -> None:
    """Publish the default of a policy unless some version exists. One statement when it does."""
    title, definition = DEFAULTS[name]
    policies.ensure(name, definition, title=title, at=at)


def arbitration(*, at: datetime) -> tuple[str, int]:
    """Return the step of the appeal policy in force whose people are named, and how many. One statement."""
    for step in policies.latest(APPEAL, at=at).definition["steps"]:
        for source in step.get("approvers", []):
            kind, _, count = source.partition(":")
            if kind == "applicant-picks":
                return str(step["key"]), int(count)
    return "", 0
