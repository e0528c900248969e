"""Who must agree, unless an administrator published another version of the policy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from engine.approvals.domain import policies

REGISTRATION, PUBLISHING, RESULT = "contest-registration", "contest-publishing", "contest-result"

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
}


def ensure(name: str, *, at: datetime) -> None:
    """Publish the default of a policy unless some version exists. One statement when it does."""
    title, definition = DEFAULTS[name]
    policies.ensure(name, definition, title=title, at=at)
